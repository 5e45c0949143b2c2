"""A page comes out in UTF-8, whoever says what of its encoding."""

import codecs

import pytest

from transforms.extract.charset import to_utf8

CZECH = "<p>Příliš žluťoučký kůň úpěl ďábelské ódy.</p>"


def test_utf8_stays():
    """UTF-8 stays as it is, even where the header claims another charset."""
    assert to_utf8(CZECH.encode(), "iso-8859-1").decode() == CZECH


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_byte_order_mark(bom, encoding):
    """A byte order mark decides, and is not part of the text."""
    assert to_utf8(bom + CZECH.encode(encoding), "iso-8859-1").decode() == CZECH


def test_header():
    """The header's charset is used where the bytes are not UTF-8."""
    assert to_utf8(CZECH.encode("windows-1250"), "windows-1250").decode() == CZECH


@pytest.mark.parametrize(
    "meta", ['<meta charset="{}">', '<META http-equiv="Content-Type" content="text/html; charset={}">']
)
def test_markup(meta):
    """The markup's charset is used where the header has none."""
    page = meta.format("iso-8859-2") + CZECH

    assert to_utf8(page.encode("iso-8859-2")).decode() == page


def test_wrong_header():
    """Where the header's charset cannot be true, the markup's is used."""
    page = '<meta charset="shift_jis"><p>東京で大雨が降った。</p>'

    assert to_utf8(page.encode("shift_jis"), "ascii").decode() == page


def test_one_broken_character():
    """One broken byte in UTF-8 costs one character, not the whole page, whatever the header says."""
    broken = CZECH.encode() + b"\xff" + CZECH.encode()

    assert to_utf8(broken, "iso-8859-2").decode() == f"{CZECH}\ufffd{CZECH}"


def test_browser_labels():
    """Latin-1 is read as browsers read it, with the quotes of Windows."""
    assert to_utf8(b"<p>\x93caf\xe9\x94</p>", "iso-8859-1").decode() == "<p>“café”</p>"


@pytest.mark.parametrize("label", ["no-such-charset", "utf-7", "hex", "unicode_escape", ""])
def test_guess(label):
    """Without a usable charset the encoding is guessed: no error, and the plain letters are right."""
    text = to_utf8(
        ("<p>Déjà vu à l'été, où le café brûlait près de la forêt.</p>" * 5).encode("cp1252"), label
    ).decode()

    assert "vu " in text
    assert "caf" in text


def test_control_characters():
    """Control characters are dropped, line breaks and tabs stay."""
    assert to_utf8(b"<p>a\x00\x08b\tc\nd</p>") == b"<p>ab\tc\nd</p>"

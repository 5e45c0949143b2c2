"""Folding keeps the length, composing keeps the places."""

import unicodedata

import pytest

from transforms.tag.folding import compose, fold, place_in_field, read_text


def test_every_character_folds_to_one():
    """Any character becomes exactly one, which folds to itself."""
    everything = "".join(map(chr, range(0x20000)))
    folded = fold(everything)

    assert len(folded) == len(everything)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Straße Çelik Ægir", "strase celik ægir"),
        ("a\tb\u00a0c\u2011d", "a b c d"),
        ("‘x’ `y´", "'x' 'y'"),
        ("ＮＡＴＯ", "nato"),
        ("ΣΑΣ", "σασ"),
        ("ダム 한국", "ダム 한국"),
        ("\ud800", "\ufffd"),
    ],
)
def test_fold(text, expected):
    """Case, accents, dashes, quotes and widths go; kana and Hangul stay the letters they are."""
    assert fold(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Cafe\u0301 de\u0301ja\u0300 vu",
        "\u1112\u1161\u11ab\u1100\u116e\u11a8 summit",
        "\u0301 begins with a mark",
        "a\u0323\u0307b, \u212bngstro\u0308m",
        "\u0915\u093c\u0958",
        "ends e\u0301",
        "",
    ],
)
def test_compose(text):
    """The NFC form comes out, and each of its characters knows where it comes from."""
    composed, places = compose(text)

    assert composed == unicodedata.normalize("NFC", text)
    assert len(places) == len(composed)
    for place, char in enumerate(composed):
        if unicodedata.combining(char) == 0:
            assert unicodedata.normalize("NFC", text[places[place] :]).startswith(composed[place:])


def test_places_are_those_of_the_field():
    """A place behind the title is counted from the body's own beginning."""
    text = read_text("Re\u0301union", "E\u0301lyse\u0301e et paix")

    assert place_in_field(text, text.composed.index("union")) == ("title", 3)
    assert place_in_field(text, text.composed.index("paix")) == ("body", 12)

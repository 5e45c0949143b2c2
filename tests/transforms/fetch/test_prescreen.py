"""Feed bytes are decoded once, repaired, and refused where they are made to hurt."""

import contextlib
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import ParseError
from transforms.fetch.prescreen import screen_feed

RSS = '<?xml version="1.0" encoding="{}"?><rss><channel><item><title>{}</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (RSS.format("utf-8", "café").encode(), "café"),
        (RSS.format("iso-8859-1", "café").encode("latin-1"), "café"),
        (RSS.format("iso-8859-1", "café").encode(), "café"),
        (RSS.format("iso-8859-1", "“b”").encode("cp1252"), "“b”"),
        (RSS.format("utf-8", "café").encode("latin-1"), "café"),
        (RSS.format("utf-16", "café").encode("utf-16"), "café"),
        (RSS.format("shift_jis", "日本語").encode("shift_jis"), "日本語"),
        (RSS.format("gb2312", "镕基").encode("gbk"), "镕基"),
        (gzip.compress(RSS.format("utf-8", "zipped").encode()), "zipped"),
        (RSS.format("utf-8", "a\x00b\x0bc").encode(), "abc"),
        (RSS.format("utf-8", "a&#xD800;b").encode(), "a\ufffdb"),
        (RSS.format("utf-8", "a&#x110000;b").encode(), "a\ufffdb"),
        (RSS.format("no-such-code", "x").encode(), "x"),
    ],
)
def test_text_is_decoded_and_repaired(body: bytes, title: str):
    """Whatever the encoding says and whatever control characters there are, the title is the one that was meant."""
    assert f"<title>{title}</title>" in screen_feed(body).body.decode()


def test_the_servers_charset_helps():
    """Where the document declares nothing, the HTTP header decides."""
    assert "café" in screen_feed("<rss>café</rss>".encode("latin-1"), "iso-8859-1").body.decode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b" \n\t ", "empty_body"),
        (b"\x02\x00\x00 ", "empty_body"),
        # a control character must not hide what its removal brings to light
        (b'<!DOCTYPE z [<!EN\x0bTITY a "AAAA">]><rss>&a;</rss>', "dtd_entities"),
        (b'<!DOCTYPE z [<!ENTITY a "AAAA">]><rss>&a;</rss>', "dtd_entities"),
        ('<!DOCTYPE z [<!ENTITY a "AAAA">]><rss>&a;</rss>'.encode("utf-16"), "dtd_entities"),
        (b"<rss " + b'a="1" ' * 20_000 + b"/>", "tag_too_long"),
        (b'<?xml version="1.0" encoding="utf-7"?><rss/>', "encoding_refused"),
        ('<?xml version="1.0"?><rss/>'.encode("cp037"), "encoding_refused"),
        (b"\x1f\x8b" + b"junk" * 10, "bad_encoding"),
        (gzip.compress(b" " * 20_000_000), "body_too_large"),
    ],
)
def test_what_is_made_to_hurt_is_refused(body: bytes, reason: str):
    """Entities, endless tags, treacherous encodings and bombs never reach the parser."""
    with pytest.raises(ParseError) as caught:
        screen_feed(body)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "body", [b"<" * 5_000_000, (b"<" + b"a" * 60_000) * 80, b"&#" * 2_000_000, b"<?xml " + b"encoding='" * 200_000]
)
def test_no_input_is_slow(body: bytes):
    """The screen is linear: five megabytes of the worst take seconds, not minutes."""
    started = time.process_time()
    with contextlib.suppress(ParseError):
        screen_feed(body)

    assert time.process_time() - started < 20


@given(st.binary(max_size=300))
def test_any_bytes_are_screened_or_refused(body: bytes):
    """There are two outcomes: UTF-8 bytes, or a ParseError."""
    with contextlib.suppress(ParseError):
        screen_feed(body).body.decode("utf-8")

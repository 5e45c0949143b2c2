"""What is no HTML, or too much of it, is refused before anything reads it."""

import pytest

from tests.transforms.extract.pages import html_page, tree_of
from transforms.errors import ExtractError
from transforms.extract.guards import MAX_BYTES, check_bytes, check_elements, check_markup


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n", b"PK\x03\x04", b'{"a": 1}', b"  [1]", b"\x1f\x8b\x08"]
)
def test_other_formats(start):
    """Bytes that start as another format does are no HTML, whatever follows."""
    with pytest.raises(ExtractError, match="not_html"):
        check_bytes(start + html_page())


def test_too_many_bytes():
    """A page of more than 3 MB is refused, one of just 3 MB is not."""
    check_bytes(b"<p>" + b"a" * (MAX_BYTES - 3))
    with pytest.raises(ExtractError, match="page_too_large"):
        check_bytes(b"<p>" + b"a" * MAX_BYTES)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"Just a line of text, 3 < 4.",
        b'<?xml version="1.0"?><rss><channel><title>Feed</title></channel></rss>',
        b"<html>" + b"\0" * 500,
    ],
)
def test_no_markup(text):
    """Nothing, plain text, XML of a feed and binary data are no HTML."""
    with pytest.raises(ExtractError, match="not_html"):
        check_markup(text)


@pytest.mark.parametrize(
    "text", [html_page(), b"<p>Without a frame", b'<?xml version="1.0"?><html><body>x</body></html>']
)
def test_markup(text):
    """A page, a bare fragment and XHTML are HTML."""
    check_markup(text)


def test_too_many_elements():
    """A page of more than 60,000 elements is refused."""
    with pytest.raises(ExtractError, match="page_too_large: 60,0"):
        check_elements(tree_of(b"<html><body>" + b"<i></i>" * 60_000 + b"</body></html>"))

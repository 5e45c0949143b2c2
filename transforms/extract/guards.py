"""A page's bytes or tree in, nothing or ExtractError out: what is no HTML, or more of it than an article ever needs."""

import re
from typing import Any

from transforms.errors import ExtractError

MAX_BYTES = 3_000_000
MAX_ELEMENTS = 60_000

# archives, images, PDF, JSON, and boxes of MP4: all of them have come back as "text" from a lenient HTML parser
_MAGIC = (
    b"%PDF",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x00",
    b"{",
    b"[",
)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p|meta|title)\b", re.I)
_SNIFFED = 65_536


def check_bytes(html: bytes) -> None:
    """Raise ExtractError for bytes that are too many, or that start as another format does."""
    if len(html) > MAX_BYTES:
        raise ExtractError("page_too_large", f"{len(html):,} bytes")
    start = html[:200].lstrip()
    if start.startswith(_MAGIC):
        raise ExtractError("not_html", f"starts with {start[:8]!r}")


def check_markup(utf8: bytes) -> None:
    """Raise ExtractError for text without HTML tags, for XML such as feeds, and for binary data."""
    head = utf8[:_SNIFFED]
    if head.count(0) > len(head) // 10:
        raise ExtractError("not_html", "binary data")
    if head.lstrip()[:200].lower().startswith(b"<?xml") and b"<html" not in head.lower():
        raise ExtractError("not_html", "XML")
    if not _MARKUP.search(head):
        raise ExtractError("not_html", "no HTML tags" if head.strip() else "empty")


def check_elements(tree: Any) -> None:
    """Raise ExtractError for a tree of more elements than can be read in reasonable time."""
    elements = int(tree.xpath("count(//*)"))
    if elements > MAX_ELEMENTS:
        raise ExtractError("page_too_large", f"{elements:,} elements")

"""A page in, its body text out: the fast extractor, and the thorough one where the fast one seems to have missed.

A feed's own full text needs no extractor: it is nothing but the article.
"""

import re
from typing import Any, NamedTuple

from lxml import etree
from trafilatura.core import bare_extraction

from transforms.extract.tree import squash

FAST, FULL, FEED = "trafilatura-fast", "trafilatura-full", "feed"

# under so many characters, or so small a share of the page's long paragraphs, a body is likely to be the wrong one
_SHORT = 250
_SHARE = 0.2
_LONG_PARAGRAPH = 80
_PARAGRAPHS: Any = etree.XPath("//p[not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::form)]")

_BLOCKS = ("p", "div", "br", "li", "tr", "td", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr")
_BREAK = "\u2028"
# what blog software puts below every text of its feeds
_FEED_TAIL = re.compile(r"\n(?:The post .{1,300} appeared first on .{1,100}|Continue reading.{0,300}|Read more\W*)$")


class Body(NamedTuple):
    """A body text and the extractor that read it."""

    text: str
    extractor: str


def read_body(tree: Any, utf8: bytes, *, url: str) -> Body:
    """Return the body text of a page, given as tree without dead weight and as it was, "" where there is none.

    Deterministic: the extractor's own deduplication stays off, for it remembers earlier pages.
    """
    fast = _extract(tree, url, fast=True, favor_recall=True)
    if not _is_doubtful(fast, tree):
        return Body(fast, FAST)
    full = _extract(utf8, url)  # not from the tree: what was dropped may hold the text
    return Body(full, FULL) if len(full) > len(fast) else Body(fast, FAST)


def _extract(page: Any, url: str, **options: bool) -> str:
    document = bare_extraction(page, url=url, include_comments=False, **options)
    return (document.text or "").strip() if document else ""


def _is_doubtful(text: str, tree: Any) -> bool:
    return len(text) < _SHORT or len(text) < _SHARE * _prose(tree)


def _prose(tree: Any) -> int:
    """Characters in long paragraphs that are not mostly links."""
    total = 0
    for paragraph in _PARAGRAPHS(tree):
        length = len(" ".join(paragraph.text_content().split()))
        if length >= _LONG_PARAGRAPH:
            linked = sum(len(link.text_content()) for link in paragraph.iter("a"))
            total += length if linked <= length / 2 else 0
    return total


def read_fragment(tree: Any) -> Body:
    """Return all text of a feed's fragment but captions and the software's closing line, one line a block."""
    etree.strip_elements(tree, "figure", "script", with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.text = f"{_BREAK}{element.text or ''}"
        element.tail = f"{_BREAK}{element.tail or ''}"
    lines = (squash(line) for line in tree.text_content().split(_BREAK))
    return Body(_FEED_TAIL.sub("", "\n".join(line for line in lines if line)), FEED)

"""A page in, its body text out: the blocks that the model chooses, with another extractor as its second opinion.

A feed's own full text needs no extractor: it is nothing but the article.
"""

import re
from functools import partial
from typing import Any, NamedTuple

from lxml import etree
from trafilatura.core import bare_extraction

from transforms.extract.blocks.model import BlockModel, Choice, choose_blocks
from transforms.extract.blocks.walk import INSIDE, read_blocks
from transforms.extract.tree import drop_dead_weight, squash

BLOCKS, SECOND, FAST, FULL, FEED = "blocks", "blocks-trafilatura", "trafilatura-fast", "trafilatura-full", "feed"

_FIGURE = INSIDE["figure"]
# under so many characters a body is likely to be the wrong one
_SHORT = 250

_BLOCKS = ("p", "div", "br", "li", "tr", "td", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr")
_BREAK = "\u2028"
# what blog software puts below every text of its feeds
_FEED_TAIL = re.compile(r"\n(?:The post .{1,300} appeared first on .{1,100}|Continue reading.{0,300}|Read more\W*)$")


class Body(NamedTuple):
    """A body text, the extractor that read it, and the page's blocks, none for a feed's text."""

    text: str
    extractor: str
    choice: Choice | None = None

    @property
    def around(self) -> list[str]:
        """The page's lines in order, without captions: the body's, and what stands around it."""
        blocks = self.choice.blocks if self.choice else ()
        return [block.text for block in blocks if not block.container.inside & _FIGURE]


def read_body(tree: Any, utf8: bytes, model: BlockModel, *, url: str, title: str, description: str) -> Body:
    """Return the body text of a page, given as tree and as it was, "" where there is none; one line a block.

    Deterministic: the extractor's own deduplication stays off, for it remembers earlier pages. On doubt the tree loses
    its dead weight.
    """
    choice = choose_blocks(
        read_blocks(tree),
        model,
        title=title,
        description=description,
        extract=partial(extract_fast, tree, url),
        shortest=_SHORT,
    )
    body = Body(choice.text, BLOCKS if choice.extracted is None else SECOND, choice)
    return body if len(body.text) >= _SHORT else _longest(body, utf8, url)


def _longest(body: Body, utf8: bytes, url: str) -> Body:
    """The longest of three readings of a page with little text, the model's first."""
    assert body.choice is not None
    assert body.choice.extracted is not None  # so little text is always in doubt
    readings = [body, Body(body.choice.extracted, FAST, body.choice)]
    if len(body.choice.extracted) < _SHORT:
        # not from the tree: what was dropped may hold the text
        readings.append(Body(_extract(utf8, url), FULL, body.choice))
    return max(readings, key=lambda reading: len(reading.text))


# what the second extractor drops, too, unless every paragraph is in there, but only after several looks at all of it
_DROPPED_LATER = ("nav", "aside", "footer", "menu", "dialog", "audio", "video", "picture", "textarea", "label")


def extract_fast(tree: Any, url: str) -> str:
    """Return the second extractor's text of a tree, which loses its dead weight."""
    drop_dead_weight(tree)
    if any(next(p.iterancestors(*_DROPPED_LATER), None) is None for p in tree.iter("p")):
        etree.strip_elements(tree, *_DROPPED_LATER, with_tail=False)
    return _extract(tree, url, fast=True, favor_recall=True)


def _extract(page: Any, url: str, **options: bool) -> str:
    document = bare_extraction(page, url=url, include_comments=False, **options)
    return (document.text or "").strip() if document else ""


def read_fragment(tree: Any) -> Body:
    """Return all text of a feed's fragment but captions and the software's closing line, one line a block."""
    etree.strip_elements(tree, "figure", "script", with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.text = f"{_BREAK}{element.text or ''}"
        element.tail = f"{_BREAK}{element.tail or ''}"
    lines = (squash(line) for line in tree.text_content().split(_BREAK))
    return Body(_FEED_TAIL.sub("", "\n".join(line for line in lines if line)), FEED)

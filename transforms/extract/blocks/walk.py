"""A page's tree in, its text blocks out, in order: one recursive walk.

Text of inline elements joins, every other element starts a block, two line breaks in a row split one. What never holds
an article's text (scripts, forms, navigation, footers) is not entered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from transforms.extract.blocks.words import word_groups
from transforms.toml import packaged_toml

_TAGS = packaged_toml("transforms.extract", "markup.toml")["tags"]
_SKIPPED = frozenset(_TAGS["skipped"])
_INLINE = frozenset(_TAGS["inline"])
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BREAK = "\u2028"  # a <br>; a line feed in the source is but a blank
_PARAGRAPH = re.compile(rf"{_BREAK}\s*{_BREAK}")


# what the elements around a text say of it: bits of Container.inside
_KINDS = (
    *("aside", "header", "figure", "list", "table", "form", "quote", "article", "main", "details", "article_body"),
    "hidden",
)
INSIDE = {name: 1 << bit for bit, name in enumerate(_KINDS)}
_HEADER, _ARTICLE_BODY, _HIDDEN = INSIDE["header"], INSIDE["article_body"], INSIDE["hidden"]
_BY_TAG = {
    **{name: INSIDE[name] for name in ("aside", "header", "figure", "table", "form", "article", "main", "details")},
    **dict.fromkeys(("figcaption", "caption"), INSIDE["figure"]),
    **dict.fromkeys(("ul", "ol", "dl"), INSIDE["list"]),
    "blockquote": INSIDE["quote"],
}


@dataclass(slots=True, eq=False)
class Container:
    """An element that holds blocks, itself or through others; the sums are filled in by readings.py."""

    parent: "Container | None"
    depth: int
    inside: int
    # masks of word groups: of its own class and id, and of all that is two and more levels above it
    words: int
    above: int
    # tag and class: containers that look alike
    look: str
    # characters, those of good text, those in links, blocks: of all blocks below
    text: int = 0
    good: int = 0
    linked: float = 0.0
    blocks: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """A line of text with what the markup says of it."""

    text: str
    tag: str
    container: Container
    # characters in links and in bold type, before white space was folded; links
    linked: float
    bold: float
    links: float


@dataclass(slots=True)
class _Pending:
    """The block that is being read."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    links: int = 0


def read_blocks(tree: Any) -> list[Block]:
    """Return the text blocks of a page's tree, which stays as it is."""
    body = tree.find("body")
    walker = _Walker()
    root = Container(None, 0, 0, 0, 0, "body")
    walker.walk(tree if body is None else body, root, "body", False, False)
    walker.flush(root, "body")
    return walker.blocks


class _Walker:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pending = _Pending()

    def walk(self, element: Any, container: Container, tag: str, in_link: bool, in_bold: bool) -> None:
        """Read an element's text; the parser bounds the depth of a tree."""
        if element.text:
            self._add(element.text, in_link, in_bold)
        for child in element:
            name = child.tag
            if name == "br":
                self._pending.parts.append(_BREAK)
            elif name in _INLINE:
                self._pending.links += name == "a"
                self.walk(child, container, tag, in_link or name == "a", in_bold or name in ("b", "strong"))
            elif name not in _SKIPPED:
                self.flush(container, tag)
                inner = _enter(child, container, name)
                self.walk(child, inner, name, in_link, in_bold)
                self.flush(inner, name)
            if child.tail:
                self._add(child.tail, in_link, in_bold)

    def _add(self, text: str, in_link: bool, in_bold: bool) -> None:
        pending = self._pending
        if not pending.parts and text.isspace():  # the page's own indentation, half of all texts
            return
        pending.parts.append(text)
        if in_link:
            pending.linked += len(text)
        if in_bold:
            pending.bold += len(text)

    def flush(self, container: Container, tag: str) -> None:
        """End the block that is being read."""
        pending = self._pending
        if not pending.parts:
            return
        self._pending = _Pending()
        text = "".join(pending.parts)
        if _BREAK in text:
            self.blocks.extend(_split(text, pending, container, tag))
        elif line := " ".join(text.split()):
            self.blocks.append(Block(line, tag, container, pending.linked, pending.bold, pending.links))


def _split(text: str, pending: _Pending, container: Container, tag: str) -> Iterator[Block]:
    """The paragraphs of a block, each with its share of what was counted."""
    for part in _PARAGRAPH.split(text):
        share = len(part) / len(text)
        if line := " ".join(part.split()):
            yield Block(line, tag, container, pending.linked * share, pending.bold * share, pending.links * share)


def _enter(element: Any, parent: Container, tag: str) -> Container:
    # one by one: to list all of them takes quadratic time, and a hostile tag has 50,000
    names, identity = element.get("class", ""), element.get("id", "")
    inside = parent.inside | _BY_TAG.get(tag, 0) | _stated(element)
    if tag in ("article", "main"):  # a page's header may hold all of it
        inside &= ~_HEADER
    return Container(
        parent,
        parent.depth + 1,
        inside,
        word_groups(f"{names} {identity}") if names or identity else 0,
        # what names the whole page says nothing of a block
        parent.above | parent.words if parent.depth > 2 else 0,
        f"{tag}.{names}",
    )


def _stated(element: Any) -> int:
    """What an element's other attributes say."""
    inside = _ARTICLE_BODY if "articleBody" in element.get("itemprop", "") else 0
    if (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or ((style := element.get("style")) and _HIDING.search(style))
    ):
        inside |= _HIDDEN
    return inside

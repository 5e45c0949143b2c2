"""A page's text blocks in, a matrix of numbers out: one row a block, one column a name of COLUMNS.

*Good text* is what is surely prose: a line of 80 characters and more that ends as a sentence does, with few links, and
in no aside, form or hidden element. Where it gathers on a page says more of a block than the block itself.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.extract.blocks.lines import SENTENCE_ENDS, is_call, shares, squeezed, weight
from transforms.extract.blocks.names import COLUMNS, EXTRACTED, NEIGHBOURS, OFFSETS
from transforms.extract.blocks.walk import INSIDE, Block, Container
from transforms.extract.blocks.words import GROUPS

Matrix = NDArray[np.float32]

_GOOD_LENGTH, _GOOD_LINKS = 80, 0.35
_NOT_GOOD = INSIDE["aside"] | INSIDE["form"] | INSIDE["hidden"]
# the container of most of the good text is the deepest that holds so much of it
_MOST = 0.6
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOXES = ("div", "section", "article", "body")
_TAG_SETS = ({"p"}, {*_HEADINGS}, {"h1"}, {"li"}, {"td", "th"}, {*_BOXES})
_TAGS = {tag: tuple(float(tag in tags) for tags in _TAG_SETS) for tag in set().union(*_TAG_SETS)}
_OTHER_TAG = (0.0,) * 6
# where a page has no good text, or no headline
_NOWHERE = 99.0


class _Reading(NamedTuple):
    """What is read off a block before the page as a whole is known."""

    weight: int
    linked: float
    good: int
    squeezed: str
    alike: "_Alike"
    ends: bool


@dataclass(slots=True, eq=False)
class _Alike:
    """The blocks of the same tag in containers that look the same."""

    good: int = 0
    text: int = 0
    blocks: int = 0


@dataclass(slots=True)
class _Page:
    """What is known of a page once all its blocks are read."""

    readings: list[_Reading]
    best: Container | None
    # ids of the containers around most of the good text, all roots where there is none
    around: set[int]
    title: str
    description: str
    headline: int | None
    good: int = field(init=False)
    text: int = field(init=False)
    first: int | None = field(init=False)
    last: int | None = field(init=False)

    def __post_init__(self) -> None:
        places = [place for place, reading in enumerate(self.readings) if reading.good]
        self.first, self.last = (places[0], places[-1]) if places else (None, None)
        self.good, self.text = sum(r.good for r in self.readings), sum(r.weight for r in self.readings)


def read_columns(blocks: Sequence[Block], *, title: str = "", description: str = "") -> Matrix:
    """Return the numbers of a page's blocks, shape (blocks, columns); -1 in the columns of an extractor's choice.

    The blocks are fresh from read_blocks: their containers' sums are filled in here.
    """
    page = _read_page(blocks, title, description)
    rows, seen, before = [], Counter[str](), 0
    for place, (block, reading) in enumerate(zip(blocks, page.readings, strict=True)):
        container = block.container
        if container.columns is None:
            container.columns = _of_container(container, page)
        rows.append(_of_block(block, reading, page, (place, before, seen[reading.squeezed])) + container.columns)
        seen[reading.squeezed] += 1
        before += reading.weight
    own = np.array(rows, dtype=np.float32).reshape(len(rows), len(COLUMNS) - len(OFFSETS) * (len(NEIGHBOURS) + 1))
    return _with_neighbours(own, np.array([id(reading.alike) for reading in page.readings]))


def _read_page(blocks: Sequence[Block], title: str, description: str) -> _Page:
    alike: dict[tuple[str, str, str], _Alike] = {}
    readings = [_read_block(block, alike) for block in blocks]
    containers = _summed(blocks)
    good = sum(reading.good for reading in readings)
    best = _best(blocks, readings, _MOST * good)
    around = set(map(id, _upwards(best))) if best else {id(c) for c in containers if c.parent is None}
    title = squeezed(title)
    headline = _headline(blocks, readings, title)
    return _Page(readings, best, around, title, squeezed(description[:300]), headline)


def _read_block(block: Block, alike: dict[tuple[str, str, str], _Alike]) -> _Reading:
    text, container = block.text, block.container
    length, linked, ends = weight(text), min(1.0, block.linked / len(text)), text.endswith(SENTENCE_ENDS)
    is_good = length >= _GOOD_LENGTH and ends and linked < _GOOD_LINKS and not container.inside & _NOT_GOOD
    good = length if is_good else 0
    outer = container.parent.look if container.parent else ""
    same = alike.setdefault((block.tag, container.look, outer), _Alike())
    for sums in (same, container):
        sums.good += good
        sums.text += length
        sums.blocks += 1
    container.linked += linked * length
    return _Reading(length, linked, good, squeezed(text[:160]), same, ends)


def _summed(blocks: Iterable[Block]) -> list[Container]:
    """Every container of a page, deepest first, after each has handed its sums to the one around it."""
    containers: dict[int, Container] = {}
    for block in blocks:
        for container in _upwards(block.container):
            if id(container) in containers:
                break
            containers[id(container)] = container
    ordered = sorted(containers.values(), key=lambda container: -container.depth)
    for container in ordered:
        if outer := container.parent:
            outer.text += container.text
            outer.good += container.good
            outer.linked += container.linked
            outer.blocks += container.blocks
    return ordered


def _upwards(container: Container | None) -> Iterable[Container]:
    while container is not None:
        yield container
        container = container.parent


def _best(blocks: Sequence[Block], readings: Sequence[_Reading], enough: float) -> Container | None:
    """The deepest container that holds enough good text, None on a page without any."""
    homes = {id(b.container): b.container for b, reading in zip(blocks, readings, strict=True) if reading.good}
    holders = (next(c for c in _upwards(home) if c.good >= enough) for home in homes.values())
    return max(holders, key=lambda container: container.depth, default=None)


def _headline(blocks: Sequence[Block], readings: Sequence[_Reading], title: str) -> int | None:
    """The place of the last first-level heading that is part of the title, else of the first one."""
    places = [place for place, block in enumerate(blocks) if block.tag == "h1"]
    named = [place for place in places if title and readings[place].squeezed in title]
    return named[-1] if named else next(iter(places), None)


def _of_block(block: Block, reading: _Reading, page: _Page, earlier: tuple[int, int, int]) -> list[float]:
    """`earlier`: blocks, characters, and blocks with the same words, before this one."""
    place, before, seen = earlier
    text, alike, key = block.text, reading.alike, reading.squeezed
    is_p, is_heading, is_h1, is_item, is_cell, is_box = _TAGS.get(block.tag, _OTHER_TAG)
    digits, capitals = shares(text)
    return [
        math.log(reading.weight + 1),
        reading.linked,
        reading.ends,
        is_heading,
        -1.0,
        text.count(" ") + 1,
        min(block.links, 10.0),
        text.count(",") + text.count("、") + text.count("，"),
        digits,
        capitals,
        min(1.0, block.bold / len(text)),
        is_p,
        is_h1,
        is_item,
        is_cell,
        is_box,
        place / len(page.readings),
        before / page.text,
        place - page.first if page.first is not None else _NOWHERE,
        page.last - place if page.last is not None else _NOWHERE,
        place - page.headline if page.headline is not None else -_NOWHERE,
        alike.good / max(1, page.good),
        alike.blocks,
        alike.good / alike.text,
        seen,
        page.best.depth if page.best else 0,
        page.good / page.text,
        math.log(page.good + 1),
        is_call(text),
        _repeats_title(key, page.title),
        bool(page.description) and len(key) > 15 and (key[:60] in page.description or page.description[:60] in key),
    ]


def _repeats_title(key: str, title: str) -> bool:
    return bool(title) and len(key) > 5 and (key in title or (title in key and len(key) < 1.5 * len(title)))


def _of_container(container: Container, page: _Page) -> list[float]:
    """What all blocks of one container share."""
    up = container.parent or container
    up2 = up.parent or up
    up3 = up2.parent or up2
    # the walk ends at the root, which is around everything
    steps, nearest = next((steps, c) for steps, c in enumerate(_upwards(container)) if id(c) in page.around)
    is_inside = page.best is not None and nearest is page.best
    good = max(1, page.good)
    return [
        *_distances(container.words, up.words, up2.words, up2.above),
        *_bits(container.inside),
        float(is_inside),
        steps if is_inside else 10.0 + steps,
        *(c.good / good for c in (container, up, up2, up3)),
        *(c.linked / (c.text or 1) for c in (container, up, up2)),
        up.blocks,
    ]


# a site has few different ones
@lru_cache(maxsize=50_000)
def _distances(*masks: int) -> tuple[float, ...]:
    """For each group of words: 4, 3, 2 or 1 for the first of the four masks that has it, 0 where none does."""
    return tuple(
        next((4.0 - distance for distance, mask in enumerate(masks) if mask >> group & 1), 0.0)
        for group in range(len(GROUPS))
    )


@lru_cache(maxsize=5_000)
def _bits(inside: int) -> tuple[float, ...]:
    return tuple(float(bool(inside & bit)) for bit in INSIDE.values())


def _with_neighbours(own: Matrix, alike: Any) -> Matrix:
    """The same rows with some columns of the blocks around each, and whether those look alike; -1 beyond the page."""
    count, width = own.shape
    step = len(NEIGHBOURS) + 1
    matrix = np.full((count, width + step * len(OFFSETS)), -1, dtype=np.float32)
    matrix[:, :width] = own
    for number, offset in enumerate(OFFSETS):
        here, there = _shifted(count, offset)
        start = width + step * number
        matrix[here, start : start + step - 1] = own[there][:, NEIGHBOURS]
        matrix[here, start + step - 1] = alike[here] == alike[there]
    return matrix


def _shifted(count: int, offset: int) -> tuple[slice, slice]:
    """The rows that have a neighbour at this offset, and these neighbours."""
    size = max(0, count - abs(offset))
    return (slice(count - size, count), slice(0, size)) if offset < 0 else (slice(0, size), slice(count - size, count))


def with_extracted(matrix: Matrix, blocks: Sequence[Block], text: str) -> Matrix:
    """The same numbers, with the choice of another extractor, given as its text, in the columns kept for it."""
    lines, whole = {squeezed(line) for line in text.split("\n")}, squeezed(text)
    chosen = np.array([_is_in(squeezed(block.text), lines, whole) for block in blocks], dtype=np.float32)
    filled = matrix.copy()
    filled[:, EXTRACTED[0]] = chosen
    for column, offset in zip(EXTRACTED[1:], OFFSETS, strict=True):
        here, there = _shifted(len(blocks), offset)
        filled[here, column] = chosen[there]
    return filled


def _is_in(key: str, lines: set[str], whole: str) -> bool:
    """Whether a block stands in a text: a short one as a line of it, a long one with a piece from its middle."""
    if len(key) < 25:
        return key in lines
    quarter = len(key) // 4
    return key in whole or key[quarter : quarter + 40] in whole

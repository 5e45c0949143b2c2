"""A page's text blocks in, a matrix of numbers out: one row a block, one column a name of COLUMNS.

It is filled column by column, so that numpy does most of the work; in memory a column is contiguous.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.extract.blocks.lines import asks_consent, is_call, shares, squeezed
from transforms.extract.blocks.names import COLUMNS, EXTRACTED, NEIGHBOURS, OFFSETS
from transforms.extract.blocks.readings import PageReading, Reading, read_whole
from transforms.extract.blocks.walk import INSIDE, Block, Container
from transforms.extract.blocks.words import GROUPS

Matrix = NDArray[np.float32]
# one number a block, or one for all
Column = Any

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOXES = ("div", "section", "article", "body")
_TAG_SETS = (("p",), ("h1",), ("li",), ("td", "th"), _BOXES)
# where a page has no good text, or no headline
_NOWHERE = 99
# what a word counts on an element itself, on the two around it, further out
_NEARNESS = np.array([4, 3, 2, 1])[:, None]


def read_columns(blocks: Sequence[Block], *, title: str = "", description: str = "") -> Matrix:
    """Return the numbers of a page's blocks, shape (blocks, columns); -1 in the columns of an extractor's choice.

    The blocks are fresh from read_blocks: their containers' sums are filled in here.
    """
    page = read_whole(blocks, title, description)
    own = [
        *_of_texts(blocks, page.readings),
        *([block.tag in tags for block in blocks] for tags in _TAG_SETS),
        *_of_places(page),
        *_of_alike(page.readings),
        *_of_page(page),
        *_of_words([block.text for block in blocks], page),
        *_of_containers([block.container for block in blocks], page),
    ]
    matrix = np.full((len(COLUMNS), len(blocks)), -1, dtype=np.float32)
    for number, column in enumerate(own):
        matrix[number] = column
    _repeat_neighbours(matrix, len(own), np.array([id(reading.alike) for reading in page.readings]))
    return matrix.T


def _of_texts(blocks: Sequence[Block], readings: Sequence[Reading]) -> list[Column]:
    texts = [block.text for block in blocks]
    digits_and_capitals = np.array([shares(text) for text in texts]).reshape(-1, 2)
    lengths = np.array([len(text) for text in texts])
    return [
        np.log(np.array([reading.weight for reading in readings]) + 1),
        [reading.linked for reading in readings],
        [reading.ends for reading in readings],
        [block.tag in _HEADINGS for block in blocks],
        -1,
        [text.count(" ") + 1 for text in texts],
        np.minimum([block.links for block in blocks], 10),
        [text.count(",") + (0 if text.isascii() else text.count("、") + text.count("，")) for text in texts],
        *digits_and_capitals.T,
        np.minimum(1, np.array([block.bold for block in blocks]) / lengths),
    ]


def _of_places(page: PageReading) -> list[Column]:
    count, weights = len(page.readings), np.array([reading.weight for reading in page.readings])
    places = np.arange(count)
    return [
        places / max(1, count),
        (np.cumsum(weights) - weights) / max(1, page.text),
        _NOWHERE if page.first_good is None else places - page.first_good,
        _NOWHERE if page.last_good is None else page.last_good - places,
        -_NOWHERE if page.headline is None else places - page.headline,
    ]


def _of_alike(readings: Sequence[Reading]) -> list[Column]:
    kinds = [reading.alike for reading in readings]
    good, text = np.array([kind.good for kind in kinds]), np.array([kind.text for kind in kinds])
    page_good = max(1, sum(reading.good for reading in readings))
    return [good / page_good, [kind.blocks for kind in kinds], good / text, _repeats(r.squeezed for r in readings)]


def _repeats(keys: Iterable[str]) -> list[int]:
    """For each key, how many equal ones came before it."""
    seen, repeats = Counter[str](), []
    for key in keys:
        repeats.append(seen[key])
        seen[key] += 1
    return repeats


def _of_page(page: PageReading) -> list[Column]:
    depth = page.best.depth if page.best else 0
    return [depth, page.good / max(1, page.text), np.log(page.good + 1)]


def _of_words(texts: Sequence[str], page: PageReading) -> list[Column]:
    keys, title, about = [reading.squeezed for reading in page.readings], page.title, page.description
    return [
        list(map(is_call, texts)),
        list(map(asks_consent, keys)),
        [_repeats_title(key, title) for key in keys],
        [bool(about) and len(key) > 15 and (key[:60] in about or about[:60] in key) for key in keys],
    ]


def _repeats_title(key: str, title: str) -> bool:
    return bool(title) and len(key) > 5 and (key in title or (title in key and len(key) < 1.5 * len(title)))


def _of_containers(own: Sequence[Container], page: PageReading) -> list[Column]:
    levels = [own]
    for _ in range(3):
        levels.append([container.parent or container for container in levels[-1]])
    words = [[c.words for c in level] for level in levels[:3]] + [[c.above for c in levels[2]]]
    text = np.array([[c.text or 1 for c in level] for level in levels[:3]])
    is_inside, steps = np.array([page.way_to_best(c) for c in own], dtype=int).reshape(-1, 2).T
    return [
        *(_bits(words, len(GROUPS)) * _NEARNESS).max(axis=1),
        *_bits([c.inside for c in own], len(INSIDE)),
        is_inside,
        steps + 10 * (1 - is_inside),
        *(np.array([[c.good for c in level] for level in levels]) / max(1, page.good)),
        *(np.array([[c.linked for c in level] for level in levels[:3]]) / text),
        [c.blocks for c in levels[1]],
    ]


def _bits(masks: Any, count: int) -> NDArray[np.int64]:
    """Masks of any shape in; their bits out, the first axis over the bits."""
    masks = np.array(masks, dtype=np.int64)
    bits: NDArray[np.int64] = masks >> np.arange(count).reshape(-1, *(1,) * masks.ndim) & 1
    return bits


def _repeat_neighbours(matrix: Any, start: int, alike: Any) -> None:
    """Fill the rows from `start` on of a matrix (columns, blocks): what the blocks around are, and look like."""
    for offset in OFFSETS:
        here, there = _shifted(len(alike), offset)
        end = start + len(NEIGHBOURS)
        matrix[start:end, here] = matrix[NEIGHBOURS, there]
        matrix[end, here] = alike[here] == alike[there]
        start = end + 1


def _shifted(count: int, offset: int) -> tuple[slice, slice]:
    """The blocks that have a neighbour at this offset, and these neighbours."""
    size = max(0, count - abs(offset))
    return (slice(count - size, count), slice(0, size)) if offset < 0 else (slice(0, size), slice(count - size, count))


def with_extracted(matrix: Matrix, blocks: Sequence[Block], text: str) -> Matrix:
    """The same numbers, with the choice of another extractor, given as its text, in the columns kept for it."""
    lines, whole = {squeezed(line) for line in text.split("\n")}, squeezed(text)
    chosen = np.array([_is_in(squeezed(block.text), lines, whole) for block in blocks], dtype=np.float32)
    filled = matrix.copy(order="K")
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

"""A page's text blocks in, what is known of each and of the page as a whole out; containers get their sums.

*Good text* is what is surely prose: a line of 80 characters and more that ends as a sentence does, with few links, and
in no aside, form or hidden element. Where it gathers on a page says more of a block than the block itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.extract.blocks.lines import SENTENCE_ENDS, squeezed, weight
from transforms.extract.blocks.walk import INSIDE, Block, Container

_GOOD_LENGTH, _GOOD_LINKS = 80, 0.35
_NOT_GOOD = INSIDE["aside"] | INSIDE["form"] | INSIDE["hidden"]
# the container of most of the good text is the deepest that holds so much of it
_MOST = 0.6
# characters in which a block tells itself from others
_KEY = 160


@dataclass(slots=True, eq=False)
class Alike:
    """The blocks of the same tag in containers that look the same: their sums."""

    good: int = 0
    text: int = 0
    blocks: int = 0


class Reading(NamedTuple):
    """What is read off a block before the page as a whole is known."""

    weight: int
    # share of its characters
    linked: float
    # its weight if it is good text, else 0
    good: int
    squeezed: str
    alike: Alike
    ends: bool


@dataclass(slots=True)
class PageReading:
    """What is known of a page once all its blocks are read."""

    readings: list[Reading]
    # the container of most of the good text, None where there is none
    best: Container | None
    title: str
    description: str
    # places among the blocks, None for none
    headline: int | None
    first_good: int | None = field(init=False)
    last_good: int | None = field(init=False)
    good: int = field(init=False)
    text: int = field(init=False)
    # by the id of a container: whether `best` is around it, and levels up to the nearest that is around `best` itself
    _ways: dict[int, tuple[bool, int]] = field(init=False)

    def __post_init__(self) -> None:
        places = [place for place, reading in enumerate(self.readings) if reading.good]
        self.first_good, self.last_good = (places[0], places[-1]) if places else (None, None)
        self.good, self.text = sum(r.good for r in self.readings), sum(r.weight for r in self.readings)
        self._ways = {id(container): (container is self.best, 0) for container in _upwards(self.best)}

    def way_to_best(self, container: Container) -> tuple[bool, int]:
        """Whether a container lies in that of most of the good text, and how many levels up one around that is."""
        way = self._ways.get(id(container))
        if way is None:
            is_inside, steps = self.way_to_best(container.parent) if container.parent else (False, -1)
            way = self._ways[id(container)] = (is_inside, steps + 1)
        return way


def read_whole(blocks: Sequence[Block], title: str, description: str) -> PageReading:
    """Return what is known of a page; its blocks are fresh from read_blocks, and their containers get their sums."""
    alike: defaultdict[tuple[str, str, str], Alike] = defaultdict(Alike)
    readings = [_read_block(block, alike) for block in blocks]
    _sum_up(blocks)
    best = _best(blocks, readings, _MOST * sum(reading.good for reading in readings))
    title = squeezed(title)
    headline = _headline(blocks, readings, title)
    return PageReading(readings, best, title, squeezed(description[:300]), headline)


def _read_block(block: Block, alike: defaultdict[tuple[str, str, str], Alike]) -> Reading:
    text, container = block.text, block.container
    length, linked, ends = weight(text), min(1.0, block.linked / len(text)), text.endswith(SENTENCE_ENDS)
    is_good = length >= _GOOD_LENGTH and ends and linked < _GOOD_LINKS and not container.inside & _NOT_GOOD
    good = length if is_good else 0
    same = alike[block.tag, container.look, container.parent.look if container.parent else ""]
    for sums in (same, container):
        sums.good += good
        sums.text += length
        sums.blocks += 1
    container.linked += linked * length
    return Reading(length, linked, good, squeezed(text[:_KEY]), same, ends)


def _sum_up(blocks: Iterable[Block]) -> None:
    """Let every container of a page hand its sums to the one around it, the deepest first."""
    containers: dict[int, Container] = {}
    for block in blocks:
        for container in _upwards(block.container):
            if id(container) in containers:
                break
            containers[id(container)] = container
    for container in sorted(containers.values(), key=lambda container: -container.depth):
        if outer := container.parent:
            outer.text += container.text
            outer.good += container.good
            outer.linked += container.linked
            outer.blocks += container.blocks


def _upwards(container: Container | None) -> Iterable[Container]:
    while container is not None:
        yield container
        container = container.parent


def _best(blocks: Sequence[Block], readings: Sequence[Reading], enough: float) -> Container | None:
    """The deepest container that holds enough good text, None on a page without any."""
    homes = {id(b.container): b.container for b, reading in zip(blocks, readings, strict=True) if reading.good}
    holders = (next(c for c in _upwards(home) if c.good >= enough) for home in homes.values())
    return max(holders, key=lambda container: container.depth, default=None)


def _headline(blocks: Sequence[Block], readings: Sequence[Reading], title: str) -> int | None:
    """The place of the last first-level heading that is part of the title, else of the first one."""
    places = [place for place, block in enumerate(blocks) if block.tag == "h1"]
    named = [place for place in places if title and readings[place].squeezed in title]
    return named[-1] if named else next(iter(places), None)

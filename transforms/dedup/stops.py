"""Stop anchors: boilerplate, found because many articles share it and hardly two of them are copies.

A cap on frequency alone would drop the stories that everybody runs. So the pairs among an anchor's articles are sampled
and compared; few copies among many articles mean that the passage is a disclaimer, a subscription line, an agency's
standing text.
"""

from collections.abc import Callable, Iterator

import numpy as np

from transforms.dedup.arrays import Array

FREQUENT = 12  # articles
_ACCEPTED = 0.25  # of the sampled pairs
_SAMPLES = 40

# whether two articles, by position, are copies
SameStory = Callable[[int, int], bool]


def groups_of(anchors: Array, owners: Array, fewest: int) -> Iterator[tuple[np.uint64, Array]]:
    """Each anchor that at least `fewest` articles hold, with their positions in ascending order."""
    order = np.lexsort((owners, anchors))
    anchors, owners = anchors[order], owners[order]
    starts = np.flatnonzero(np.r_[True, anchors[1:] != anchors[:-1]]) if len(anchors) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(anchors)])
    for start, size in zip(starts[sizes >= fewest].tolist(), sizes[sizes >= fewest].tolist(), strict=True):
        yield anchors[start], owners[start : start + size]


def find_stops(anchors: Array, owners: Array, same_story: SameStory) -> Array:
    """The stop anchors, sorted; `owners` are positions of articles sorted by id, one for each anchor held."""
    found = [
        anchor for anchor, held in groups_of(anchors, owners, FREQUENT) if _is_boilerplate(held.tolist(), same_story)
    ]
    return np.array(sorted(found), np.uint64)


def _is_boilerplate(articles: list[int], same_story: SameStory) -> bool:
    sampled = accepted = 0
    for one in range(0, len(articles) - 1, max(1, len(articles) // _SAMPLES)):
        for other in {one + 1, min(len(articles) - 1, one + len(articles) // 2)} - {one}:
            sampled += 1
            accepted += same_story(articles[one], articles[other])
    return accepted < _ACCEPTED * sampled

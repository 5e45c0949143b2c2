"""The sketch: the sample of an article in which copies are found, and its packed form in the `sketch` column.

Which text gives which sketch is in `sketching.py`, which only the processes that read pages load. Parameters: decision
0003.
"""

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from transforms.dedup.arrays import U64, Array

SKETCH_VERSION = 1

WORDS = 5  # tokens a shingle
SAMPLE = U64((1 << 64) // 8 - 1)  # shingle hashes up to here are anchors
_KEY = U64((1 << 64) // 32 - 1)  # and up to here grouping keys
_FEWEST_KEYS = 8
PLACES = 128  # places in the text, in 128ths
LEAD_BIT = np.uint8(0x80)
_HEADER = struct.Struct(
    "<HHHHIIQII"
)  # version, anchors, facts, numbers; shingles, 0; threshold; fact and number thresholds


class Sample(NamedTuple):
    """Sorted 32-bit hashes up to a threshold: of two samples, what lies under the smaller threshold is comparable."""

    values: Array  # uint32
    threshold: np.uint32

    def under(self, threshold: np.uint32) -> set[int]:
        """The values up to a threshold."""
        return set(self.values[: np.searchsorted(self.values, threshold, "right")].tolist())


@dataclass(frozen=True, eq=False)
class Sketch:
    """The sample of one text."""

    # sorted uint64
    anchors: Array = field(repr=False)
    # one a anchor: bits 0–6 its place in the text, bit 7 set in the lead
    places: Array = field(repr=False)
    # every anchor of the text up to here is kept
    threshold: np.uint64
    # 20 bits of the two tokens before, 1 bit number, 11 bits value
    facts: Sample
    numbers: Sample
    # how many shingles the text has
    shingles: int


def are_keys(anchors: Array, owners: Array) -> Array:
    """Which anchors are grouping keys: of each owner those up to the key threshold, and its eight smallest.

    Owner after owner, an owner's anchors ascending.
    """
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    keys: Array = (anchors <= _KEY) | (rank < _FEWEST_KEYS)
    return keys


def in_lead(sketch: Sketch) -> Array:
    """Which anchors stand in the lead."""
    return sketch.places >= LEAD_BIT


def sampled_lead_threshold(a: Sketch, b: Sketch) -> np.uint64:
    """Up to here both sketches hold every lead anchor of their texts."""
    return min(max(a.threshold, SAMPLE), max(b.threshold, SAMPLE))


def without(sketch: Sketch, stops: Array) -> Sketch:
    """The sketch without stop anchors (sorted); its length shrinks by the same share."""
    if not len(stops) or not len(sketch.anchors):
        return sketch
    kept = stops[np.searchsorted(stops, sketch.anchors) % len(stops)] != sketch.anchors
    if kept.all():
        return sketch
    shingles = int(sketch.shingles * kept.mean())
    return Sketch(sketch.anchors[kept], sketch.places[kept], sketch.threshold, sketch.facts, sketch.numbers, shingles)


def pack(sketch: Sketch) -> bytes:
    """A sketch as bytes, little-endian, a multiple of eight long: header, anchors, facts, numbers, places."""
    header = _HEADER.pack(
        SKETCH_VERSION,
        len(sketch.anchors),
        len(sketch.facts.values),
        len(sketch.numbers.values),
        sketch.shingles,
        0,
        int(sketch.threshold),
        int(sketch.facts.threshold),
        int(sketch.numbers.threshold),
    )
    arrays = (
        sketch.anchors.astype("<u8"),
        sketch.facts.values.astype("<u4"),
        sketch.numbers.values.astype("<u4"),
        sketch.places,
    )
    packed = header + b"".join(array.tobytes() for array in arrays)
    return packed + bytes(-len(packed) % 8)


def unpack(packed: bytes) -> Sketch:
    """The sketch that `pack` packed. Raises ValueError for another version."""
    version, anchors, facts, numbers, shingles, _, threshold, fact_threshold, number_threshold = _HEADER.unpack_from(
        packed
    )
    if version != SKETCH_VERSION:
        raise ValueError(f"a sketch of version {version}; this code reads {SKETCH_VERSION}")
    at = _HEADER.size
    anchor_values = np.frombuffer(packed, "<u8", anchors, at)
    fact_values = np.frombuffer(packed, "<u4", facts, at + 8 * anchors)
    number_values = np.frombuffer(packed, "<u4", numbers, at + 8 * anchors + 4 * facts)
    places = np.frombuffer(packed, np.uint8, anchors, at + 8 * anchors + 4 * (facts + numbers))
    samples = Sample(fact_values, np.uint32(fact_threshold)), Sample(number_values, np.uint32(number_threshold))
    return Sketch(anchor_values, places, U64(threshold), *samples, shingles)


def packed_anchors(packed: Array, starts: Array) -> tuple[Array, Array]:
    """All anchors of many packed sketches at once: `packed` as uint64 words, `starts` the word where each sketch
    begins.

    Returns the anchors and, for each, the index of its sketch; sketches of another version give none.
    """
    head = packed[starts]
    counts = np.where((head & U64(0xFFFF)) == SKETCH_VERSION, (head >> U64(16)) & U64(0xFFFF), 0).astype(np.int64)
    owner = np.repeat(np.arange(len(starts)), counts)
    ahead = np.cumsum(counts) - counts
    inner = np.arange(len(owner)) - ahead[owner]
    return packed[starts[owner] + _HEADER.size // 8 + inner], owner

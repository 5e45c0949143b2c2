"""Text in, sketch out: the sample of an article in which copies are found, and its packed form in the `sketch` column.

Anchors are the shingle hashes below a threshold: texts that share shingles share anchors, whatever their lengths
(FracMinHash, Irber et al. 2022). Facts are sampled by their context, so that two sketches know the same contexts.
Parameters: decision 0003.
"""

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from transforms.dedup.arrays import Array
from transforms.dedup.tokens import U64, Tokens, mix, tokenise

SKETCH_VERSION = 1

WORDS, CHARACTERS = 5, 6  # tokens a shingle: of words, and where it begins in a script without blanks
_SAMPLE = U64((1 << 64) // 8 - 1)  # shingle hashes up to here are anchors
_KEY = U64((1 << 64) // 32 - 1)  # and up to here grouping keys
_FEWEST, _MOST = 40, 96  # anchors
_FEWEST_KEYS = 8
_LEAD = 96  # shingles that make the lead; its sampled anchors always stay
_MOST_FACTS, _MOST_NUMBERS = 24, 32
PLACES = 128  # places in the text, in 128ths
_LEAD_BIT = np.uint8(0x80)
_STEP = U64(0xD6E8FEB86659FD93)
_ALL64, _ALL32 = U64((1 << 64) - 1), np.uint32((1 << 32) - 1)
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


def sketch_text(text: str) -> Sketch:
    """Return the sketch of a text; a pure function of it, the same on every machine.

    >>> sketch_text("one two three four five six").shingles
    2
    """
    tokens = tokenise(text)
    shingles = _shingles(tokens)
    anchors, places, threshold = _anchors(shingles)
    return Sketch(anchors, places, threshold, _facts(tokens), _numbers(tokens), len(shingles))


def _shingles(tokens: Tokens) -> Array:
    """Hashes of every run of five tokens, or six characters where a run begins in a script without blanks."""
    hashes = tokens.hashes
    if not len(hashes):
        return hashes
    if len(hashes) < WORDS:
        return mix(np.array([hashes.sum(dtype=U64)], U64))
    rolled = _rolled(hashes, WORDS)
    if tokens.unspaced.any():
        rolled = _with_characters(rolled, _rolled(hashes, CHARACTERS), tokens.unspaced)
    return mix(rolled)


def _rolled(hashes: Array, size: int) -> Array:
    count = len(hashes) - size + 1
    if count < 1:
        return hashes[:0]
    rolled = hashes[:count].copy()
    for place in range(1, size):
        rolled *= _STEP
        rolled += hashes[place : count + place]
    return rolled


def _with_characters(words: Array, characters: Array, unspaced: Array) -> Array:
    starts = unspaced[: len(words)].copy()
    fits = len(characters)
    if not fits:
        return words[~starts] if not starts.all() else words[:1]
    mixed = words.copy()
    mixed[:fits][starts[:fits]] = characters[starts[:fits]]
    tail = starts.copy()
    tail[:fits] = False  # at the end of the text, no room for a whole run
    return np.asarray(mixed[~tail])


def _first_places(shingles: Array, where: Array) -> tuple[Array, Array]:
    """Distinct hashes in order, each with the first place where it stands."""
    hashes = shingles[where]
    order = np.argsort(hashes, kind="stable")
    hashes, where = hashes[order], where[order]
    first = np.ones(len(hashes), bool)
    np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
    return hashes[first], where[first]


def _anchors(shingles: Array) -> tuple[Array, Array, np.uint64]:
    hashes, where = _first_places(shingles, np.flatnonzero(shingles <= _SAMPLE))
    kept, threshold = len(hashes), _SAMPLE
    if kept < _FEWEST:
        hashes, where = _first_places(shingles, np.arange(len(shingles)))
        kept = min(_FEWEST, len(hashes))
        threshold = hashes[kept - 1] if kept < len(hashes) else _ALL64
    elif kept > _MOST:
        kept = _MOST
        threshold = hashes[kept - 1]
    lead = where < _LEAD
    chosen = np.arange(len(hashes)) < kept
    if threshold < _SAMPLE:
        chosen |= lead
    places = np.minimum(where[chosen] * PLACES // max(1, len(shingles)), PLACES - 1).astype(np.uint8)
    places[lead[chosen]] |= _LEAD_BIT
    return hashes[chosen], places, threshold


def _facts(tokens: Tokens) -> Sample:
    stated = np.flatnonzero(tokens.number | tokens.name)
    if not len(stated):
        return Sample(np.zeros(0, np.uint32), _ALL32)
    before = np.zeros(len(tokens.hashes) + 2, U64)
    before[2:] = tokens.hashes
    context = mix(before[stated] * _STEP + before[stated + 1]) >> U64(44)
    value = tokens.hashes[stated] >> U64(40) & U64(0x7FF)
    number = tokens.number[stated].astype(U64)
    facts = np.unique((context << U64(12) | number << U64(11) | value).astype(np.uint32))
    if len(facts) <= _MOST_FACTS:
        return Sample(facts, _ALL32)
    facts = facts[:_MOST_FACTS]
    return Sample(facts, facts[-1] | np.uint32(0xFFF))  # a context is known with all its values, or not


def _numbers(tokens: Tokens) -> Sample:
    numbers = np.unique(tokens.hashes[tokens.number].astype(np.uint32))
    if len(numbers) <= _MOST_NUMBERS:
        return Sample(numbers, _ALL32)
    numbers = numbers[:_MOST_NUMBERS]
    return Sample(numbers, numbers[-1])


def key_count(anchors: Array) -> int:
    """How many of the (sorted) anchors are grouping keys: those up to the key threshold, at least eight."""
    return max(int(np.searchsorted(anchors, _KEY, "right")), min(_FEWEST_KEYS, len(anchors)))


def in_lead(sketch: Sketch) -> Array:
    """Which anchors stand in the lead."""
    return sketch.places >= _LEAD_BIT


def sampled_lead_threshold(a: Sketch, b: Sketch) -> np.uint64:
    """Up to here both sketches hold every lead anchor of their texts."""
    return min(max(a.threshold, _SAMPLE), max(b.threshold, _SAMPLE))


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

"""Text in, sketch out.

Anchors are the shingle hashes below a threshold: texts that share shingles share anchors, whatever their lengths
(FracMinHash, Irber et al. 2022). Facts are sampled by their context, so that two sketches know the same contexts.
Parameters: decision 0003.
"""

import numpy as np

from transforms.dedup.arrays import U64, Array
from transforms.dedup.sketch import LEAD_BIT, PLACES, SAMPLE, WORDS, Sample, Sketch
from transforms.dedup.tokens import Tokens, mix, tokenise

_CHARACTERS = 6  # a shingle that begins in a script without blanks
_FEWEST, _MOST = 40, 96  # anchors
_LEAD = 96  # shingles that make the lead; its sampled anchors always stay
_MOST_FACTS, _MOST_NUMBERS = 24, 32
_STEP = U64(0xD6E8FEB86659FD93)
_ALL64, _ALL32 = U64((1 << 64) - 1), np.uint32((1 << 32) - 1)


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
        rolled = _with_characters(rolled, _rolled(hashes, _CHARACTERS), tokens.unspaced)
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
    hashes, where = _first_places(shingles, np.flatnonzero(shingles <= SAMPLE))
    kept, threshold = len(hashes), SAMPLE
    if kept < _FEWEST:
        hashes, where = _first_places(shingles, np.arange(len(shingles)))
        kept = min(_FEWEST, len(hashes))
        threshold = hashes[kept - 1] if kept < len(hashes) else _ALL64
    elif kept > _MOST:
        kept = _MOST
        threshold = hashes[kept - 1]
    lead = where < _LEAD
    chosen = np.arange(len(hashes)) < kept
    if threshold < SAMPLE:
        chosen |= lead
    places = np.minimum(where[chosen] * PLACES // max(1, len(shingles)), PLACES - 1).astype(np.uint8)
    places[lead[chosen]] |= LEAD_BIT
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

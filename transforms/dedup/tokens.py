"""Text in, hashed tokens out: one pass of numpy over the characters.

A token's hash is a polynomial in its folded characters, taken as a difference of prefix sums and scaled back to the
token's start, so that no token is ever cut out as a string. Deterministic over processes and machines, unlike `hash()`.
"""

from typing import NamedTuple

import numpy as np

from transforms.dedup.arrays import U64, Array
from transforms.dedup.characters import DIGIT, LATIN, LIMIT, POINT, SENTENCE_END, SKIPPED, TABLE, UNSPACED, UPPER

_MAX_CHARS = (1 << 16) - 2
_MASK = (1 << 64) - 1
_BASE = 0x9E3779B97F4A7C15
_FULL_STOP, _COMMA = 46, 44


class Tokens(NamedTuple):
    """The tokens of a text, in order; four arrays of one length."""

    hashes: Array  # uint64
    unspaced: Array  # bool: a character of a script without blanks
    number: Array  # bool: begins with a digit
    name: Array  # bool: begins with a capital letter and does not begin a sentence


def _powers(base: int) -> Array:
    values = np.empty(_MAX_CHARS + 2, U64)
    power = 1
    for place in range(len(values)):
        values[place] = power
        power = power * base & _MASK
    return values


_POWERS, _INVERSES = _powers(_BASE), _powers(pow(_BASE, -1, 1 << 64))
_NONE = Tokens(np.zeros(0, U64), np.zeros(0, bool), np.zeros(0, bool), np.zeros(0, bool))


def mix(hashes: Array) -> Array:
    """Spread 64-bit hashes evenly (the finaliser of MurmurHash3), so that the smallest are a fair sample."""
    hashes = hashes ^ (hashes >> U64(33))
    hashes = hashes * U64(0xFF51AFD7ED558CCD)
    hashes = hashes ^ (hashes >> U64(33))
    hashes = hashes * U64(0xC4CEB9FE1A85EC53)
    mixed: Array = hashes ^ (hashes >> U64(33))
    return mixed


def tokenise(text: str) -> Tokens:
    """The tokens of a text (of its first 65,534 characters): case, marks and apostrophes folded, digits joined over `.`
    and `,`.

    >>> a, b = tokenise("The café’s 1,000 EUROS"), tokenise("the cafes 1.000 euros")
    >>> bool((a.hashes == b.hashes).all()), a.number.tolist(), a.name.tolist()
    (True, [False, False, True, False], [False, False, False, True])
    """
    points, values, ends = _look_up(text[:_MAX_CHARS])
    if not len(values):
        return _NONE
    _join_digits(points, values, ends)
    kept = values != SKIPPED
    values, ends = values[kept], ends[kept]
    starts, stops = _bounds(values)
    return _hashed(values, ends, starts, stops) if len(starts) else _NONE


def _look_up(text: str) -> tuple[Array, Array, Array]:
    try:
        points = np.frombuffer(text.encode("latin-1"), np.uint8)
    except UnicodeEncodeError:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        points = np.where(points < LIMIT, points, 0)
        return points, TABLE[points], SENTENCE_END[points]
    return points, LATIN[points], SENTENCE_END[points]


def _join_digits(points: Array, values: Array, ends: Array) -> None:
    """Skip `.` and `,` between digits, in place: 1,000 and 1.000 and 1000 are one token."""
    dots = np.flatnonzero((points == _FULL_STOP) | (points == _COMMA))
    dots = dots[(dots > 0) & (dots < len(values) - 1)]
    inner = dots[((values[dots - 1] & DIGIT) != 0) & ((values[dots + 1] & DIGIT) != 0)]
    values[inner] = SKIPPED
    ends[inner] = False


def _bounds(values: Array) -> tuple[Array, Array]:
    """Where tokens start and stop: at separators, and around each unspaced character."""
    count = len(values)
    word = np.zeros(count + 1, bool)
    np.not_equal(values, 0, out=word[:count])
    before = np.zeros(count + 1, bool)
    before[1:] = word[:-1]
    start = word & ~before
    unspaced = (values & UNSPACED) != 0
    if unspaced.any():
        start[:count] |= unspaced
        start[1:] |= unspaced & word[1:]
    stop = before & (~word | start)
    return np.flatnonzero(start), np.flatnonzero(stop)


def _hashed(values: Array, ends: Array, starts: Array, stops: Array) -> Tokens:
    sums = np.zeros(len(values) + 1, U64)
    np.cumsum((values & POINT).astype(U64) * _POWERS[: len(values)], out=sums[1:])
    hashes = mix((sums[stops] - sums[starts]) * _INVERSES[starts])
    first = values[starts]
    name = (first & UPPER) != 0
    after_end = np.flatnonzero(ends)
    name[np.searchsorted(starts, after_end[after_end < starts[-1]])] = False
    name[0] = False
    return Tokens(hashes, (first & UNSPACED) != 0, (first & DIGIT) != 0, name)

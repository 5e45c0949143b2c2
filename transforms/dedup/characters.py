"""Tables over code points: how a character is folded, and whether it separates, is a digit, upper case, or a token of
its own.

Beyond the third plane everything separates. Scripts that are written without blanks (Han, kana, Thai, Lao, Khmer,
Burmese) give one token a character.
"""

import unicodedata

import numpy as np

from transforms.dedup.arrays import Array

LIMIT = 0x30000
SEPARATOR, SKIPPED = 0, 1
# flags beside the folded code point, which takes the low 21 bits
UNSPACED, DIGIT, UPPER = np.uint32(1 << 24), np.uint32(1 << 25), np.uint32(1 << 26)
POINT = np.uint32((1 << 21) - 1)

_APOSTROPHES = "'’‘ʼ`´"
_UNSPACED_RANGES = (
    *((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFF)),  # Han and kana
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF)),  # Thai and Lao, Burmese, Khmer
)
# most points, so worth telling apart early
_SEPARATING = {"Cn", "Co", "Cs", "So", "Sm", "Po", "Ps", "Pe", "Zs"}
# letters that fold to themselves, by the ten thousand: not worth asking unicodedata one by one
_PLAIN_RANGES = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFC),
    (0xAC00, 0xD7A3),
    (0x20000, 0x2A6DD),
    (0x2A700, 0x2B734),
    (0x2B740, 0x2EBE0),
)


def _entry(point: int) -> int:
    """The value for one code point: 0 separates, 1 is skipped (marks, apostrophes), else folded point and flags."""
    char = chr(point)
    category = unicodedata.category(char)
    if category[0] == "M" or category == "Cf" or char in _APOSTROPHES:
        return SKIPPED
    if category[0] not in "LN":
        return SEPARATOR
    folded = unicodedata.normalize("NFKD", char).casefold()
    letter = ord(next((c for c in folded if unicodedata.category(c)[0] in "LN"), char))
    unspaced = any(first <= letter <= last for first, last in _UNSPACED_RANGES)
    return letter | int(unspaced) << 24 | (category == "Nd") << 25 | (category in ("Lu", "Lt")) << 26


def _table() -> Array:
    points = np.arange(LIMIT, dtype=np.uint32)
    plain = np.zeros(LIMIT, bool)
    table = np.zeros(LIMIT, np.uint32)
    for first, last in _PLAIN_RANGES:
        plain[first : last + 1] = True
        unspaced = any(low <= first <= high for low, high in _UNSPACED_RANGES)
        table[first : last + 1] = points[first : last + 1] | (UNSPACED if unspaced else np.uint32(0))
    others = np.flatnonzero(~plain)
    # planes two and three hold nothing but ideographs and unassigned points
    for point in others[(others < 0x20000) | (others >= 0x2F800)].tolist():
        if unicodedata.category(chr(point)) not in _SEPARATING or chr(point) in _APOSTROPHES:
            table[point] = _entry(point)
    return table


TABLE = _table()
LATIN = TABLE[:256].copy()

# after these a capital letter names nothing, it only begins a sentence
SENTENCE_END = np.zeros(LIMIT, bool)
SENTENCE_END[[10, 33, 46, 58, 63, 0x2026, 0x61F, 0x964]] = True

"""The class and id of an element in, the groups of words in them out (data/markup.toml)."""

import re
from functools import lru_cache

from transforms.toml import packaged_toml

_MARKUP = packaged_toml("transforms.extract", "markup.toml")
_PATTERNS = [re.compile("|".join(patterns)) for patterns in _MARKUP["words"].values()]

# the groups in order: group i is bit i of a mask
GROUPS: tuple[str, ...] = tuple(_MARKUP["words"])

_WORD = re.compile(r"[A-Z]?[a-zß-ÿ]{2,}|[A-Z]{2,}")
_WEAK = frozenset(_MARKUP["weak"]["words"])
_LONGEST = 300


# a page repeats the same names for every item of its lists
@lru_cache(maxsize=20_000)
def word_groups(names: str) -> int:
    """Return a mask of the groups in the value of a class or id attribute.

    >>> [group for bit, group in enumerate(GROUPS) if word_groups("story-body mainSidebar") >> bit & 1]
    ['article', 'side']
    """
    mask, before = 0, ""
    for word in map(str.lower, _WORD.findall(names[:_LONGEST])):
        mask |= _mask(f"{before}-{word}" if before and word in _WEAK else word)
        before = word
    return mask


# by word, of which a site has few, and not by attribute, of which it has thousands
@lru_cache(maxsize=100_000)
def _mask(word: str) -> int:
    return sum(1 << bit for bit, pattern in enumerate(_PATTERNS) if pattern.search(word))

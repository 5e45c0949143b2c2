"""Made-up news: articles by their number, the same for the same seed.

A third of the articles are of stories that several outlets run, as agencies' stories are: verbatim, cut, retitled with
a paragraph of one's own, or edited. How many outlets run a story is skewed: most are run by two or three, few by
hundreds. Half of the outlets close every article with a standing sentence, which is what stop anchors are for. Words
are invented, apart from common English ones and some that a taxonomy knows; a body has about 3 KB.
"""

import random
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

_WORDS = (
    "the of to and in a for on that with as it by at is was from are has said have its after be were will an which not"
    " their this but more they who had would when also one two about over been other new some than people could out"
    " first into last up there we year years all time if week between where before only against government minister"
    " president country officials talks police summit sanctions election economy border court report leaders military"
    " parliament attack data security trade climate health company market bank energy ministry network agreement"
)
_COMMON = _WORDS.split()
_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ner",
    "sto",
    "va",
    "pel",
    "dri",
    "un",
    "ta",
    "ro",
    "sel",
    "bo",
    "gri",
    "fen",
    "u",
    "la",
)
_MOST_OUTLETS, _OUTLETS = 300, 400


class Text(NamedTuple):
    """What an outlet prints."""

    title: str
    paragraphs: tuple[str, ...]


@lru_cache(maxsize=4)
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words and their cumulated weights; the n-th word is used 1/n as often as the first."""
    rnd = random.Random(0)
    invented = ["".join(rnd.choices(_SYLLABLES, k=rnd.randint(2, 4))) for _ in range(12_000)]
    words = [*_COMMON, *(word.capitalize() if n % 9 == 0 else word for n, word in enumerate(invented))]
    return words, list(accumulate(1 / (n + 8) for n in range(len(words))))


@lru_cache(maxsize=4)
def stories_of(size: int, seed: int) -> tuple[tuple[int, int], ...]:
    """For each article of a slot its story, and which copy of it this is.

    >>> len(stories_of(300, 1)), len({story for story, _ in stories_of(300, 1)}) < 300
    (300, True)
    """
    rnd = random.Random(seed)
    planned: list[tuple[int, int]] = []
    story = 0
    while len(planned) < size // 3:
        copies = min(_MOST_OUTLETS, 1 + int(rnd.paretovariate(1.1)))
        planned += [(story, copy) for copy in range(copies)]
        story += 1
    planned = planned[: size // 3]
    planned += [(story + n, 0) for n in range(size - len(planned))]
    rnd.shuffle(planned)
    return tuple(planned)


def text_of(number: int, size: int, seed: int) -> Text:
    """The text of one article of a slot."""
    story, copy = stories_of(size, seed)[number]
    rnd = random.Random(seed * 1_000_003 + story)
    title, paragraphs = _sentence(rnd, 9), tuple(_paragraph(rnd) for _ in range(rnd.randint(6, 10)))
    if copy:
        title, paragraphs = _edited(Text(title, paragraphs), random.Random(seed * 7 + story * 1_009 + copy))
    outlet = number % _OUTLETS
    standing = (_sentence(random.Random(outlet), 24),) if outlet % 2 else ()
    return Text(title, paragraphs + standing)


def _edited(text: Text, rnd: random.Random) -> Text:
    """A copy as outlets make them."""
    kind = rnd.random()
    if kind < 0.35:
        return text
    if kind < 0.65:
        return Text(text.title, text.paragraphs[: max(3, round(len(text.paragraphs) * rnd.uniform(0.5, 0.9)))])
    if kind < 0.85:
        return Text(_sentence(rnd, 9), (*text.paragraphs, _paragraph(rnd)))
    return Text(text.title, tuple(_with_other_word(paragraph, rnd) for paragraph in text.paragraphs))


def _with_other_word(paragraph: str, rnd: random.Random) -> str:
    words = paragraph.split(" ")
    words[rnd.randrange(len(words))] = rnd.choice(_COMMON)
    return " ".join(words)


def _paragraph(rnd: random.Random) -> str:
    return " ".join(_sentence(rnd, rnd.randint(10, 22)) for _ in range(4))


def _sentence(rnd: random.Random, length: int) -> str:
    words, weights = _vocabulary()
    chosen = rnd.choices(words, cum_weights=weights, k=length)
    if rnd.random() < 0.3:
        chosen[-1] = str(rnd.randrange(2, 5_000))
    return " ".join(chosen).capitalize() + "."

"""All terms of some languages as one Aho–Corasick automaton, and what it finds in a text."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.tag.folding import Text, joins, unspaced
from transforms.tag.terms import LONGEST_TERM, Form, surfaces

# an open end is followed so far; also what keeps a hostile text of one endless word from costing its square
_LONGEST_WORD = 100
# no hit is longer: a term, its inflections, an open beginning and an open end
LONGEST_HIT = 2 * LONGEST_TERM + 2 * _LONGEST_WORD

Span = tuple[int, int]


class Rule(NamedTuple):
    """What a term needs or forbids near it."""

    # names of contexts, of which any one counts
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    # characters to either side
    window: int


class Listing(NamedTuple):
    """A term at one place of the taxonomy."""

    # topic, context or not
    role: str
    # the topic or context it is listed for
    owner: str
    language: str
    term: str
    form: Form
    weight: float
    rule: Rule | None


class Hit(NamedTuple):
    """A listed term found in a text."""

    start: int
    end: int
    listing: Listing


class Found(NamedTuple):
    """All that was found in a text, by owner and in order of appearance."""

    topics: dict[str, list[Hit]]
    contexts: dict[str, list[Span]]
    # phrases that cancel the hits they cover
    cancels: dict[str, list[Span]]


class Pattern(NamedTuple):
    """What one surface may stand for."""

    listings: tuple[Listing, ...]
    # whether any listing has an open beginning or end
    open_left: bool
    open_right: bool


class Automaton(NamedTuple):
    """Surfaces to look for, and what each stands for, by the number of the surface; it does not pickle."""

    searcher: AhoCorasick
    patterns: Sequence[Pattern]


def build_automaton(listings: Iterable[Listing]) -> Automaton:
    """Listings in, the automaton that finds them out."""
    found = defaultdict[str, list[Listing]](list)
    for listing in listings:
        for surface in surfaces(listing.form, listing.language):
            found[surface].append(listing)
    # overlapping matches of all lengths: which of them counts is a matter of topics, not of letters
    searcher = AhoCorasick(list(found), store_patterns=False, matchkind=MatchKind.Standard)
    return Automaton(searcher, [_pattern(same) for same in found.values()])


def _pattern(listings: list[Listing]) -> Pattern:
    return Pattern(
        tuple(listings), any(one.form.open_left for one in listings), any(one.form.open_right for one in listings)
    )


def find(text: Text, automaton: Automaton) -> Found:
    """A text in, every listed term that stands there as whole words out."""
    hits, spans = defaultdict[str, list[Hit]](list), {"context": defaultdict[str, list[Span]](list)}
    spans["not"] = defaultdict(list)
    folded, patterns = text.folded, automaton.patterns
    for number, start, end in automaton.searcher.find_matches_as_indexes(folded, overlapping=True):
        pattern = patterns[number]
        left, right = _begins(folded, start), _ends(folded, end)
        if not ((left or pattern.open_left) and (right or pattern.open_right)):
            continue
        for listing in pattern.listings:
            form = listing.form
            if not ((left or form.open_left) and (right or form.open_right)):
                continue
            if form.exact and not _stands(form.exact, text.composed[start:end]):
                continue
            first = start if left else _word_start(folded, start)
            last = end if right else _word_end(folded, end)
            if listing.role == "topic":
                hits[listing.owner].append(Hit(first, last, listing))
            else:
                spans[listing.role][listing.owner].append((first, last))
    for same in (*spans["context"].values(), *spans["not"].values()):
        same.sort()
    return Found(hits, spans["context"], spans["not"])


def _stands(exact: tuple[str, ...], text: str) -> bool:
    return all(word in text for word in exact)


def _begins(folded: str, start: int) -> bool:
    # in a script without blanks, and where another one begins or ends, every place is a boundary
    return start == 0 or not joins(folded[start - 1]) or unspaced(folded[start])


def _ends(folded: str, end: int) -> bool:
    return end == len(folded) or not joins(folded[end]) or unspaced(folded[end - 1])


def _word_start(folded: str, place: int) -> int:
    stop = max(0, place - _LONGEST_WORD)
    while place > stop and joins(folded[place - 1]):
        place -= 1
    return place


def _word_end(folded: str, place: int) -> int:
    stop = min(len(folded), place + _LONGEST_WORD)
    while place < stop and joins(folded[place]):
        place += 1
    return place

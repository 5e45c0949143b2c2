"""All terms of some languages as one Aho–Corasick automaton, and what it finds in a text."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.tag.folding import JOINS, UNSPACED, Text
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
    # characters to either side; infinite for the whole article
    window: float


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


class Sense(NamedTuple):
    """One of the listings that a surface may stand for, ready to be compared with a match."""

    open_left: bool
    open_right: bool
    exact: tuple[str, ...]
    listing: Listing


class Automaton(NamedTuple):
    """Surfaces to look for, and what each stands for, by the number of the surface; it does not pickle."""

    searcher: AhoCorasick
    senses: Sequence[Sequence[Sense]]


def build_automaton(listings: Iterable[Listing]) -> Automaton:
    """Listings in, the automaton that finds them out."""
    senses = defaultdict[str, list[Sense]](list)
    for listing in listings:
        form = listing.form
        for surface in surfaces(form, listing.language):
            senses[surface].append(Sense(form.open_left, form.open_right, form.exact, listing))
    # overlapping matches of all lengths: which of them counts is a matter of topics, not of letters
    searcher = AhoCorasick(list(senses), store_patterns=False, matchkind=MatchKind.Standard)
    return Automaton(searcher, list(senses.values()))


def find(text: Text, automaton: Automaton) -> Found:
    """A text in, every listed term that stands there as whole words out."""
    topics = defaultdict[str, list[Hit]](list)
    spans: dict[str, dict[str, list[Span]]] = {"context": defaultdict(list), "not": defaultdict(list)}
    folded, length, senses = text.folded, len(text.folded), automaton.senses
    for number, start, end in automaton.searcher.find_matches_as_indexes(folded, overlapping=True):
        # in a script without blanks, and where another one begins or ends, every place is a boundary
        left = start == 0 or not JOINS[folded[start - 1]] or UNSPACED[folded[start]]
        right = end == length or not JOINS[folded[end]] or UNSPACED[folded[end - 1]]
        for open_left, open_right, exact, listing in senses[number]:
            if not (left or open_left) or not (right or open_right):
                continue
            if exact and not _stands(exact, text.composed[start:end]):
                continue
            first = start if left else _word_start(folded, start)
            last = end if right else _word_end(folded, end)
            if listing.role == "topic":
                topics[listing.owner].append(Hit(first, last, listing))
            else:
                spans[listing.role][listing.owner].append((first, last))
    for places in (*spans["context"].values(), *spans["not"].values()):
        places.sort()
    return Found(topics, spans["context"], spans["not"])


def _stands(exact: tuple[str, ...], text: str) -> bool:
    return all(word in text for word in exact)


def _word_start(folded: str, place: int) -> int:
    stop = max(0, place - _LONGEST_WORD)
    while place > stop and JOINS[folded[place - 1]]:
        place -= 1
    return place


def _word_end(folded: str, place: int) -> int:
    stop = min(len(folded), place + _LONGEST_WORD)
    while place < stop and JOINS[folded[place]]:
        place += 1
    return place

"""Which hits of a topic count: the longest at a place, not cancelled by a phrase, and in a fitting context."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from transforms.tag.automaton import LONGEST_HIT, Hit, Rule, Span


class Refused(NamedTuple):
    """A hit that does not count."""

    hit: Hit
    # not, unless:CONTEXT or needs
    reason: str


def choose_hits(
    hits: Sequence[Hit], cancels: Sequence[Span], contexts: Mapping[str, Sequence[Span]]
) -> tuple[list[Hit], list[Refused]]:
    """All hits of one topic in; those that count, in order of appearance, and those refused with their reason, out."""
    counted, refused, end = list[Hit](), list[Refused](), -1
    for hit in sorted(hits, key=_longest_first):
        if hit.end <= end:  # part of a longer one
            continue
        if reason := _objection(hit, cancels, contexts):
            refused.append(Refused(hit, reason))
        else:
            counted.append(hit)
            end = hit.end
    return counted, refused


def _longest_first(hit: Hit) -> tuple[int, int, float]:
    return hit.start, -hit.end, -hit.listing.weight


def _objection(hit: Hit, cancels: Sequence[Span], contexts: Mapping[str, Sequence[Span]]) -> str:
    if cancels and _covered(hit, cancels):
        return "not"
    rule = hit.listing.rule
    if rule is None:
        return ""
    if name := _context(hit, rule, rule.unless, contexts):
        return f"unless:{name}"
    return "needs" if rule.needs and not _context(hit, rule, rule.needs, contexts) else ""


def _covered(hit: Hit, cancels: Sequence[Span]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end in _between(cancels, hit.start, hit.start + 1))


def _context(hit: Hit, rule: Rule, names: Sequence[str], contexts: Mapping[str, Sequence[Span]]) -> str:
    """The first of some contexts that a term of stands within the window; "" without one."""
    low, high = hit.start - rule.window, hit.end + rule.window
    for name in names:
        for start, end in _between(contexts.get(name, ()), low, high):
            # a word is no context of itself
            if end > low and (end <= hit.start or start >= hit.end):
                return name
    return ""


def _between(spans: Sequence[Span], low: float, high: float) -> Sequence[Span]:
    """Sorted spans in, those that may reach into a range out: a long text costs no hit-by-hit comparison of all."""
    return spans[bisect_left(spans, (low - LONGEST_HIT,)) : bisect_left(spans, (high,))]

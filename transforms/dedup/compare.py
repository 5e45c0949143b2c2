"""Two sketches in, a verdict out: is one text a copy of the other, an excerpt of it, or only like it?

Containment c is the share of the smaller sample found in the larger, cx that of the larger found in the smaller; both
are taken over hashes up to the smaller threshold, where both samples are complete. Then the guards, in the order of
their cost; each is there because a kind of false merge passed without it (decision 0003, "What each part is worth").
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from transforms.dedup.arrays import Array
from transforms.dedup.card import Order
from transforms.dedup.sketch import PLACES, WORDS, Sketch, in_lead, sampled_lead_threshold

_SHARED = 3  # anchors
_CONTAINED = 0.40
_CLOSE = 0.70  # from here on neither time nor half of the numbers count
_WINDOW = timedelta(hours=72)
# facts: that many numbers differ, and more than this many times those equal; or more facts than editing explains
_NUMBERS_DIFFER, _NUMBERS_RATIO = 3, 1.5
_FACTS_DIFFER, _EDIT_RATE, _DEVIATIONS = 3, 0.03, 2.5
# number words of the one that must stand in the other
_NUMBERS_KNOWN, _NUMBERS_CONTAINED, _NUMBERS_CONTAINED_CLOSE = 3, 0.60, 0.40
_ORDERED = 0.85
# the lead of one in the other, and how much text both share
_LEAD_SHARED, _LEAD_SHINGLES, _LEAD_LARGER = 0.35, 30, 0.25
_BODY_LARGER, _BODY_SHINGLES, _BODY_STARTS = 0.33, 40, 0.50
_COPY = 0.20  # cx
_TINY, _TINY_CONTAINED = 40, 0.90
_SHORT = 150  # shingles: a pair that neighbours may vote down
_SURE, _OWN = 0.90, 0.60
# a held lead: this share of its anchors, at least so many shared
_HELD, _HELD_SHARED = 0.70, 4


class Verdict(NamedTuple):
    """What was found of two articles that share anchors; `small` has the smaller sample."""

    small: str
    large: str
    # copy, excerpt, conflict (alike, but facts or order speak against it), none
    kind: str
    containment: float
    cx: float
    jaccard: float
    exact: bool
    # few shingles: neighbours may vote it down, unless `sure`
    short: bool
    sure: bool
    # place (0–127) of the small one's whole lead in the large one, and the reverse; -1 where it is not held
    small_lead_at: int
    large_lead_at: int


@dataclass(frozen=True)
class _Shared:
    """What two samples share: `hit` marks the small one's anchors in the large one, `at` says where there."""

    small: Sketch
    large: Sketch
    in_small: int
    in_large: int
    hit: Array
    at: Array

    @property
    def count(self) -> int:
        return int(np.count_nonzero(self.hit[: self.in_small]))

    @property
    def small_hits(self) -> Array:
        return np.asarray(self.hit[: self.in_small])

    @property
    def large_hits(self) -> Array:
        return np.asarray(self.at[: self.in_small][self.small_hits])


def same_text(a: Order, b: Order) -> Verdict:
    """The verdict on two articles whose body texts are equal."""
    return Verdict(a.article_id, b.article_id, "copy", 1.0, 1.0, 1.0, True, False, True, -1, -1)


def compare(a: tuple[Order, Sketch], b: tuple[Order, Sketch]) -> Verdict | None:
    """The verdict on two sketches, the same for either order; None where they share fewer than two anchors."""
    (small, large), shared = _overlap(a, b)
    count = shared.count
    if count < 2:
        return None
    c, cx = count / shared.in_small, count / shared.in_large
    leads = _leads(shared)
    kind, sure = _judge(shared, c, cx, leads, abs(small.first_seen_at - large.first_seen_at))
    held = _held(shared, cx, leads) if count >= _HELD_SHARED or c >= _CONTAINED else (-1, -1)
    jaccard = count / (shared.in_small + shared.in_large - count)
    short = min(shared.small.shingles, shared.large.shingles) < _SHORT
    return Verdict(small.article_id, large.article_id, kind, c, cx, jaccard, False, short, sure, *held)


def _overlap(a: tuple[Order, Sketch], b: tuple[Order, Sketch]) -> tuple[tuple[Order, Order], _Shared]:
    threshold = min(a[1].threshold, b[1].threshold)
    in_a, in_b = (int(np.searchsorted(one[1].anchors, threshold, "right")) for one in (a, b))
    if (in_a, a[0]) > (in_b, b[0]):
        a, b, in_a, in_b = b, a, in_b, in_a
    small, large = a[1], b[1]
    at = np.searchsorted(large.anchors, small.anchors)
    at[at == len(large.anchors)] = 0
    hit = large.anchors[at] == small.anchors if len(large.anchors) else np.zeros(len(at), bool)
    return (a[0], b[0]), _Shared(small, large, in_a, in_b, hit, at)


class _Leads(NamedTuple):
    """Which compared anchors stand in a lead, and how much of each lead the other text holds anywhere."""

    small: Array
    large: Array
    small_in_large: float
    large_in_small: float


def _leads(shared: _Shared) -> _Leads:
    small, large = in_lead(shared.small)[: shared.in_small], in_lead(shared.large)[: shared.in_large]
    return _Leads(
        small,
        large,
        _share(small & shared.small_hits, small),
        _share(large[shared.large_hits], large),
    )


def _share(shared: Array, of: Array) -> float:
    return int(np.count_nonzero(shared)) / max(1, int(np.count_nonzero(of)))


def _held(shared: _Shared, cx: float, leads: _Leads) -> tuple[int, int]:
    """Where each text holds the other's whole lead: the mark of a digest."""
    if shared.count < _HELD_SHARED or cx >= _OWN:
        return -1, -1
    small_at = large_at = -1
    if leads.small_in_large >= _HELD:
        small_at = _middle(shared.large.places[shared.large_hits[leads.small[shared.small_hits]]])
    if leads.large_in_small >= _HELD:
        large_at = _middle(shared.small.places[: shared.in_small][shared.small_hits][leads.large[shared.large_hits]])
    return small_at, large_at


def _middle(places: Array) -> int:
    plain = np.sort(places & (PLACES - 1))
    return int(plain[len(plain) // 2])


def _judge(shared: _Shared, c: float, cx: float, leads: _Leads, apart: timedelta) -> tuple[str, bool]:
    """The kind of a pair, and whether it is beyond a vote."""
    count, shingles = shared.count, min(shared.small.shingles, shared.large.shingles)
    if count < _SHARED or c < _CONTAINED:
        return "none", False
    facts = _facts(shared.small, shared.large)
    changed = facts.numbers_differ + facts.names_differ
    conflict = _facts_conflict(facts, c)
    if not conflict and facts.numbers_differ and _numbers_apart(shared.small, shared.large, c):
        return "none", False
    if conflict or (shingles >= _TINY and _out_of_order(shared)):
        return ("conflict" if count >= _HELD_SHARED else "none"), False
    if shingles < _TINY:
        fits = c >= _TINY_CONTAINED and apart <= _WINDOW and not facts.numbers_differ
        return ("none" if not fits else "copy" if cx >= _COPY else "excerpt"), fits
    if c < _CLOSE and apart > _WINDOW:
        return "none", False
    return _by_lead(shared, c, cx, leads), c >= _SURE and cx >= _OWN and not changed


class _Facts(NamedTuple):
    """Over the contexts that both sketches know: facts equal and facts different, numbers and names apart."""

    numbers_equal: int
    numbers_differ: int
    names_equal: int
    names_differ: int


def _facts(a: Sketch, b: Sketch) -> _Facts:
    threshold = min(a.facts.threshold, b.facts.threshold)
    facts_a, facts_b = a.facts.under(threshold), b.facts.under(threshold)
    equal = facts_a & facts_b
    numbers_equal = sum(fact >> 11 & 1 for fact in equal)
    differ = ({fact >> 12 for fact in facts_a} & {fact >> 12 for fact in facts_b}) - {fact >> 12 for fact in equal}
    numbers_differ = len(differ & {fact >> 12 for fact in facts_a | facts_b if fact & 0x800})
    return _Facts(numbers_equal, numbers_differ, len(equal) - numbers_equal, len(differ) - numbers_differ)


def _facts_conflict(facts: _Facts, c: float) -> bool:
    """Whether more facts differ than editing explains: a template filled in anew, or a follow-up.

    Containment implies a rate of edited words, 1 − c^(1/5) with shingles of five; a copy with c = .9 has hardly one, so
    three changed names make a template, while at c = .45 they are editing. The count is tested against a binomial at
    2.5 deviations.
    """
    if facts.numbers_differ >= _NUMBERS_DIFFER and facts.numbers_differ > _NUMBERS_RATIO * facts.numbers_equal:
        return True
    changed = facts.numbers_differ + facts.names_differ
    if changed < _FACTS_DIFFER:
        return False
    known = sum(facts)
    rate: float = min(0.5, max(_EDIT_RATE, 1 - c ** (1 / WORDS)))
    return bool(changed - known * rate > _DEVIATIONS * (known * rate * (1 - rate) + 0.25) ** 0.5)


def _numbers_apart(a: Sketch, b: Sketch, c: float) -> bool:
    threshold = min(a.numbers.threshold, b.numbers.threshold)
    numbers_a, numbers_b = a.numbers.under(threshold), b.numbers.under(threshold)
    fewer = min(len(numbers_a), len(numbers_b))
    needed = _NUMBERS_CONTAINED_CLOSE if c >= _CLOSE else _NUMBERS_CONTAINED
    return fewer >= _NUMBERS_KNOWN and len(numbers_a & numbers_b) < needed * fewer


def _out_of_order(shared: _Shared) -> bool:
    """Whether the shared passages stand in another order: paragraphs of a template, not of a copy."""
    small = shared.small.places[: shared.in_small][shared.small_hits] & (PLACES - 1)
    large = shared.large.places[shared.large_hits] & (PLACES - 1)
    places = large[np.argsort(small, kind="stable")]
    if np.count_nonzero(places[1:] < places[:-1]) <= 1:  # one block moved
        return False
    allowed = max(1.01, (1 - _ORDERED) * shared.count)
    return shared.count - _longest_rise(places.tolist()) > allowed


def _longest_rise(values: Sequence[int]) -> int:
    """Length of the longest non-falling subsequence (patience sorting).

    >>> _longest_rise([1, 5, 2, 3])
    3
    """
    tops: list[int] = []
    for value in values:
        at = bisect.bisect_right(tops, value)
        tops[at : at + 1] = [value]
    return len(tops)


def _by_lead(shared: _Shared, c: float, cx: float, leads: _Leads) -> str:
    """Copy, excerpt or none by what the leads share; background of a follow-up stands late in at least one text."""
    both = _lead_in_lead(shared)
    if cx < _COPY:
        return "excerpt" if both >= _LEAD_SHARED else "none"
    shingles = c * min(shared.small.shingles, shared.large.shingles)
    if max(both, leads.small_in_large, leads.large_in_small) >= _LEAD_SHARED:
        fits = shingles >= _LEAD_SHINGLES and (both >= _LEAD_SHARED or cx >= _LEAD_LARGER)
    else:
        fits = cx >= _BODY_LARGER and shingles >= _BODY_SHINGLES and _starts_early(shared)
    return "copy" if fits else "none"


def _lead_in_lead(shared: _Shared) -> float:
    """Shared lead anchors over those of the smaller lead."""
    threshold = sampled_lead_threshold(shared.small, shared.large)
    small = in_lead(shared.small) & (shared.small.anchors <= threshold)
    large = in_lead(shared.large) & (shared.large.anchors <= threshold)
    fewer = small if np.count_nonzero(small) <= np.count_nonzero(large) else large
    return _share(small & shared.hit & large[shared.at], fewer)


def _starts_early(shared: _Shared) -> bool:
    """Whether the shared part begins, at its tenth percentile, in the first half of both texts."""
    small = np.sort(shared.small.places[: shared.in_small][shared.small_hits] & (PLACES - 1))
    large = np.sort(shared.large.places[shared.large_hits] & (PLACES - 1))
    tenth = shared.count // 10
    return bool(max(small[tenth], large[tenth]) <= _BODY_STARTS * PLACES)

"""Verdicts in, clusters out: a pure function of the order keys and the set of verdicts, whatever order they came in.

Copies are joined; an article with only excerpt edges hangs on its best container and never bridges. Before that two
tests over neighbourhoods take edges away: a digest, which holds the leads of unrelated articles, keeps only edges to
its equals; and a short pair falls when more neighbours side with one end (a copy of one, in conflict with the other)
than with both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from transforms.dedup.card import Order
from transforms.dedup.compare import Verdict

_OWN = 0.60  # cx from which two articles are one text, digest or not
_APART = 8  # 128ths of a text between two held leads
_MOST_HELD = 64


class _Neighbours:
    """Who is copied by, near to, and in conflict with whom, and whose leads an article holds where."""

    def __init__(self, verdicts: Iterable[Verdict]) -> None:
        self.related: set[tuple[str, str]] = set()
        self.held: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.joined: defaultdict[str, set[str]] = defaultdict(set)
        self.near: defaultdict[str, set[str]] = defaultdict(set)
        self.against: defaultdict[str, set[str]] = defaultdict(set)
        for verdict in verdicts:
            self._add(verdict)

    def _add(self, v: Verdict) -> None:
        self.related |= {(v.small, v.large), (v.large, v.small)}
        if v.small_lead_at >= 0:
            self.held[v.large][v.small] = v.small_lead_at
        if v.large_lead_at >= 0:
            self.held[v.small][v.large] = v.large_lead_at
        if v.kind == "none":
            return
        kinds = (
            (self.against,) if v.kind == "conflict" else (self.joined, self.near) if v.cx >= _OWN else (self.joined,)
        )
        for of in kinds:
            of[v.small].add(v.large)
            of[v.large].add(v.small)

    def unrelated_leads(self, holder: str, one: str, other: str) -> bool:
        """Whether two leads stand apart in the holder and their articles know nothing of each other."""
        leads = self.held[holder]
        if abs(leads[one] - leads[other]) < _APART or (one, other) in self.related:
            return False
        common = (self.joined[one] & self.near[other] | self.near[one] & self.joined[other]) - {holder}
        return not common

    def outvoted(self, v: Verdict) -> bool:
        """Whether more neighbours side with one end of a short pair than with both."""
        if not v.short or v.sure:
            return False
        one_side = len(self.joined[v.small] & self.against[v.large]) + len(self.joined[v.large] & self.against[v.small])
        return one_side > len(self.joined[v.small] & self.joined[v.large])


def link(order: Mapping[str, Order], verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Every article's cluster, named by its smallest member in `order`."""
    verdicts = sorted(set(verdicts))
    edges = standing_edges(order, verdicts)
    return _clusters(order, edges)


def standing_edges(order: Mapping[str, Order], verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The copies and excerpts that digest test and vote leave standing."""
    verdicts = list(verdicts)
    neighbours = _Neighbours(verdicts)
    digests = _digests(order, neighbours)
    return [v for v in verdicts if v.kind in ("copy", "excerpt") and not _falls(v, digests, neighbours)]


def _falls(v: Verdict, digests: set[str], neighbours: _Neighbours) -> bool:
    return (v.cx < _OWN and (v.small in digests or v.large in digests)) or neighbours.outvoted(v)


def _digests(order: Mapping[str, Order], neighbours: _Neighbours) -> set[str]:
    found = set()
    for holder in [h for h, leads in neighbours.held.items() if len(leads) > 1]:
        leads = sorted(neighbours.held[holder], key=lambda i: order[i])[:_MOST_HELD]
        if any(neighbours.unrelated_leads(holder, one, other) for n, one in enumerate(leads) for other in leads[:n]):
            found.add(holder)
    return found


def _clusters(order: Mapping[str, Order], edges: list[Verdict]) -> dict[str, str]:
    parent: dict[str, str] = {}

    def find(i: str) -> str:
        while parent.get(i, i) != i:
            parent[i] = parent.get(parent[i], parent[i])
            i = parent[i]
        return i

    def union(a: str, b: str) -> None:
        a, b = sorted((find(a), find(b)), key=lambda i: order[i])
        parent[b] = a

    copies = set()
    for v in edges:
        if v.kind == "copy":
            union(v.small, v.large)
            copies |= {v.small, v.large}
    containers = _containers(order, edges, copies)
    for small, large in containers.items():
        if large not in containers:
            union(small, large)
    return {i: find(i) for i in order}


def _containers(order: Mapping[str, Order], edges: list[Verdict], copies: set[str]) -> dict[str, str]:
    """The best container of each article that has only excerpt edges."""
    best: dict[str, Verdict] = {}
    for v in edges:
        if v.kind != "excerpt" or v.small in copies:
            continue
        if v.small not in best or _rank(v, order) < _rank(best[v.small], order):
            best[v.small] = v
    return {small: v.large for small, v in best.items()}


def _rank(v: Verdict, order: Mapping[str, Order]) -> tuple[float, float, Order]:
    return -v.containment, -v.cx, order[v.large]

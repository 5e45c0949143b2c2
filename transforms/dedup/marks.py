"""Cards and verdicts in, marks of the new articles out; what is published stands.

A new article may show that two published clusters are one story: a long version that holds a lead and a tail which
outlets ran apart. Their rows stay as they are, and the finding is published as a merge, so that one run and many come
to the same clusters.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from schemas.article import Mark
from transforms.dedup.card import Card
from transforms.dedup.cluster import link, standing_edges
from transforms.dedup.compare import Verdict


class _Canonical(NamedTuple):
    article_id: str
    published_at: datetime


class Marks(NamedTuple):
    """What a run says of its articles, and of published clusters."""

    # of every new article, by id
    marks: dict[str, Mark]
    # (cluster_id, cluster_id): the first turns out to belong to the second
    merges: tuple[tuple[str, str], ...]


NO_MARKS = Marks({}, ())


def mark_articles(cards: Iterable[Card], verdicts: Iterable[Verdict]) -> Marks:
    """The marks of the new articles among the cards, and the published clusters that these bring together.

    Within a cluster the smallest (first_seen_at, published_at, article_id) is the canonical; where one is already
    published the cluster is its, and where a new article bridges two published clusters it joins that of the earliest
    member.
    """
    known = {card.article_id: card for card in cards}
    order = {article_id: card.order for article_id, card in known.items()}
    verdicts = sorted(set(verdicts))
    nearest = _nearest(standing_edges(order, verdicts), known)
    clusters: defaultdict[str, list[Card]] = defaultdict(list)
    for article_id, root in link(order, verdicts).items():
        clusters[root].append(known[article_id])
    marks: dict[str, Mark] = {}
    merges: list[tuple[str, str]] = []
    for members in clusters.values():
        canonical = _canonical(members)
        marks |= {m.article_id: _mark(m, canonical, nearest.get(m.article_id)) for m in members if m.cluster_id is None}
        published = {m.cluster_id for m in members if m.cluster_id is not None}
        merges += [(cluster, canonical.article_id) for cluster in published - {canonical.article_id}]
    return Marks(marks, tuple(sorted(merges)))


def _canonical(members: list[Card]) -> _Canonical:
    published = [card for card in members if card.cluster_id is not None]
    first = min(published or members, key=lambda card: card.order)
    if first.cluster_id is None:
        return _Canonical(first.article_id, first.order.published_at)
    return _Canonical(first.cluster_id, first.canonical_published_at or first.order.published_at)


def _nearest(edges: Iterable[Verdict], known: Mapping[str, Card]) -> dict[str, Verdict]:
    """The standing edge to each article's nearest partner: most of both shared, then most contained, then earliest."""
    best: dict[str, tuple[tuple[object, ...], Verdict]] = {}
    for edge in edges:
        for one, other in ((edge.small, edge.large), (edge.large, edge.small)):
            rank = (not edge.exact, -edge.jaccard, -edge.containment, known[other].order)
            if one not in best or rank < best[one][0]:
                best[one] = (rank, edge)
    return {article_id: edge for article_id, (_, edge) in best.items()}


def _mark(card: Card, canonical: _Canonical, edge: Verdict | None) -> Mark:
    containment, jaccard = (edge.containment, edge.jaccard) if edge else (None, None)
    if card.article_id == canonical.article_id:
        return Mark(card.article_id, None, None, containment, jaccard, None)
    lag = card.order.published_at - canonical.published_at
    kind = "exact" if edge and edge.exact else edge.kind if edge else "copy"
    return Mark(canonical.article_id, canonical.article_id, kind, containment, jaccard, round(lag.total_seconds()))

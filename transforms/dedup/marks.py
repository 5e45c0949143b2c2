"""Cards and verdicts in, marks of the new articles out, and corrections of published ones.

Published rows stay as they are. Where the newest evidence puts a published article into another cluster than its row
says, the finding is published as a correction, so that many runs come to the same clusters as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from schemas.article import Mark
from transforms.dedup.card import Card
from transforms.dedup.cluster import link, standing_edges
from transforms.dedup.compare import Verdict
from transforms.dedup.partners import JUDGED


class Marks(NamedTuple):
    """What a run says of its articles, and of published ones."""

    # of every new article, by id
    marks: dict[str, Mark]
    # (article_id, cluster_id): published articles that belong elsewhere now
    corrections: tuple[tuple[str, str], ...]


class _Canonical(NamedTuple):
    article_id: str
    published_at: datetime


def mark_articles(cards: Iterable[Card], verdicts: Iterable[Verdict]) -> Marks:
    """The marks of the new articles among the cards, and the corrections that these lead to.

    Within a cluster the smallest in order is the canonical: the earliest run, then first_seen_at, published_at,
    article_id.
    """
    known = {card.article_id: card for card in cards}
    order = {article_id: card.order for article_id, card in known.items()}
    verdicts = sorted(set(verdicts))
    nearest = _nearest(standing_edges(order, verdicts), known)
    clusters: defaultdict[str, list[Card]] = defaultdict(list)
    for article_id, root in link(order, verdicts).items():
        clusters[root].append(known[article_id])
    marks: dict[str, Mark] = {}
    corrections: list[tuple[str, str]] = []
    for root, members in clusters.items():
        canonical = _canonical(known[root], known)
        marks |= {m.article_id: _mark(m, canonical, nearest.get(m.article_id)) for m in members if m.cluster_id is None}
        corrections += [(m.article_id, canonical.article_id) for m in members if _moved(m, canonical)]
    return Marks(marks, tuple(sorted(corrections)))


def _canonical(first: Card, known: Mapping[str, Card]) -> _Canonical:
    """The cluster's first member, or the canonical it was published under where that is too old to be at hand."""
    if first.cluster_id is None or first.cluster_id in known:
        return _Canonical(first.article_id, first.order.published_at)
    return _Canonical(first.cluster_id, first.canonical_published_at or first.order.published_at)


def _moved(card: Card, canonical: _Canonical) -> bool:
    """Whether a published article is known well enough to be judged, and belongs elsewhere than is published."""
    return 0 < card.depth <= JUDGED and card.cluster_id != canonical.article_id


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

"""What is published and may have to do with new articles: the cards around them, some steps deep.

A new article can do more than join a cluster. It may show that two clusters are one story, that an article taken for a
copy is a digest, or that a pair of notes is a template. So the published cards around it are compared and linked anew,
from their published sketches, and where that comes out otherwise than published, the run publishes corrections. Judged
are neighbours (depth 1) and theirs (2); two further steps are read so that these have all who vote on them at hand.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from transforms.dedup.arrays import Array
from transforms.dedup.candidates import card_keys, text_key
from transforms.dedup.card import Card, Order
from transforms.dedup.sketch import packed_anchors, unpack
from transforms.dedup.tokens import U64
from transforms.layout import document_path, started_at
from transforms.published import columns_of, published_files, run_ids
from transforms.store.base import Store

# published rows older than this are no partners: agencies move a story for days, not weeks
WINDOW = timedelta(days=7)
DEPTH = 4
# cards up to this depth are surrounded by enough others to be judged
JUDGED = 2
_COLUMNS = [
    "article_id",
    "first_seen_at",
    "published_at",
    "content_sha256",
    "sketch",
    "cluster_id",
    "reprint_lag_seconds",
    "run_id",
]


def find_partners(store: Store, now: datetime, new: Sequence[Card], stops: Array) -> list[Card]:
    """The published cards around the new ones, nearest first; `now` is the start of the run.

    A card is next to another if they share a key or a cluster. Every file of the last seven days is read once a depth,
    a file at a time, so memory holds what is found and one file.
    """
    corrections = load_corrections(store, now - WINDOW)
    since = now - WINDOW
    files = [file for dataset in ("articles", "reprints") for file in published_files(store, dataset, since)]
    found: list[Card] = []
    at_hand, edge = {card.article_id for card in new}, list(new)
    for depth in range(1, DEPTH + 1):
        # next to new articles also by anchors that are no keys: to tell boilerplate, all that share it must be at hand
        keys = _all_anchors(edge) if depth == 1 else _all_keys(edge, stops)
        clusters = {card.cluster_id for card in edge} - {None}
        edge = [
            card
            for file in files
            for card in _next_to(columns_of(store, file, _COLUMNS, since=since), keys, clusters, corrections, depth)
            if card.article_id not in at_hand
        ]
        at_hand |= {card.article_id for card in edge}
        found += edge
    return found


def _all_anchors(cards: Sequence[Card]) -> Array:
    texts = [np.array([text_key(card.content_sha256)], U64) for card in cards]
    anchors = [unpack(card.sketch).anchors for card in cards]
    return np.asarray(np.unique(np.concatenate([np.zeros(0, U64), *texts, *anchors])))


def _all_keys(cards: Sequence[Card], stops: Array) -> Array:
    return np.asarray(np.unique(np.concatenate([np.zeros(0, U64), *(card_keys(card, stops) for card in cards)])))


def _next_to(
    table: pa.Table, keys: Array, clusters: set[str | None], corrections: dict[str, str], depth: int
) -> list[Card]:
    """The cards of those of a file's rows that hold one of the (sorted) keys or belong to one of the clusters."""
    if not len(keys):
        return []
    texts = np.fromiter((text_key(h) for h in table["content_sha256"].to_pylist()), U64, table.num_rows)
    pairs = zip(table["article_id"].to_pylist(), table["cluster_id"].to_pylist(), strict=True)
    effective = [corrections.get(article_id, cluster) for article_id, cluster in pairs]
    member = np.fromiter((cluster in clusters for cluster in effective), bool, table.num_rows)
    hit = pa.array(member | np.isin(texts, keys) | _holding(table["sketch"].combine_chunks(), keys))
    rows = table.append_column("effective", pa.array(effective, pa.string())).filter(hit).to_pylist()
    return [_card(row, depth) for row in rows]


def _holding(sketches: pa.Array, keys: Array) -> Array:
    """Which packed sketches hold one of the keys; read straight from Arrow's buffers, without a Python object a row."""
    column = pa.concat_arrays(sketches.chunks) if isinstance(sketches, pa.ChunkedArray) else sketches
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, 4 * column.offset)
    data = np.frombuffer(column.buffers()[2], np.uint8, int(offsets[-1]))
    words = np.frombuffer(data[offsets[0] :].tobytes(), U64)
    anchors, owners = packed_anchors(words, (offsets[:-1] - offsets[0]) // 8)
    hit = np.zeros(len(column), bool)
    hit[owners[np.isin(anchors, keys)]] = True
    return hit


def _card(row: dict[str, Any], depth: int) -> Card:
    order = Order(started_at(row["run_id"]), row["first_seen_at"], row["published_at"], row["article_id"])
    lag = timedelta(seconds=row["reprint_lag_seconds"] or 0)
    return Card(order, row["content_sha256"], row["sketch"], row["effective"], row["published_at"] - lag, depth)


def load_stops(store: Store) -> Array:
    """All published stop anchors, sorted; the list only grows, and both sides of a comparison use the same one."""
    return np.array(sorted({int(line, 16) for line in _lines(store, "stop_anchors")}), U64)


def load_corrections(store: Store, since: datetime | None = None) -> dict[str, str]:
    """Article id → cluster id, for published articles that runs (since then) judged otherwise; the newest wins."""
    corrections: dict[str, str] = {}
    for line in _lines(store, "corrections", since):
        article_id, cluster = line.split()
        corrections[article_id] = cluster
    return corrections


def _lines(store: Store, kind: str, since: datetime | None = None) -> Iterator[str]:
    for run_id in run_ids(store, f"_meta/{kind}"):
        if since is None or started_at(run_id) >= since:
            yield from json.loads(store.read(document_path(kind, run_id)))

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
import pyarrow.compute as pc

from transforms.dedup.arrays import U64, Array, among, distinct
from transforms.dedup.candidates import card_anchors, card_keys, text_keys
from transforms.dedup.card import Card, Order
from transforms.dedup.sketch import packed_anchors
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
    as long as there is something to look for, a file at a time, so memory holds what is found and one file.
    """
    corrections = load_corrections(store, now - WINDOW)
    since = now - WINDOW
    files = [file for dataset in ("articles", "reprints") for file in published_files(store, dataset, since)]
    found: list[Card] = []
    at_hand, edge = {card.article_id for card in new}, list(new)
    for depth in range(1, DEPTH + 1):
        # next to new articles also by anchors that are no keys: to tell boilerplate, all that share it must be at hand;
        # what is known for boilerplate leads nowhere
        keys = _all_anchors(edge, stops) if depth == 1 else _all_keys(edge, stops)
        if not len(keys):
            break
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


def _all_anchors(cards: Sequence[Card], stops: Array) -> Array:
    return distinct(np.concatenate([text_keys(cards), card_anchors(cards, stops)[0]]))


def _all_keys(cards: Sequence[Card], stops: Array) -> Array:
    return distinct(np.concatenate([text_keys(cards), card_keys(cards, stops)[0]]))


def _next_to(
    table: pa.Table, keys: Array, clusters: set[str | None], corrections: dict[str, str], depth: int
) -> list[Card]:
    """The cards of those of a file's rows that hold one of the keys or belong to one of the clusters.

    Only what is found becomes Python objects.
    """
    effective = _corrected(table, corrections)
    joined = pa.array(sorted(cluster for cluster in clusters if cluster), pa.string())
    member = pc.is_in(effective, value_set=joined).to_numpy()
    texts = among(_keys_of_texts(_one(table["content_sha256"])), keys)
    hit = pa.array(member | texts | _holding(_one(table["sketch"]), keys))
    rows = table.append_column("effective", effective).filter(hit).to_pylist()
    return [_card(row, depth) for row in rows]


def _corrected(table: pa.Table, corrections: dict[str, str]) -> pa.ChunkedArray:
    """The cluster of each row, as later runs judge."""
    if not corrections:
        return table["cluster_id"]
    known = pa.array(list(corrections), pa.string())
    later = pa.array(list(corrections.values()), pa.string()).take(pc.index_in(table["article_id"], value_set=known))
    return pc.coalesce(later, table["cluster_id"])


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)


def _keys_of_texts(hashes: pa.Array) -> Array:
    """`text_keys` of a column of hashes: the numbers that their first sixteen hexadecimal digits are."""
    sliced = pc.utf8_slice_codeunits(hashes, 0, 16)
    digits = np.frombuffer(sliced.buffers()[2] or b"", np.uint8, 16 * len(sliced))
    halves = np.where(digits > ord("9"), digits - (ord("a") - 10), digits - ord("0")).reshape(-1, 16)
    return np.ascontiguousarray(halves[:, 0::2] << 4 | halves[:, 1::2]).view(">u8").ravel().astype(U64)


def _holding(column: pa.Array, keys: Array) -> Array:
    """Which packed sketches hold one of the keys; read straight from Arrow's buffers, without a Python object a row."""
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, 4 * column.offset)
    data = np.frombuffer(column.buffers()[2], np.uint8, int(offsets[-1]))
    words = np.frombuffer(data[offsets[0] :].tobytes(), U64)
    anchors, owners = packed_anchors(words, (offsets[:-1] - offsets[0]) // 8)
    hit = np.zeros(len(column), bool)
    hit[owners[among(anchors, keys)]] = True
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

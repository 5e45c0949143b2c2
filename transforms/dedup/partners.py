"""What is published and may have to do with new articles: the cards of their neighbours, and of these one's neighbours.

A new article can do more than join a cluster. It may show that two clusters are one story, that an article taken for a copy is a
digest, or that a pair of notes is a template. So the published cards around it are compared and linked anew, from their
published sketches, and where that comes out otherwise than published, the run publishes corrections. To judge the direct
neighbours rightly (depth 1) their own neighbours (2) are needed for the votes, and those's (3) for theirs.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from transforms.dedup.candidates import card_keys, text_key
from transforms.dedup.card import Card, Order
from transforms.dedup.sketch import packed_anchors
from transforms.dedup.tokens import U64
from transforms.layout import PublishedFile, published_files, started_at
from transforms.published import columns_of

# published rows older than this are no partners: agencies move a story for days, not weeks
WINDOW = timedelta(days=7)
DEPTHS = (1, 2, 3)
# cards up to here are surrounded by enough others to be judged
JUDGED = 1
_COLUMNS = ["article_id", "first_seen_at", "published_at", "content_sha256", "sketch", "cluster_id", "reprint_lag_seconds"]


class Wanted(NamedTuple):
    """Whose neighbours are looked for: keys and clusters of the cards at hand, and which cards these are."""

    # sorted uint64
    keys: np.ndarray
    clusters: frozenset[str]
    at_hand: frozenset[str]


NOBODY = Wanted(np.zeros(0, U64), frozenset(), frozenset())


def wanted_by(blocks: Iterable[Iterable[Card]], stops: np.ndarray) -> Wanted:
    """What the cards of all blocks want."""
    cards = [card for block in blocks for card in block]
    if not cards:
        return NOBODY
    keys = np.unique(np.concatenate([card_keys(card, stops) for card in cards]))
    clusters = frozenset(card.cluster_id for card in cards if card.cluster_id is not None)
    return Wanted(keys, clusters, frozenset(card.article_id for card in cards))


def partner_files(output: Path, now: datetime) -> list[PublishedFile]:
    """The files of articles and reprints whose rows may be partners of articles first seen at `now`."""
    return [file for dataset in ("articles", "reprints") for file in published_files(output, dataset, now - WINDOW)]


def find_partners(file: PublishedFile, wanted: Wanted, corrections: dict[str, str], depth: int) -> list[Card]:
    """The cards of one file's rows that share a key or a cluster with those at hand, at the given depth."""
    table = columns_of(file, _COLUMNS)
    if not table.num_rows or not wanted.at_hand:
        return []
    texts = np.fromiter((text_key(h) for h in table["content_sha256"].to_pylist()), U64, table.num_rows)
    hit = np.isin(texts, wanted.keys) | _holding(table["sketch"].combine_chunks(), wanted.keys)
    ids, clusters = table["article_id"].to_pylist(), table["cluster_id"].to_pylist()
    clusters = [corrections.get(i, cluster) for i, cluster in zip(ids, clusters, strict=True)]
    hit |= np.fromiter((cluster in wanted.clusters for cluster in clusters), bool, len(clusters))
    hit &= np.fromiter((i not in wanted.at_hand for i in ids), bool, len(ids))
    run_at = started_at(file.run_id)
    rows = table.append_column("effective", pa.array(clusters)).filter(pa.array(hit)).to_pylist()
    return [_card(row, run_at, depth) for row in rows]


def _holding(sketches: pa.Array, keys: np.ndarray) -> np.ndarray:
    """Which packed sketches hold one of the keys; read straight from Arrow's buffers, without a Python object a row."""
    column = pa.concat_arrays(sketches.chunks) if isinstance(sketches, pa.ChunkedArray) else sketches
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, 4 * column.offset)
    data = np.frombuffer(column.buffers()[2], np.uint8, int(offsets[-1]))
    words = np.frombuffer(data[offsets[0] :].tobytes(), U64)
    anchors, owners = packed_anchors(words, (offsets[:-1] - offsets[0]) // 8)
    hit = np.zeros(len(column), bool)
    hit[owners[np.isin(anchors, keys)]] = True
    return hit


def _card(row: dict[str, Any], run_at: datetime, depth: int) -> Card:
    order = Order(run_at, row["first_seen_at"], row["published_at"], row["article_id"])
    lag = timedelta(seconds=row["reprint_lag_seconds"] or 0)
    return Card(order, row["content_sha256"], row["sketch"], row["effective"], row["published_at"] - lag, depth)


def load_stops(output: Path) -> np.ndarray:
    """All published stop anchors, sorted; the list only grows, and both sides of a comparison use the same one."""
    return np.array(sorted({int(line, 16) for line in _lines(output, "stop_anchors")}), U64)


def load_corrections(output: Path, since: datetime | None = None) -> dict[str, str]:
    """Article id → cluster id, for published articles that later runs (since then) judged otherwise; the newest wins."""
    lines = (line.split() for line in _lines(output, "corrections", since))
    return {article_id: cluster for article_id, cluster in lines}


def _lines(output: Path, kind: str, since: datetime | None = None) -> Iterator[str]:
    for file in sorted((output / "_meta" / kind).glob("*.json")):  # run ids sort by time
        if since is None or started_at(file.stem) >= since:
            yield from json.loads(file.read_text("utf-8"))

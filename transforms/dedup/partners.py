"""What is published and may be copied by a new article: the cards of published rows that share a key with one."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from transforms.dedup.candidates import text_key
from transforms.dedup.card import Card, Order
from transforms.dedup.sketch import packed_anchors
from transforms.dedup.tokens import U64
from transforms.layout import PublishedFile, published_files
from transforms.published import columns_of

# published rows older than this are no partners: agencies move a story for days, not weeks
WINDOW = timedelta(days=7)
_COLUMNS = [
    "article_id",
    "first_seen_at",
    "published_at",
    "content_sha256",
    "sketch",
    "cluster_id",
    "reprint_lag_seconds",
]


def partner_files(output: Path, now: datetime) -> list[PublishedFile]:
    """The files of articles and reprints whose rows may be partners of articles first seen at `now`."""
    return [file for dataset in ("articles", "reprints") for file in published_files(output, dataset, now - WINDOW)]


def find_partners(file: PublishedFile, keys: np.ndarray) -> list[Card]:
    """The cards of one file's rows that hold one of the (sorted) keys as an anchor or by their whole text."""
    table = columns_of(file, _COLUMNS)
    if not table.num_rows or not len(keys):
        return []
    texts = np.fromiter((text_key(h) for h in table["content_sha256"].to_pylist()), U64, table.num_rows)
    hit = np.isin(texts, keys) | _holding(table["sketch"].combine_chunks(), keys)
    return [_card(row) for row in table.filter(pa.array(hit)).to_pylist()]


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


def _card(row: dict[str, Any]) -> Card:
    order = Order(row["first_seen_at"], row["published_at"], row["article_id"])
    lag = timedelta(seconds=row["reprint_lag_seconds"] or 0)
    return Card(order, row["content_sha256"], row["sketch"], row["cluster_id"], row["published_at"] - lag)


def load_stops(output: Path) -> np.ndarray:
    """All published stop anchors, sorted; the list only grows, and both sides of a comparison use the same one."""
    return np.array(sorted({int(line, 16) for line in _lines(output, "stop_anchors")}), U64)


def load_merges(output: Path) -> set[tuple[str, str]]:
    """All published merges of clusters: the first belongs to the second."""
    pairs = (line.split() for line in _lines(output, "merges"))
    return {(cluster, into) for cluster, into in pairs}


def _lines(output: Path, kind: str) -> Iterator[str]:
    for file in sorted((output / "_meta" / kind).glob("*.json")):
        yield from json.loads(file.read_text("utf-8"))

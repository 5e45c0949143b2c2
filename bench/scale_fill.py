"""A history as months of runs leave it, made by columns: millions of published rows in a few minutes.

Day files as compaction leaves them, of as many rows as a compacted file of real articles has, in the real schema and by
the pipeline's own writer. What later runs look at is filled as it is in reality: ids and hashes at random, so that no
compression helps, links, GUIDs, titles, run ids, clusters. What no run looks at is short or null: a body has 400
characters where a real one has 3,000. Only the newest eight days have sketches of their own; the older rows share a
few, because nothing but the last seven days of them is ever read.
"""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.scale_columns import article_columns, feed_run_columns, letter_columns
from schemas.parquet import schema_of
from transforms.layout import DATASETS, compacted_path, document_path, part_path, stamp
from transforms.published import published_files
from transforms.store.open import store_of
from transforms.write.table import as_parquet, in_order

# the history ends here, and the slot that looks back at it starts
NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
DAY = timedelta(days=1)
# of real articles, a compacted file of 64 MB has about so many
_FILE_ROWS = 25_000
_SLOTS = 96
_SKETCHED = 8
_STOPS = 20
# rows that are not worth a second process
_FEW = 50_000
COLUMNS = {
    "articles": article_columns,
    "reprints": article_columns,
    "dead_letters": letter_columns,
    "feed_runs": feed_run_columns,
}


@dataclass(frozen=True)
class History:
    """How much is published."""

    rows: int
    days: int = 30
    feeds: int = 100_000
    # polls are kept of so many days; each feed is polled at one slot in four
    feed_days: int = 2

    @property
    def letters(self) -> int:
        """Of a hundred entries two end as dead letters."""
        return self.rows // 50


@dataclass(frozen=True)
class _File:
    """One file to write."""

    root: str
    dataset: str
    rows: int
    # the day it belongs to, counted back from the newest, and its place among that day's files
    day: int
    place: int = 0
    feeds: int = 0
    # of the day's slots the one it is of, counted back from the newest; None: of all of them
    slot: int | None = None

    @property
    def end(self) -> datetime:
        """When its newest run started."""
        return NOW - DAY * (self.day + (self.slot or 0) / _SLOTS)

    @property
    def path(self) -> str:
        """Where it lies."""
        date, run_id = (NOW - DAY * (self.day + 1)).date().isoformat(), run_id_at(self.end)
        if self.slot is not None:
            return part_path(self.dataset, date, run_id, 0)
        return compacted_path(self.dataset, date, run_id, self.place)


def run_id_at(at: datetime) -> str:
    """The run of a slot that started then."""
    return f"{stamp(at)}-{hashlib.sha256(stamp(at).encode()).hexdigest()[:8]}"


def fill(root: Path, history: History, workers: int = 2) -> int:
    """Write a history, its files shared by some processes; its bytes."""
    files = list(_files(str(root), history))
    if workers < 2 or history.rows < _FEW:
        for file in files:
            _write(file)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(_write, files))
    _write_stops(root, history.days * _SLOTS)
    return sum(file.bytes for dataset in DATASETS for file in published_files(store_of(root), dataset))


def _files(root: str, history: History) -> Iterator[_File]:
    reprints = history.rows // 3
    for dataset, rows in (
        ("articles", history.rows - reprints),
        ("reprints", reprints),
        ("dead_letters", history.letters),
    ):
        for day in range(history.days):
            yield from _day_files(root, dataset, day, rows // history.days)
    polls = max(1, history.feeds // 4)
    for slot in range(_SLOTS):
        yield _File(root, "feed_runs", polls, 0, feeds=history.feeds, slot=slot)
    for day in range(1, history.feed_days):
        for place in range(4):
            yield _File(root, "feed_runs", polls * _SLOTS // 4, day, place, history.feeds)


def _day_files(root: str, dataset: str, day: int, rows: int) -> Iterator[_File]:
    for place in range(-(-rows // _FILE_ROWS)):
        yield _File(root, dataset, min(_FILE_ROWS, rows - place * _FILE_ROWS), day, place)


def _write(file: _File) -> None:
    rng = np.random.default_rng([file.day, file.place, file.slot or 0, *file.dataset.encode()])
    # the slots of the day that its rows are of, counted back from the newest
    slots = rng.integers(0, _SLOTS, file.rows) if file.slot is None else np.full(file.rows, file.slot)
    start = NOW - DAY * file.day
    at = pa.array(np.datetime64(start.replace(tzinfo=None), "us") - slots * np.timedelta64(900, "s"))
    runs = pa.array([run_id_at(start - DAY * n / _SLOTS) for n in range(_SLOTS)]).take(pa.array(slots))
    columns = {"run_id": runs} | COLUMNS[file.dataset](
        rng,
        at.cast(pa.timestamp("us", "UTC")),
        reprints=file.dataset == "reprints",
        sketched=file.day < _SKETCHED,
        feeds=file.feeds,
    )
    schema = schema_of(file.dataset)
    arrays = [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(file.rows, f.type) for f in schema]
    target = Path(file.root) / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(as_parquet(in_order(file.dataset, pa.table(arrays, schema=schema))))


def _write_stops(root: Path, runs: int) -> None:
    """Some anchors of boilerplate a run."""
    rng = np.random.default_rng(runs)
    for n in range(runs):
        path = root / document_path("stop_anchors", run_id_at(NOW - DAY * n / _SLOTS))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([f"{a:016x}" for a in rng.integers(0, 1 << 61, _STOPS).tolist()]), "utf-8")

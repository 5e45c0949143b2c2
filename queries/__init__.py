"""SQL views over an output, for DuckDB: the five datasets, and what is asked of them most.

The views show whole runs only, however many are being published or compacted meanwhile.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from queries.sources import columns, nothing, source
from schemas.parquet import COLUMNS
from transforms.layout import document_path
from transforms.published import data_files, run_ids
from transforms.snapshot import Snapshot, take_snapshot
from transforms.store.base import Store
from transforms.store.open import store_of

T = TypeVar("T")

VIEWS = ("texts", "clusters", "stories", "reprint_lags", "agencies", "topics", "letters", "feeds", "boilerplate")

_CORRECTIONS = pa.schema([("article_id", pa.string()), ("cluster_id", pa.string())])
# a compaction may replace files between the look and the reading, again and again, but not at every try
_TRIES = 20


def connect(output: str | Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database in; views named like the datasets of the output, and those of `VIEWS`, out.

    They show what is published now: `refresh` shows what came later. A dataset without files is an empty view with its
    columns, so that no query depends on what a run happened to find. Columns that older files lack are null.
    """
    database = _empty()
    refresh(database, output)
    return database


def refresh(database: duckdb.DuckDBPyConnection, output: str | Path) -> Snapshot:
    """Make the views show what is published now; what that is can be compared with a later look."""
    return _again(lambda: _point(database, store_of(output)))


def _empty() -> duckdb.DuckDBPyConnection:
    """The views over nothing, to be pointed at files: made over files, each would open them all once more."""
    database = duckdb.connect()
    for dataset in COLUMNS:
        _show(database, dataset, nothing(dataset))
    database.register("corrections", _CORRECTIONS.empty_table())
    for view in VIEWS:
        database.execute(files(__package__).joinpath(f"{view}.sql").read_text("utf-8"))
    return database


def _show(database: duckdb.DuckDBPyConnection, dataset: str, made: str) -> None:
    database.execute(f"CREATE OR REPLACE VIEW {dataset} AS SELECT {columns(dataset)} FROM {made}")  # noqa: S608


def ask(output: str | Path, query: str) -> pa.Table:
    """The answer to one query, over whole runs.

    Where a compaction replaces a file before it is read, the query is asked again. Raises duckdb.Error.
    """
    database = _empty()
    return _again(lambda: _answer(database, store_of(output), query))


def _again(attempt: Callable[[], T]) -> T:
    """What comes of an attempt that found all its files: after a file went, the next look finds its successor."""
    for _ in range(_TRIES):
        try:
            return attempt()
        except FileNotFoundError as error:  # noqa: PERF203
            failure = error
    raise failure


def _answer(database: duckdb.DuckDBPyConnection, store: Store, query: str) -> pa.Table:
    """The answer over what is published now. Raises FileNotFoundError where a file of that went meanwhile."""
    with _told_if_gone(store, _point(database, store)):
        return database.sql(query).to_arrow_table()


def _point(database: duckdb.DuckDBPyConnection, store: Store) -> Snapshot:
    """The views, over what is published now. Raises FileNotFoundError where a file of that went meanwhile."""
    snapshot = take_snapshot(store)
    with _told_if_gone(store, snapshot):
        for dataset in COLUMNS:
            _show(database, dataset, source(store, dataset, snapshot.files[dataset], database))
        database.register("corrections", _corrections(store, snapshot))
    return snapshot


@contextmanager
def _told_if_gone(store: Store, snapshot: Snapshot) -> Iterator[None]:
    """What a reader says of a file that is gone depends on where it lay; after this it is a FileNotFoundError."""
    try:
        yield
    except duckdb.Error as error:
        if gone := snapshot.paths - data_files(store).keys():
            raise FileNotFoundError(min(gone)) from error
        raise


def _corrections(store: Store, snapshot: Snapshot) -> pa.Table:
    """Published articles that belong to another cluster now, by what the newest whole run says."""
    found: dict[str, str] = {}
    for run_id in run_ids(store, "_meta/corrections"):
        if run_id not in snapshot.state.pending:
            lines = json.loads(store.read(document_path("corrections", run_id)))
            found |= dict(line.split() for line in lines)
    rows = [{"article_id": article, "cluster_id": cluster} for article, cluster in found.items()]
    return pa.Table.from_pylist(rows, _CORRECTIONS)

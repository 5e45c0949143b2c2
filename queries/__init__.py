"""SQL views over an output, for DuckDB: the five datasets, and what is asked of them most.

The views show whole runs only, however many are being published or compacted meanwhile.
"""

import json
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from queries.sources import columns, nothing, source
from schemas.parquet import COLUMNS
from transforms.layout import document_path
from transforms.published import run_ids
from transforms.snapshot import Snapshot, State, take_snapshot
from transforms.store.base import Store
from transforms.store.open import store_of

VIEWS = ("texts", "clusters", "stories", "reprint_lags", "agencies", "topics", "letters", "feeds", "boilerplate")

_CORRECTIONS = pa.schema([("article_id", pa.string()), ("cluster_id", pa.string())])
# a compaction may replace files between the look and the reading, again and again, but not at every try
_TRIES = 20


def connect(output: str | Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database in; views named like the datasets of the output, and those of `VIEWS`, out.

    They show what is published now: `refresh` shows what came later. A dataset without files is an empty view with its
    columns, so that no query depends on what a run happened to find. Columns that older files lack are null.
    """
    database = duckdb.connect()
    # made over nothing, and only then pointed at files: each view would open them all once more
    for dataset in COLUMNS:
        _show(database, dataset, nothing(dataset))
    database.register("corrections", _CORRECTIONS.empty_table())
    for view in VIEWS:
        database.execute(files(__package__).joinpath(f"{view}.sql").read_text("utf-8"))
    refresh(database, output)
    return database


def refresh(database: duckdb.DuckDBPyConnection, output: str | Path) -> State:
    """Make the views show what is published now; what that was can be compared with a later look."""
    store = store_of(output)
    snapshot = take_snapshot(store)
    for dataset in COLUMNS:
        _show(database, dataset, source(store, dataset, snapshot.files[dataset], database))
    database.register("corrections", _corrections(store, snapshot))
    return snapshot.state


def _show(database: duckdb.DuckDBPyConnection, dataset: str, made: str) -> None:
    database.execute(f"CREATE OR REPLACE VIEW {dataset} AS SELECT {columns(dataset)} FROM {made}")  # noqa: S608


def ask(output: str | Path, query: str) -> pa.Table:
    """The answer to one query, over whole runs.

    Where a compaction replaces a file before it is read, the query is asked again. Raises duckdb.Error.
    """
    for _ in range(_TRIES):
        try:
            return connect(output).sql(query).to_arrow_table()
        except (duckdb.IOException, FileNotFoundError) as error:  # noqa: PERF203  the file went while we looked
            failure = error
    raise failure


def _corrections(store: Store, snapshot: Snapshot) -> pa.Table:
    """Published articles that belong to another cluster now, by what the newest whole run says."""
    found: dict[str, str] = {}
    for run_id in run_ids(store, "_meta/corrections"):
        if run_id not in snapshot.state.pending:
            lines = json.loads(store.read(document_path("corrections", run_id)))
            found |= dict(line.split() for line in lines)
    rows = [{"article_id": article, "cluster_id": cluster} for article, cluster in found.items()]
    return pa.Table.from_pylist(rows, _CORRECTIONS)

"""SQL views over an output, for DuckDB: the five datasets, and what is asked of them most."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.parquet import COLUMNS, schema_of

VIEWS = ("texts", "clusters", "stories", "topics", "letters")


def connect(output: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database in; views named like the datasets of the output, and those of `VIEWS`, out.

    A dataset without files is an empty view with its columns, so that a query never depends on what a run happened to find.
    """
    database = duckdb.connect()
    for dataset in COLUMNS:
        _dataset(database, output, dataset)
    merges = pa.table(list(zip(*_merges(output), strict=True)) or [[], []], pa.schema([("cluster_id", pa.string()), ("into_id", pa.string())]))
    database.register("merges", merges)
    for view in VIEWS:
        database.execute(files(__package__).joinpath(f"{view}.sql").read_text("utf-8"))
    return database


def _dataset(database: duckdb.DuckDBPyConnection, output: Path, dataset: str) -> None:
    pattern = output / dataset / "date=*" / "*.parquet"
    if next((output / dataset).glob("date=*/*.parquet"), None):
        path = str(pattern).replace("'", "''")
        query = f"CREATE VIEW {dataset} AS SELECT * FROM read_parquet('{path}', hive_partitioning = true)"  # noqa: S608
        database.execute(query)
    else:
        database.register(dataset, schema_of(dataset).append(pa.field("date", pa.date32())).empty_table())


def _merges(output: Path) -> Iterator[tuple[str, str]]:
    for file in sorted((output / "_meta" / "merges").glob("*.json")):
        for line in json.loads(file.read_text("utf-8")):
            cluster, into = line.split()
            yield cluster, into

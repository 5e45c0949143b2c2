"""SQL views over an output, for DuckDB: the five datasets, and what is asked of them most."""

import json
from glob import escape
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.parquet import COLUMNS, schema_of

VIEWS = ("texts", "clusters", "stories", "topics", "letters", "feeds", "boilerplate")

_CORRECTIONS = pa.schema([("article_id", pa.string()), ("cluster_id", pa.string())])


def connect(output: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database in; views named like the datasets of the output, and those of `VIEWS`, out.

    A dataset without files is an empty view with its columns, so that no query depends on what a run happened to find.
    """
    database = duckdb.connect()
    for dataset in COLUMNS:
        database.execute(f"CREATE VIEW {dataset} AS SELECT {_columns(dataset)} FROM {_source(output, dataset)}")  # noqa: S608
    rows = [{"article_id": article, "cluster_id": cluster} for article, cluster in _corrections(output).items()]
    database.register("corrections", pa.Table.from_pylist(rows, _CORRECTIONS))
    for view in VIEWS:
        database.execute(files(__package__).joinpath(f"{view}.sql").read_text("utf-8"))
    return database


def _columns(dataset: str) -> str:
    """The columns by name: of a path like /env=prod/out DuckDB would make a column env."""
    return ", ".join(f'"{column.name}"' for column in COLUMNS[dataset]) + ', "date"'


def _source(output: Path, dataset: str) -> str:
    """What to select from: the dataset's files, or no rows of its types."""
    if next((output / dataset).glob("date=*/*.parquet"), None):
        path = f"{escape(str(output))}/{dataset}/date=*/*.parquet".replace("'", "''")
        return f"read_parquet('{path}', hive_partitioning = true, hive_types = {{'date': DATE}})"
    empty = (f'NULL::{_sql(field.type)} AS "{field.name}"' for field in schema_of(dataset))
    return f"(SELECT {', '.join(empty)}, NULL::DATE AS date LIMIT 0)"


def _sql(kind: pa.DataType) -> str:
    """An Arrow type as DuckDB names it when it reads it from Parquet.

    >>> _sql(pa.list_(pa.struct([("term", pa.string()), ("hits", pa.int16())])))
    'STRUCT("term" VARCHAR, "hits" SMALLINT)[]'
    """
    if pa.types.is_list(kind):
        return f"{_sql(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        fields = (f'"{field.name}" {_sql(field.type)}' for field in kind)
        return f"STRUCT({', '.join(fields)})"
    return "VARCHAR" if pa.types.is_dictionary(kind) else _SQL[kind]


_SQL = {
    pa.string(): "VARCHAR",
    pa.binary(): "BLOB",
    pa.bool_(): "BOOLEAN",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def _corrections(output: Path) -> dict[str, str]:
    """Published articles that belong to another cluster now, by what the newest run says."""
    found: dict[str, str] = {}
    for file in sorted((output / "_meta" / "corrections").glob("*.json")):
        found |= dict(line.split() for line in json.loads(file.read_text("utf-8")))
    return found

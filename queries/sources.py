"""The files of a dataset in, what DuckDB selects its rows from out."""

from collections.abc import Sequence
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.dataset as pads

from schemas.parquet import COLUMNS, schema_of
from transforms.layout import PublishedFile
from transforms.store.base import Store
from transforms.store.local import LocalStore


def columns(dataset: str) -> str:
    """The columns by name: of a path like /env=prod/out DuckDB would make a column env."""
    return ", ".join(f'"{column.name}"' for column in COLUMNS[dataset]) + ', "date"'


def source(store: Store, dataset: str, files: Sequence[PublishedFile], database: duckdb.DuckDBPyConnection) -> str:
    """What to select from: the dataset's files, with all of its columns, whichever version wrote them."""
    if not files:
        return nothing(dataset)
    if isinstance(store, LocalStore):
        paths = ", ".join(_quoted(f"{store.root}/{file.path}") for file in files)
        read = f"read_parquet([{paths}], hive_partitioning = true, hive_types = {{'date': DATE}}, union_by_name = true)"
        return f"(FROM {read} UNION ALL BY NAME FROM {nothing(dataset)})"
    name = f"published_{dataset}"
    database.register(name, _arrow(store, dataset, files))
    return name


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


def nothing(dataset: str) -> str:
    """No rows, of the dataset's columns and types."""
    empty = (f'NULL::{_sql(field.type)} AS "{field.name}"' for field in schema_of(dataset))
    return f"(SELECT {', '.join(empty)}, NULL::DATE AS date LIMIT 0)"


def _arrow(store: Store, dataset: str, files: Sequence[PublishedFile]) -> pads.Dataset:
    """The files of a bucket: opened now, read when a query comes to them."""
    parquet = pads.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(store.open(file.path), partition_expression=pads.field("date") == _day(file.date))
        for file in files
    ]
    schema = pa.schema([*map(_plain, schema_of(dataset)), ("date", pa.date32())])
    return pads.FileSystemDataset(fragments, schema, parquet)


def _day(day: str) -> pa.Scalar:
    return pa.scalar(date.fromisoformat(day), pa.date32())


def _plain(field: pa.Field) -> pa.Field:
    """A field as DuckDB's own reader has it: dictionaries are plain values."""
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


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

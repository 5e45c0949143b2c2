"""Rows in, Arrow tables out; tables in, Parquet out, laid out for those who read it."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.parquet import schema_of

# a reader of few rows reads little, and one of many needs no more memory than this for a group
_MOST_ROWS, _MOST_BYTES = 20_000, 64 << 20
_FEW = 50
# within a file readers look for a time or a feed; the id makes the order total, so that equal rows give equal files
_SORTED_BY = {
    "feed_runs": ("started_at", "feed_url"),
    "dead_letters": ("occurred_at", "dead_letter_id"),
}
_SORTED_ARTICLES = ("published_at", "article_id", "revision_no")
_LONG = {"body_text", "summary", "sketch", "payload"}
# each value is another one: a dictionary would only be given up again
_PLAIN = {*_LONG, "article_id", "url", "canonical_url", "content_sha256", "entry_sha256"}


def encode(dataset: str, rows: list[dict[str, Any]]) -> bytes:
    """Rows of one dataset as an Arrow IPC stream, a tenth of their size as Python objects while they travel.

    Compressed as a whole: by columns, as Arrow itself would do it, 60 columns of a single row cost 2 ms.
    """
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed, pa.ipc.new_stream(packed, _bare(dataset)) as stream:
        stream.write_batch(pa.RecordBatch.from_struct_array(_structs(dataset, rows)))
    return bytes(sink.getvalue())


def decode(dataset: str, parts: Iterable[bytes]) -> pa.Table:
    """The rows of all parts of a dataset, in its schema."""
    tables = (pa.ipc.open_stream(pa.CompressedInputStream(pa.BufferReader(part), "zstd")).read_all() for part in parts)
    return pa.table(pa.concat_tables(tables).columns, schema=schema_of(dataset))


def in_order(dataset: str, table: pa.Table) -> pa.Table:
    """A table sorted as the dataset's files are."""
    if table.num_rows < 2:
        return table
    return table.sort_by([(name, "ascending") for name in _SORTED_BY.get(dataset, _SORTED_ARTICLES)])


def as_parquet(table: pa.Table) -> bytes:
    """A table as a Parquet file: zstd, row groups bounded by rows and bytes, statistics, for many rows a page index."""
    leaves, few = _parquet_columns(table.schema), table.num_rows < _FEW
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        # of a few rows a dictionary is only one more page, and what is short gets longer when it is compressed
        compression=dict.fromkeys(leaves & _LONG, "zstd") if few else "zstd",
        use_dictionary=False if few else sorted(leaves - _PLAIN),
        write_page_index=not few,
        coerce_timestamps="us",
        write_statistics=sorted(leaves - _LONG),
    ) as writer:
        for group in _row_groups(table):
            writer.write_table(group, row_group_size=_MOST_ROWS)
    return bytes(sink.getvalue())


def _row_groups(table: pa.Table) -> Iterator[pa.Table]:
    """Slices of a table that keep to the bounds; a single row may be larger."""
    if table.num_rows <= 1 or (table.num_rows <= _MOST_ROWS and table.nbytes <= _MOST_BYTES):
        yield table
        return
    cut = _MOST_ROWS if table.num_rows > _MOST_ROWS else table.num_rows // 2
    yield from _row_groups(table.slice(0, cut))
    yield from _row_groups(table.slice(cut))


def _structs(dataset: str, rows: list[dict[str, Any]]) -> pa.StructArray:
    """Rows as Arrow has them; lone surrogates, which it refuses, become question marks."""
    kind = pa.struct(list(_bare(dataset)))
    try:
        return pa.array(rows, kind)
    except UnicodeEncodeError:
        return pa.array([_storable(row) for row in rows], kind)


@cache
def _bare(dataset: str) -> pa.Schema:
    """The schema without its descriptions, which are longer than a row."""
    return pa.schema([pa.field(field.name, field.type) for field in schema_of(dataset)])


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, tuple | list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {name: _storable(one) for name, one in value.items()}
    return value


@cache
def _parquet_columns(schema: pa.Schema) -> frozenset[str]:
    return frozenset(leaf for column in schema for leaf in _leaves(column.name, column.type))


def _leaves(path: str, kind: pa.DataType) -> Iterator[str]:
    """The Parquet columns under an Arrow column, by the names that Parquet gives to levels of lists.

    >>> list(_leaves("authors", pa.list_(pa.string())))
    ['authors.list.element']
    """
    if pa.types.is_list(kind):
        yield from _leaves(f"{path}.list.element", kind.value_type)
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(f"{path}.{field.name}", field.type)
    else:
        yield path

"""Rows in, unpublished Parquet files out: encoded where they arise, written where they meet."""

import hashlib
import pickle
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.parquet import schema_of
from transforms.layout import part_path, staging
from transforms.write.files import disk_errors, make_folder, sync_file, sync_folder

_ROW_GROUP = 20_000
_WORTH_DICTIONARIES = 50
# within a file readers look for a time or a feed
_SORTED_BY = {"feed_runs": "started_at", "dead_letters": "occurred_at"}
# each value is another one: a dictionary would only be given up again
_PLAIN = {
    *("body_text", "summary", "sketch", "payload"),
    *("article_id", "url", "canonical_url", "content_sha256", "entry_sha256"),
}


class StagedFile(NamedTuple):
    """A file that is written but not published."""

    run_id: str
    dataset: str
    # below the output, where it will be published
    path: str
    rows: int
    bytes: int
    sha256: str


def encode(rows: list[dict[str, Any]]) -> bytes:
    """Rows of one dataset, packed: a tenth of their size as Python objects while they travel."""
    return zlib.compress(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL), 1)


def _decode(part: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pickle.loads(zlib.decompress(part))  # noqa: S301  packed by `encode`, nobody else
    return rows


def stage_file(output: Path, run_id: str, dataset: str, date: str, parts: Iterable[bytes]) -> StagedFile:
    """Write the parts of one partition to an unpublished file and wait until it is on the disk.

    Raises DiskError where the disk refuses.
    The date is parsed, not trusted: no value of a feed can lead outside the output.
    """
    datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    rows = [row for part in parts for row in _decode(part)]
    rows.sort(key=itemgetter(_SORTED_BY.get(dataset, "published_at")))
    path = part_path(dataset, date, run_id, 0)
    target = staging(output, run_id) / path
    with disk_errors(output):
        make_folder(target.parent)
        _write(_table(dataset, rows), target)
        sync_file(target)
        sync_folder(target.parent)
        data = target.read_bytes()
    return StagedFile(run_id, dataset, path, len(rows), len(data), hashlib.sha256(data).hexdigest())


def _table(dataset: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as Arrow has them; lone surrogates, which it refuses, become question marks."""
    try:
        return pa.Table.from_pylist(rows, _schema(dataset))
    except UnicodeEncodeError:
        return pa.Table.from_pylist([_storable(row) for row in rows], _schema(dataset))


_schema = lru_cache(maxsize=None)(schema_of)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, tuple | list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {name: _storable(one) for name, one in value.items()}
    return value


def _write(table: pa.Table, target: Path) -> None:
    leaves = _parquet_columns(table.schema)
    pq.write_table(
        table,
        target,
        compression="zstd",
        row_group_size=_ROW_GROUP,
        # of a few rows a dictionary is only one more page
        use_dictionary=sorted(leaves - _PLAIN) if table.num_rows >= _WORTH_DICTIONARIES else False,
        write_page_index=True,
        coerce_timestamps="us",
        write_statistics=sorted(leaves - {"body_text", "summary", "sketch", "payload"}),
    )


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

"""Rows in, unpublished Parquet files out: encoded where they arise, written where they meet."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.parquet import schema_of
from transforms.layout import part_path, staging
from transforms.write.files import disk_errors, make_folder, sync_file, sync_folder

_COMPRESSION = pa.ipc.IpcWriteOptions(compression="zstd")
_ROW_GROUP = 20_000
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


def encode(dataset: str, rows: list[dict[str, Any]]) -> bytes:
    """Rows as one compressed Arrow stream: a tenth of their size as Python objects while they travel."""
    batch = pa.RecordBatch.from_pylist(rows, schema=schema_of(dataset))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_COMPRESSION) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def stage_file(output: Path, run_id: str, dataset: str, date: str, parts: Iterable[bytes]) -> StagedFile:
    """Write the parts of one partition to an unpublished file and wait until it is on the disk.

    Raises DiskError where the disk refuses.
    The date is parsed, not trusted: no value of a feed can lead outside the output.
    """
    datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    table = pa.concat_tables([pa.ipc.open_stream(part).read_all().unify_dictionaries() for part in parts])
    table = table.sort_by(_SORTED_BY.get(dataset, "published_at"))
    path = part_path(dataset, date, run_id, 0)
    target = staging(output, run_id) / path
    with disk_errors(output):
        make_folder(target.parent)
        _write(table, target)
        sync_file(target)
        sync_folder(target.parent)
        data = target.read_bytes()
    return StagedFile(run_id, dataset, path, table.num_rows, len(data), hashlib.sha256(data).hexdigest())


def _write(table: pa.Table, target: Path) -> None:
    leaves = {leaf for column in table.schema for leaf in _leaves(column.name, column.type)}
    pq.write_table(
        table,
        target,
        compression="zstd",
        row_group_size=_ROW_GROUP,
        use_dictionary=sorted(leaves - _PLAIN),
        write_page_index=True,
        coerce_timestamps="us",
        write_statistics=sorted(leaves - {"body_text", "summary", "sketch", "payload"}),
    )


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

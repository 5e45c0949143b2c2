"""Columns of published files in, Arrow tables out: how a run reads what earlier runs wrote.

Only what is asked for is read: an id column is scanned first, the other columns only of files that hold a wanted id. So
an idle run over a long history costs seconds and little memory. A file may hold rows of several runs once it was
compacted: which run wrote a row is in the row.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.parquet import schema_of
from transforms.layout import DATASETS, MANIFESTS, PublishedFile, published_file, stamp
from transforms.store.base import Store

# files whose footers are read at the same time
_AT_ONCE = 4


def published_files(store: Store, dataset: str, since: datetime | None = None) -> list[PublishedFile]:
    """The data files of a dataset, newest run first; only those with rows of runs that started at `since` or later.

    Chosen by the run id in the name and never by the partition date: an old date may be published today.
    """
    first = "" if since is None else stamp(since)
    named = (published_file(path, size) for path, size in store.files(dataset).items())
    found = [file for file in named if file and file.run_id >= first]
    return sorted(found, key=lambda file: (file.run_id, file.path.rpartition("/")[2], file.path), reverse=True)


def data_files(store: Store) -> dict[str, int]:
    """Every file below the datasets with its size, whoever put it there."""
    return {path: size for dataset in DATASETS for path, size in store.files(dataset).items()}


def newest_run(store: Store) -> str:
    """The id of the last run that was committed, "" for none."""
    return max(run_ids(store, MANIFESTS), default="")


def run_ids(store: Store, folder: str) -> list[str]:
    """The runs that a folder has a file of, oldest first."""
    return sorted(path.rpartition("/")[2].partition(".")[0] for path in store.files(folder))


def rows_with(
    store: Store,
    datasets: Iterable[str],
    key: str,
    wanted: pa.Array,
    columns: list[str],
    *,
    since: datetime | None = None,
) -> Iterator[tuple[PublishedFile, pa.Table]]:
    """The rows whose `key` is in `wanted`, file by file, those with the newest runs first within a dataset.

    `columns` must have run_id where `since` is given: only rows of runs that started then or later are wanted.
    """
    if not len(wanted):
        return
    for dataset in datasets:
        for file in published_files(store, dataset, since):
            table = rows_of(store, file, key, wanted, columns, since=since)
            if table is not None:
                yield file, table


def columns_of(store: Store, file: PublishedFile, columns: Iterable[str], *, since: datetime | None = None) -> pa.Table:
    """Some columns of one published file, of rows of runs since then; the partition's date is not among them."""
    with store.open(file.path) as source, pq.ParquetFile(source) as opened:
        return _since(_read(opened, file.dataset, columns), file, since)


def names_in(store: Store, path: str) -> set[str]:
    """The columns that a file has."""
    with store.open(path) as source, pq.ParquetFile(source) as opened:
        return set(opened.schema_arrow.names)


def rows_in(store: Store, paths: Iterable[str]) -> int:
    """How many rows some files have together; many are asked at once, for each answer is a wait."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return sum(threads.map(partial(_rows_in, store), paths))


def _rows_in(store: Store, path: str) -> int:
    with store.open(path) as source, pq.ParquetFile(source) as opened:
        return int(opened.metadata.num_rows)


def rows_of(
    store: Store, file: PublishedFile, key: str, wanted: pa.Array, columns: list[str], *, since: datetime | None = None
) -> pa.Table | None:
    """The rows of one file whose `key` is in `wanted`; None where it has none, for which one column is read."""
    with store.open(file.path) as source, pq.ParquetFile(source) as opened:
        hit = pc.is_in(opened.read([key])[key], value_set=wanted)
        if not pc.any(hit).as_py():
            return None
        return _since(_read(opened, file.dataset, columns).filter(hit), file, since)


def _read(opened: pq.ParquetFile, dataset: str, columns: Iterable[str]) -> pa.Table:
    """Columns of a file; those that the version which wrote it did not know are null."""
    names, there = list(columns), set(opened.schema_arrow.names)
    table = opened.read([name for name in names if name in there])
    for name in names:
        if name not in there:
            table = table.append_column(name, pa.nulls(table.num_rows, schema_of(dataset).field(name).type))
    return table.select(names)


def _since(table: pa.Table, file: PublishedFile, since: datetime | None) -> pa.Table:
    """Only rows of runs since then: compacting files must change nothing that a run decides."""
    if since is None or not file.compacted:
        return table
    return table.filter(pc.greater_equal(table["run_id"], stamp(since)))

"""Columns of published files in, Arrow tables out: how a run reads what earlier runs wrote.

Only what is asked for is read: an id column is scanned first, the other columns only of files that hold a wanted id. So
an idle run over a long history costs seconds and little memory.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.layout import PublishedFile, published_files


def rows_with(
    output: Path,
    datasets: Iterable[str],
    key: str,
    wanted: pa.Array,
    columns: list[str],
    *,
    since: datetime | None = None,
) -> Iterator[tuple[PublishedFile, pa.Table]]:
    """The rows whose `key` is in `wanted`, file by file, newest run first within a dataset."""
    if not len(wanted):
        return
    for dataset in datasets:
        for file in published_files(output, dataset, since):
            table = _matching(file.path, key, wanted, columns)
            if table is not None:
                yield file, table


def _matching(path: Path, key: str, wanted: pa.Array, columns: list[str]) -> pa.Table | None:
    with pq.ParquetFile(path) as file:
        hit = pc.is_in(file.read([key])[key], value_set=wanted)
        if not pc.any(hit).as_py():
            return None
        return file.read(columns).filter(hit)


def columns_of(file: PublishedFile, columns: list[str]) -> pa.Table:
    """Some columns of one published file; the partition's date is not among them."""
    with pq.ParquetFile(file.path) as opened:
        return opened.read(columns)

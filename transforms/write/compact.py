"""Many small files of a day in, few large ones out, by the same redo log.

Each day of a dataset is a commit of its own: its new files are staged, the manifest names them and the files they
replace, and only when all new ones are in place do the old ones go. Killed at any instant, a day is compacted or it is
not; the next writer finishes or forgets it. No row changes, and no run decides otherwise for it: a row keeps its run
id, and a file's name the newest run whose rows are in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.layout import DATASETS, PublishedFile, compacted_path, new_run_id
from transforms.manifest import COMPACTION, Manifest
from transforms.published import published_files
from transforms.store.base import Store
from transforms.write.commit import commit
from transforms.write.stage import stage_table
from transforms.write.table import in_order, schema

# large enough for readers to be busy with data rather than with files; a few times that fits in memory
TARGET_BYTES = 64 << 20
# what is at least this large stays as it is
_SMALL = TARGET_BYTES // 2


class Day(NamedTuple):
    """What was done to a partition."""

    dataset: str
    date: str
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int


def compact(store: Store, before: date, now: datetime) -> Iterator[Day]:
    """Compact every partition whose date is before a day; only for a writer, after recovery.

    A partition is done when its Day is given out. A caller who stops in between loses nothing.
    """
    for dataset in DATASETS:
        partitions: defaultdict[str, list[PublishedFile]] = defaultdict(list)
        for file in published_files(store, dataset):
            if file.date < before.isoformat():
                partitions[file.date].append(file)
        for _, files in sorted(partitions.items()):
            for group in _groups(files):
                yield _compacted(store, len(files), group, now)


def _groups(files: Iterable[PublishedFile]) -> Iterator[list[PublishedFile]]:
    """Small files that fit into one large one, two at least, oldest first."""
    group: list[PublishedFile] = []
    for file in sorted((file for file in files if file.bytes < _SMALL), key=lambda file: (file.run_id, file.path)):
        if group and sum(other.bytes for other in group) + file.bytes > TARGET_BYTES:
            if len(group) > 1:
                yield group
            group = []
        group.append(file)
    if len(group) > 1:
        yield group


def _compacted(store: Store, files_before: int, group: Sequence[PublishedFile], now: datetime) -> Day:
    dataset, day = group[0].dataset, group[0].date
    run_id, newest = new_run_id(now), max(file.run_id for file in group)
    table = in_order(dataset, pa.concat_tables(_rows(store, file) for file in group))
    staged = stage_table(store, run_id, compacted_path(dataset, day, newest, 0), table)
    replaced = tuple(sorted(file.path for file in group))
    commit(store, Manifest(run_id, (staged,), {}, COMPACTION, replaced))
    before = sum(file.bytes for file in group)
    return Day(dataset, day, files_before, files_before - len(group) + 1, before, staged.bytes)


def _rows(store: Store, file: PublishedFile) -> pa.Table:
    """All rows of a file, in today's schema: columns that it lacks are null."""
    with store.open(file.path) as source, pq.ParquetFile(source) as opened:
        table = opened.read()
    wanted = schema(file.dataset)
    columns = [
        table[field.name].cast(field.type) if field.name in table.schema.names else pa.nulls(len(table), field.type)
        for field in wanted
    ]
    return pa.table(columns, schema=wanted)

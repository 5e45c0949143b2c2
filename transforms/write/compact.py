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

from schemas.parquet import schema_of
from transforms.layout import DATASETS, PublishedFile, compacted_path, new_run_id
from transforms.manifest import COMPACTION, Manifest, ManifestFile
from transforms.published import columns_of, names_in, published_files
from transforms.store.base import Store
from transforms.write.commit import commit
from transforms.write.stage import stage_table
from transforms.write.table import in_order

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
    # of the files that were replaced, and of those that replaced them
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
        for day, files in sorted(partitions.items()):
            small = [file for file in files if file.bytes < _SMALL]
            groups = [group for group in _groups(_known(store, small)) if len(group) > 1]
            made = [_compacted(store, group, now) for group in groups]
            if made:
                replaced = [file for group in groups for file in group]
                sizes = sum(file.bytes for file in replaced), sum(file.bytes for file in made)
                yield Day(dataset, day, len(files), len(files) - len(replaced) + len(made), *sizes)


def _known(store: Store, files: Sequence[PublishedFile]) -> list[PublishedFile]:
    """Files without columns of a later version: this one would lose them."""
    if len(files) < 2:
        return []
    return [file for file in files if names_in(store, file.path) <= set(schema_of(file.dataset).names)]


def _groups(files: Iterable[PublishedFile]) -> Iterator[list[PublishedFile]]:
    """Small files that fit into one large one, oldest first."""
    group: list[PublishedFile] = []
    size = 0
    for file in sorted(files, key=lambda file: (file.run_id, file.path)):
        if size + file.bytes > TARGET_BYTES:
            yield group
            group, size = [], 0
        group.append(file)
        size += file.bytes
    yield group


def _compacted(store: Store, group: Sequence[PublishedFile], now: datetime) -> ManifestFile:
    """Replace files of one partition by one, in today's schema; what they lack is null."""
    dataset, day = group[0].dataset, group[0].date
    run_id, newest = new_run_id(now), max(file.run_id for file in group)
    schema = schema_of(dataset)
    table = pa.concat_tables(columns_of(store, file, schema.names).cast(schema) for file in group)
    staged = stage_table(store, run_id, compacted_path(dataset, day, newest, 0), in_order(dataset, table))
    replaced = tuple(sorted(file.path for file in group))
    commit(store, Manifest(run_id, (staged,), {}, COMPACTION, replaced))
    return staged

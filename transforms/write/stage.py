"""Rows of one partition in, an unpublished Parquet file out."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timezone
from uuid import uuid4

import pyarrow as pa

from transforms.layout import part_path, staging
from transforms.manifest import ManifestFile
from transforms.store.base import Store
from transforms.write.table import as_parquet, decode, in_order


def stage_file(store: Store, run_id: str, dataset: str, date: str, parts: Iterable[bytes]) -> ManifestFile:
    """Write the parts of one partition to an unpublished file; it is durable when this returns.

    Each try has a name of its own: of two at the same time both are whole, and the manifest takes one.
    Raises StoreError where the disk or bucket refuses.
    The date is parsed, not trusted: no value of a feed can lead outside the output.
    """
    datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    return stage_table(store, run_id, part_path(dataset, date, run_id, 0), in_order(dataset, decode(dataset, parts)))


def stage_table(store: Store, run_id: str, path: str, table: pa.Table) -> ManifestFile:
    """Write a table to an unpublished file that is to be published as `path`."""
    # side by side: a folder for each, made durable, took longer than its file
    staged = f"{staging(run_id)}/{uuid4().hex}.parquet"
    data = as_parquet(table)
    store.write(staged, data)
    digest = hashlib.sha256(data).hexdigest()
    return ManifestFile(run_id, path.partition("/")[0], path, table.num_rows, len(data), digest, staged)

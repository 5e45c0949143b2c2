"""Verify finds what is wrong with an output, names it, and says how to mend it; of a sound one it says nothing."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.parquet import schema_of
from schemas.tally import Tally
from tests.makers import NEXT_SLOT, NOW, SLOT, article
from tests.transforms.write.records import COPY, commit_files, feed_run, marked, publish_rows, rows_of
from transforms.layout import done_path, manifest_path, record_path
from transforms.published import published_files
from transforms.store.base import Store
from transforms.write.record import run_record
from transforms.write.rows import to_row
from transforms.write.table import as_parquet
from transforms.write.verify import verify

URLS = [f"http://news.example/{n}" for n in range(4)]


@pytest.fixture
def output(store: Store) -> Store:
    """Four articles and a poll."""
    publish_rows(store, SLOT.run_id, [*rows_of(URLS), to_row(feed_run(), NOW)])
    return store


def first(store: Store) -> str:
    """The path of a published file."""
    return published_files(store, "articles")[0].path


def test_a_sound_output(output: Store):
    """Everything was looked at, and nothing is wrong."""
    assert verify(output) == (1, 3, 5, [])


def rewrite(store: Store, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a file's table, and its manifest with it, as if it had been written so."""
    path = first(store)
    with store.open(path) as source:
        data = as_parquet(change(pq.read_table(source)))
    store.write(path, data)
    forge(store, path, data)


def forge(store: Store, path: str, data: bytes) -> None:
    """Make the manifest agree with other bytes."""
    manifest = json.loads(store.read(manifest_path(SLOT.run_id)))
    for file in manifest["files"]:
        if file["path"] == path:
            file |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    store.write(manifest_path(SLOT.run_id), json.dumps(manifest).encode())


def cut(store: Store) -> None:
    """The end of a file is lost."""
    store.write(first(store), store.read(first(store))[:-40])


def drop(store: Store) -> None:
    """A file is lost."""
    store.delete([first(store)])


def stray(store: Store) -> None:
    """A file is copied."""
    store.write(first(store).replace("-000", "-001"), store.read(first(store)))


def unfinished(store: Store) -> None:
    """A run was killed before its end."""
    store.delete([done_path(SLOT.run_id)])


def torn_manifest(store: Store) -> None:
    """A manifest is lost."""
    store.write(manifest_path(SLOT.run_id), b'{"run')


def no_record(store: Store) -> None:
    """A record is lost."""
    store.delete([record_path(SLOT.run_id)])


def one_row_less(store: Store) -> None:
    """A row is lost."""
    rewrite(store, lambda table: table.slice(1))


def another_date(store: Store) -> None:
    """Rows lie under a wrong date."""
    rewrite(store, lambda table: table.set_column(
        table.schema.get_field_index("published_at"),
        schema_of("articles").field("published_at"),
        pa.array([NOW - timedelta(days=9)] * len(table), pa.timestamp("us", "UTC")),
    ))  # fmt: skip


def another_type(store: Store) -> None:
    """A column has another type."""
    index = schema_of("articles").get_field_index("word_count")
    rewrite(store, lambda table: table.set_column(index, "word_count", table["word_count"].cast(pa.int64())))


def a_column_more(store: Store) -> None:
    """A column is unknown."""
    rewrite(store, lambda table: table.append_column("mine", pa.nulls(len(table), pa.string())))


def doubled(store: Store) -> None:
    """An article is published again."""
    publish_rows(store, NEXT_SLOT.run_id, rows_of(URLS[:1], NEXT_SLOT.run_id))


def in_both(store: Store) -> None:
    """An article is published again as a copy."""
    copy = marked(article("They met.", URLS[0], NEXT_SLOT), COPY)
    publish_rows(store, NEXT_SLOT.run_id, [to_row(copy, NOW)])


def imbalance(store: Store) -> None:
    """A run lost an entry."""
    record = run_record(NEXT_SLOT.run_id, [Tally(NEXT_SLOT.run_id, "fetch", "entries", 1)], [], {}, NOW)
    commit_files(store, NEXT_SLOT.run_id, [], {record_path(NEXT_SLOT.run_id): record})


@pytest.mark.parametrize(
    ("break_it", "what", "mend"),
    [
        (cut, "its bytes are not those that were written", "restore"),
        (drop, "in a manifest, but not there", "restore"),
        (stray, "in no manifest", "vacuum"),
        (unfinished, "committed, but not published in full", "dateline run"),
        (torn_manifest, "cannot be read", "restore"),
        (torn_manifest, "in no manifest", "it may be in one of them"),
        (no_record, "is missing", "dateline run"),
        (one_row_less, "1 rows, 2 in the manifest", "restore"),
        (another_date, "holds rows of 2026-11-15", "restore"),
        (another_type, "column word_count is int64, not int32", "restore"),
        (a_column_more, "column mine is not in the schema", "newer Dateline"),
        (doubled, "is there 2 times", "report"),
        (in_both, "is in both", "report"),
        (imbalance, "entries in are not rows out", "report"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_wrong_is_found(output: Store, break_it: Callable[[Store], None], what: str, mend: str):
    """Each kind of damage is named with the way to mend it."""
    break_it(output)
    faults = verify(output).faults

    assert [fault for fault in faults if what in fault.what and mend in fault.mend], faults

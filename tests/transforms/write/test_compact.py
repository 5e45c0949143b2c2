"""Compaction makes few files of many; no row changes, and no run decides otherwise for it."""

from collections import Counter
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.parquet import schema_of
from tests.makers import NEXT_SLOT, NOW, SLOT
from tests.transforms.write.records import commit_files, feed_run, publish_rows, published, rows_of, staged
from tests.transforms.write.test_commit import Alone
from transforms.dedup.partners import WINDOW
from transforms.history.feeds import feed_states
from transforms.history.known import find_known
from transforms.layout import new_run_id
from transforms.manifest import read_manifest
from transforms.published import columns_of, published_files, run_ids
from transforms.snapshot import read_state, take_snapshot
from transforms.store.base import Store
from transforms.write import compact as compacting
from transforms.write.commit import recover
from transforms.write.compact import compact
from transforms.write.rows import to_row
from transforms.write.verify import verify

RUNS = 4
URLS = [f"http://news.example/{n:02d}" for n in range(4 * RUNS)]


def fill(store: Store) -> Store:
    """Four runs with four articles each, on two dates, and a poll."""
    for n in range(RUNS):
        at = NOW + timedelta(hours=n)
        run_id = new_run_id(at)
        poll = feed_run(run_id=run_id, started_at=at, etag=f'"{n}"')
        rows = [*rows_of(URLS[4 * n : 4 * n + 4], run_id), to_row(poll, at)]
        publish_rows(store, run_id, rows)
    return store


def compacted(store: Store, before: date = date.max) -> list[compacting.Day]:
    """Compact as a writer does."""
    with store.writing():
        return list(compact(store, before, NOW + timedelta(days=1)))


def test_a_day_becomes_one_file(store: Store):
    """Each partition has one file with all rows in order; manifests say what became of the others."""
    days = compacted(fill(store))

    assert [(day.dataset, day.files_before, day.files_after) for day in days] == [
        ("articles", 4, 1),
        ("articles", 4, 1),
        ("feed_runs", 4, 1),
    ]
    assert len(published_files(store, "articles")) == 2
    assert published(store) == URLS
    assert verify(store).faults == []
    for file in published_files(store, "articles"):
        times = columns_of(store, file, ["published_at"])["published_at"].to_pylist()
        assert times == sorted(times)
        assert file.compacted


def test_compacting_again_changes_nothing(store: Store):
    """A day with one file has nothing to gain."""
    compacted(fill(store))

    assert compacted(store) == []


def test_days_that_are_too_young_stay(store: Store):
    """Only dates before the given one are touched."""
    dates = {file.date for file in published_files(fill(store), "articles")}
    compacted(store, date.fromisoformat(max(dates)))

    assert Counter(file.date for file in published_files(store, "articles")) == {min(dates): 1, max(dates): 4}


def test_large_files_stay_as_they_are(store: Store, monkeypatch: pytest.MonkeyPatch):
    """What is large enough is not rewritten for the sake of a small one, and no file grows over the target."""
    fill(store)
    size = max(file.bytes for file in published_files(store, "articles"))
    monkeypatch.setattr(compacting, "TARGET_BYTES", int(size * 2.5))
    days = compacted(store)
    # a day is told once, however many files it becomes
    assert [day[:4] for day in days if day.dataset == "articles"] == [("articles", day.date, 4, 2) for day in days[:2]]
    two_each = published_files(store, "articles")
    monkeypatch.setattr(compacting, "_SMALL", min(file.bytes for file in two_each))
    compacted(store)

    assert Counter(Counter(file.date for file in two_each).values()) == {2: 2}
    assert published_files(store, "articles") == two_each
    assert published(store) == URLS


def test_a_run_decides_as_before(store: Store):
    """What is known of articles and feeds is the same before and after: the newest row, and the run that wrote it."""
    fill(store)
    ids = published(store, "article_id")
    feeds = [feed_run().feed_url]
    known, states = find_known(store, ids), feed_states(feeds, store, NOW)
    compacted(store)

    assert find_known(store, ids) == known
    assert feed_states(feeds, store, NOW) == states
    assert states[feeds[0]].etag == f'"{RUNS - 1}"'


def test_old_rows_in_a_young_file_are_no_recent_ones(store: Store):
    """A compacted file counts as recent if one of its runs is, but only the rows of recent runs do."""
    old = new_run_id(NOW - 2 * WINDOW)
    for run_id, urls in ((old, URLS[:2]), (SLOT.run_id, URLS[2:4])):
        commit_files(store, run_id, staged(store, rows_of(urls, run_id)))
    compacted(store)
    files = published_files(store, "articles", NOW - WINDOW)
    rows = [row for file in files for row in columns_of(store, file, ["url", "run_id"], since=NOW - WINDOW).to_pylist()]

    assert len(files) == 2
    assert {row["run_id"] for row in rows} == {SLOT.run_id}
    assert len(rows) == 2


@pytest.mark.parametrize("placed", [0, 1])
def test_a_swap_that_was_interrupted_is_finished(store: Store, placed: int):
    """With a manifest the new file comes and the old ones go; a view shows either all of one or all of the other."""
    fill(store)
    compacted(store, date.fromisoformat(max(file.date for file in published_files(store, "articles"))))
    run_id = min(set(run_ids(store, "_meta/manifests")) - set(published(store, "run_id")))
    manifest = read_manifest(store, run_id)
    data = store.read(manifest.files[0].path)
    store.write(manifest.files[0].staged, data)
    store.delete([f"_meta/done/{run_id}", *([] if placed else [manifest.files[0].path])])
    if placed:  # killed between two of the deletions
        store.write(manifest.replaced[0], data)
    shown = {file.path for file in take_snapshot(store).files["articles"]}

    assert read_state(store).pending == (run_id,)
    assert (manifest.files[0].path in shown) == bool(placed)
    assert manifest.replaced[0] not in shown
    assert recover(store, Alone()) == [run_id]
    assert published(store) == URLS


def test_a_file_without_todays_columns_is_brought_up(store: Store):
    """Columns that an older version did not know are null in the compacted file."""
    commit_files(store, SLOT.run_id, staged(store, rows_of(URLS[:1])))
    (file,) = published_files(store, "articles")
    with store.open(file.path) as source:
        old = pq.read_table(source).drop_columns(["entry_flags"])
    sink = pa.BufferOutputStream()
    pq.write_table(old, sink)
    store.write(file.path, bytes(sink.getvalue()))
    commit_files(store, NEXT_SLOT.run_id, staged(store, rows_of(URLS[2:3], NEXT_SLOT.run_id)))
    compacted(store)
    (file,) = published_files(store, "articles")

    assert columns_of(store, file, ["entry_flags"])["entry_flags"].null_count == 1
    assert published(store) == [URLS[0], URLS[2]]


def test_a_file_of_a_later_version_stays(store: Store, monkeypatch: pytest.MonkeyPatch):
    """After going back to an older version, columns that it does not know are not lost: their files are left alone."""
    fill(store)
    schema = compacting.schema_of("articles")
    older = pa.schema([field for field in schema if field.name != "sketch_version"], schema.metadata)
    monkeypatch.setattr(compacting, "schema_of", lambda name: older if name == "articles" else schema_of(name))

    assert [day.dataset for day in compacted(store)] == ["feed_runs"]
    assert len(published_files(store, "articles")) == 2 * RUNS

"""Makers of what the write stage takes in, and a reader of what it puts out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.article import Article, Mark, Marked, Tagged, Term, Topic
from schemas.feed_run import FeedRun
from tests.makers import FEED, NOW, SLOT, article
from transforms.layout import DATASETS, record_path
from transforms.manifest import Manifest, ManifestFile
from transforms.published import columns_of, published_files
from transforms.store.base import Store
from transforms.store.open import store_of
from transforms.write.commit import commit
from transforms.write.record import run_record
from transforms.write.rows import Row, to_row
from transforms.write.stage import stage_file
from transforms.write.table import encode

SKETCH = (3).to_bytes(2, "little") + b"\x00\xff" * 8
TOPIC = Topic("diplomacy", 0.75, (Term("summit", "title", 8, 2, 1.5), Term("treaty", "body", 40, 1, 0.5)))
COPY = Mark("c" * 32, "c" * 32, "copy", 0.9, 0.8, 3600)


def marked(one: Article | None = None, mark: Mark | None = None, topics: tuple[Topic, ...] = (TOPIC,)) -> Marked:
    """An article that is ready to be written; the canonical of its cluster unless a mark says otherwise."""
    one = one or article("They met.")
    mark = mark or Mark(one.article_id, None, None, None, None, None)
    return Marked(Tagged(one, SKETCH, 7, topics, "news@1+abc"), mark)


def feed_run(**changes: Any) -> FeedRun:
    """A poll that went well."""
    made = FeedRun(
        feed_url=FEED.url,
        final_url=FEED.url,
        feed_title=FEED.title,
        run_id=SLOT.run_id,
        started_at=NOW,
        duration_ms=120,
        outcome="ok",
        reason="",
        http_status=200,
        bytes=2_048,
        etag='"1"',
        last_modified="",
        body_sha256="b" * 64,
        entries=3,
        entries_new=2,
        entries_changed=1,
        newest_entry_at=NOW - timedelta(hours=2),
        next_poll_at=NOW + timedelta(hours=1),
        retry_after_at=NOW + timedelta(minutes=5),
        consecutive_failures=0,
        failure_weight=0.0,
        poll_interval_s=3_600,
        fresh_for_s=300,
        moved_to="",
        moved_at=None,
        guid_trusted=True,
    )
    return replace(made, **changes)


# a store, or the folder that is one
Output = Store | Path


def as_store(output: Output) -> Store:
    """The store of a folder."""
    return store_of(output) if isinstance(output, Path) else output


def staged(output: Output, rows: list[Row]) -> list[ManifestFile]:
    """The rows in unpublished files, one a partition."""
    targets = sorted({(row.run_id, row.dataset, row.date) for row in rows})
    return [
        stage_file(as_store(output), *target, [encode(target[1], [row.values for row in rows if row[:3] == target])])
        for target in targets
    ]


def commit_files(
    output: Output, run_id: str, files: Iterable[ManifestFile], documents: dict[str, Any] | None = None
) -> None:
    """Publish staged files, and documents beside them, as a run."""
    commit(as_store(output), Manifest(run_id, tuple(files), documents or {}))


def publish_rows(output: Output, run_id: str, rows: list[Row]) -> None:
    """Publish rows as a run, with the record that belongs to it."""
    files = staged(output, rows)
    record = run_record(run_id, [], files, {}, NOW)
    record["balance"]["holds"] = True  # nobody counted what came in
    commit_files(output, run_id, files, {record_path(run_id): record})


def rows_of(urls: list[str], run_id: str = SLOT.run_id, at: datetime = NOW) -> list[Row]:
    """A row of `articles/` for each URL, on two dates by turns."""
    made = (
        article("They met.", url, run_id=run_id, published_at=at - timedelta(days=number % 2))
        for number, url in enumerate(urls)
    )
    return [to_row(marked(one), at) for one in made]


def published(output: Output, column: str = "url", dataset: str = "articles") -> list[Any]:
    """A column over all published files of a dataset, sorted; a file that cannot be read is an error."""
    store = as_store(output)
    tables = [columns_of(store, file, [column]) for file in published_files(store, dataset)]
    return sorted(value for table in tables for value in table[column].to_pylist())


def files_below(output: Output) -> dict[str, bytes]:
    """Every file of the datasets with its bytes."""
    store = as_store(output)
    return {path: store.read(path) for dataset in DATASETS for path in store.files(dataset)}

"""Ids in, what is published under them out: the newest row of an article, the newest dead letter of an entry."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from schemas.entry import Entry, Known
from schemas.slot import Slot
from transforms.dead_letters import MAX_AGE, from_payload
from transforms.layout import ARTICLE_DATASETS, published_files
from transforms.published import columns_of, rows_with

_KNOWN = [
    "article_id",
    "feed_url",
    "entry_sha256",
    "content_sha256",
    "title",
    "revision_no",
    "cluster_id",
    "duplicate_of",
    "duplicate_kind",
    "first_seen_at",
]
_LETTER = ["article_id", "final", "next_attempt_at", "attempt", "payload"]


@dataclass(frozen=True)
class Failure:
    """The newest dead letter of an entry."""

    final: bool
    next_attempt_at: datetime | None
    attempt: int
    # what was tried; "" for an entry without a link
    payload: str


def find_known(output: Path, ids: Iterable[str]) -> dict[str, Known]:
    """The newest published row of each id that has one, over articles, reprints and revisions of all time."""
    found: dict[str, Known] = {}
    for file, table in rows_with(output, ARTICLE_DATASETS, "article_id", pa.array(sorted(ids), pa.string()), _KNOWN):
        for row in table.to_pylist():
            article_id = row.pop("article_id")
            if article_id not in found or row["revision_no"] > found[article_id].revision_no:
                found[article_id] = Known(**row, run_id=file.run_id)
    return found


def find_failures(output: Path, ids: Iterable[str]) -> dict[str, Failure]:
    """The newest dead letter of each id that has one."""
    found: dict[str, Failure] = {}
    for _, table in rows_with(output, ("dead_letters",), "article_id", pa.array(sorted(ids), pa.string()), _LETTER):
        for row in table.to_pylist():
            found.setdefault(row.pop("article_id"), Failure(**row))  # files come newest first
    return found


def find_retries(output: Path, slot: Slot) -> list[Entry]:
    """Entries whose newest dead letter is not final and due: to be tried again from the letter's own payload."""
    now = slot.started_at
    newest: dict[str, tuple[str, Failure]] = {}
    # a letter older than the oldest try is final by now; a day more for runs that took long
    for file in published_files(output, "dead_letters", now - MAX_AGE - timedelta(days=1)):
        for row in columns_of(file, _LETTER).to_pylist():
            article_id = row.pop("article_id")
            if article_id is not None:
                newest.setdefault(article_id, (file.run_id, Failure(**row)))
    due = {i: (run, failure) for i, (run, failure) in newest.items() if is_due(failure, now) and failure.payload}
    published = find_known(output, due)
    return [
        replace(from_payload(failure.payload), attempt=failure.attempt, run_id=slot.run_id)
        for article_id, (run_id, failure) in due.items()
        # an edit that failed after the newest row counts, too: its feed may answer that nothing has changed since
        if article_id not in published or published[article_id].run_id < run_id
    ]


def is_due(failure: Failure, now: datetime) -> bool:
    """Whether a failure is worth another try at `now`."""
    return not failure.final and failure.next_attempt_at is not None and failure.next_attempt_at <= now

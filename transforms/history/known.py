"""Ids in, what is published under them out: the newest row of an article, the newest dead letter of an entry."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyarrow as pa

from schemas.entry import Entry, Known
from schemas.slot import Slot
from transforms.dead_letters import MAX_AGE, from_payload
from transforms.layout import ARTICLE_DATASETS
from transforms.published import columns_of, published_files, rows_with
from transforms.store.base import Store

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
    "run_id",
]
_LETTER = ["article_id", "run_id", "final", "next_attempt_at", "attempt", "payload"]


@dataclass(frozen=True)
class Failure:
    """The newest dead letter of an entry."""

    final: bool
    next_attempt_at: datetime | None
    attempt: int
    # what was tried; "" for an entry without a link
    payload: str


def find_known(store: Store, ids: Iterable[str]) -> dict[str, Known]:
    """The newest published row of each id that has one, over articles, reprints and revisions of all time."""
    found: dict[str, Known] = {}
    for _, table in rows_with(store, ARTICLE_DATASETS, "article_id", pa.array(sorted(ids), pa.string()), _KNOWN):
        for row in table.to_pylist():
            article_id = row.pop("article_id")
            if article_id not in found or row["revision_no"] > found[article_id].revision_no:
                found[article_id] = Known(**row)
    return found


def find_failures(store: Store, ids: Iterable[str]) -> dict[str, Failure]:
    """The newest dead letter of each id that has one."""
    wanted = pa.array(sorted(ids), pa.string())
    tables = (table for _, table in rows_with(store, ("dead_letters",), "article_id", wanted, _LETTER))
    return {article_id: failure for article_id, (_, failure) in _newest(tables).items()}


def find_retries(store: Store, slot: Slot) -> list[Entry]:
    """Entries whose newest dead letter is not final and due: to be tried again from the letter's own payload."""
    now = slot.started_at
    # a letter older than the oldest try is final by now; a day more for runs that took long
    since = now - MAX_AGE - timedelta(days=1)
    files = published_files(store, "dead_letters", since)
    newest = _newest(columns_of(store, file, _LETTER, since=since) for file in files)
    due = {i: (run, failure) for i, (run, failure) in newest.items() if is_due(failure, now) and failure.payload}
    published = find_known(store, due)
    return [
        replace(from_payload(failure.payload), attempt=failure.attempt, retried=True, run_id=slot.run_id)
        for article_id, (run_id, failure) in due.items()
        # an edit that failed after the newest row counts, too: its feed may answer that nothing has changed since
        if article_id not in published or published[article_id].run_id < run_id
    ]


def _newest(tables: Iterable[pa.Table]) -> dict[str, tuple[str, Failure]]:
    """The newest letter of each entry, and the run it is of; letters of feeds are left out."""
    found: dict[str, tuple[str, Failure]] = {}
    for table in tables:
        for row in table.to_pylist():
            article_id, run_id = row.pop("article_id"), row.pop("run_id")
            if article_id is not None and run_id >= found.get(article_id, (run_id,))[0]:
                found[article_id] = run_id, Failure(**row)
    return found


def is_due(failure: Failure, now: datetime) -> bool:
    """Whether a failure is worth another try at `now`."""
    return not failure.final and failure.next_attempt_at is not None and failure.next_attempt_at <= now

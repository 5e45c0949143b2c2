"""Where things lie under an output: the datasets, the manifests, the unpublished files; and the names that say which
run wrote what.

articles/date=2021-06-16/part-20261124T170000Z-3f9c2a1b-000.parquet     published: what readers glob
articles/date=2021-06-16/part-20261124T170000Z-3f9c2a1b-8d2e-000.parquet    several of these in one, up to that run
_staging/20261124T170000Z-3f9c2a1b/….parquet    not published yet
_meta/manifests/<run>.json      the commit point          _meta/done/<run>       published in full
_meta/runs/<run>.json           the record of the run     _meta/lock, leases/    one writer at a time
_meta/stop_anchors/<run>.json   anchors of boilerplate found in the run
_meta/corrections/<run>.json    published articles that belong to another cluster now

All paths are relative to the output, with slashes.
"""

import re
from datetime import datetime, timezone
from functools import lru_cache
from typing import NamedTuple
from uuid import uuid4

DATASETS = ("articles", "reprints", "revisions", "feed_runs", "dead_letters")
# the three that hold articles and share one schema
ARTICLE_DATASETS = DATASETS[:3]

# folders
MANIFESTS, DONE, STAGING = "_meta/manifests", "_meta/done", "_staging"

_STAMP = "%Y%m%dT%H%M%SZ"
_RUN = r"\d{8}T\d{6}Z-[0-9a-f]{8}"
_PART = re.compile(rf"({'|'.join(DATASETS)})/date=(\d{{4}}-\d\d-\d\d)/part-({_RUN})(-[0-9a-f]{{4}})?-\d+\.parquet")


class PublishedFile(NamedTuple):
    """One data file that readers see."""

    dataset: str
    # YYYY-MM-DD
    date: str
    # the run that wrote it; of a compacted file the newest whose rows are in it
    run_id: str
    path: str
    bytes: int
    compacted: bool


def new_run_id(started_at: datetime) -> str:
    """A run id that sorts by time, out of the slot's start (UTC).

    >>> new_run_id(datetime(2026, 11, 24, 17, tzinfo=timezone.utc))[:17]
    '20261124T170000Z-'
    """
    return f"{stamp(started_at)}-{uuid4().hex[:8]}"


def stamp(at: datetime) -> str:
    """How run ids begin: those that started at `at` or later are not less.

    >>> stamp(datetime(2026, 11, 24, 17, tzinfo=timezone.utc))
    '20261124T170000Z'
    """
    return f"{at.astimezone(timezone.utc):{_STAMP}}"


@lru_cache(maxsize=64)  # asked for each article, of one run
def started_at(run_id: str) -> datetime:
    """When the slot of a run started, to the second.

    >>> started_at("20261124T170000Z-3f9c2a1b").isoformat()
    '2026-11-24T17:00:00+00:00'
    """
    return datetime.strptime(run_id.partition("-")[0], _STAMP).replace(tzinfo=timezone.utc)


def part_path(dataset: str, date: str, run_id: str, shard: int) -> str:
    """The path of a data file.

    >>> part_path("articles", "2021-06-16", "20261124T170000Z-3f9c2a1b", 0)
    'articles/date=2021-06-16/part-20261124T170000Z-3f9c2a1b-000.parquet'
    """
    return f"{dataset}/date={date}/part-{run_id}-{shard:03d}.parquet"


def compacted_path(dataset: str, date: str, run_id: str, shard: int) -> str:
    """The path of a file that holds rows of several runs, `run_id` the newest of them; another one at each call.

    >>> compacted_path("articles", "2021-06-16", "20261124T170000Z-3f9c2a1b", 0)[-12:]
    '-000.parquet'
    """
    return f"{dataset}/date={date}/part-{run_id}-{uuid4().hex[:4]}-{shard:03d}.parquet"


def published_file(path: str, size: int = 0) -> PublishedFile | None:
    """What a path says of a data file; None where it is none of ours.

    >>> published_file("articles/date=2021-06-16/part-20261124T170000Z-3f9c2a1b-000.parquet").date
    '2021-06-16'
    """
    match = _PART.fullmatch(path)
    return match and PublishedFile(match[1], match[2], match[3], path, size, match[4] is not None)


def staging(run_id: str) -> str:
    """The folder of a run's unpublished files."""
    return f"{STAGING}/{run_id}"


def manifest_path(run_id: str) -> str:
    """The file whose appearance commits a run."""
    return f"{MANIFESTS}/{run_id}.json"


def done_path(run_id: str) -> str:
    """The file that says that everything in a manifest is in place."""
    return f"{DONE}/{run_id}"


def document_path(kind: str, run_id: str) -> str:
    """The file of a small finding, of a kind that `schemas.document.Document` lists."""
    return f"_meta/{kind}/{run_id}.json"


def record_path(run_id: str) -> str:
    """The record of a run: its balance, its tallies, its times."""
    return document_path("runs", run_id)

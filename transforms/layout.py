"""Where things lie under an output: the datasets, the manifests, the unpublished files; and the names that say which
run wrote what.

articles/date=2021-06-16/part-20261124T170000Z-3f9c2a1b-000.parquet     published: what readers glob
_staging/20261124T170000Z-3f9c2a1b/articles/date=2021-06-16/part-….parquet
_meta/manifests/<run>.json      the commit point          _meta/done/<run>       published in full
_meta/runs/<run>.json           the record of the run     _meta/lock             one writer at a time
_meta/stop_anchors/<run>.json   anchors of boilerplate found in the run
_meta/corrections/<run>.json    published articles that belong to another cluster now
"""

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

DATASETS = ("articles", "reprints", "revisions", "feed_runs", "dead_letters")
# the three that hold articles and share one schema
ARTICLE_DATASETS = DATASETS[:3]

_STAMP = "%Y%m%dT%H%M%SZ"
_PART = re.compile(r"part-(\d{8}T\d{6}Z-[0-9a-f]{8})-\d+\.parquet")


class PublishedFile(NamedTuple):
    """One data file that readers see."""

    path: Path
    run_id: str


def new_run_id(started_at: datetime) -> str:
    """A run id that sorts by time, out of the slot's start (UTC).

    >>> new_run_id(datetime(2026, 11, 24, 17, tzinfo=timezone.utc))[:17]
    '20261124T170000Z-'
    """
    return f"{started_at.astimezone(timezone.utc):{_STAMP}}-{uuid4().hex[:8]}"


def started_at(run_id: str) -> datetime:
    """When the slot of a run started, to the second.

    >>> started_at("20261124T170000Z-3f9c2a1b").isoformat()
    '2026-11-24T17:00:00+00:00'
    """
    return datetime.strptime(run_id.partition("-")[0], _STAMP).replace(tzinfo=timezone.utc)


def part_path(dataset: str, date: str, run_id: str, shard: int) -> str:
    """The path of a data file below the output.

    >>> part_path("articles", "2021-06-16", "20261124T170000Z-3f9c2a1b", 0)
    'articles/date=2021-06-16/part-20261124T170000Z-3f9c2a1b-000.parquet'
    """
    return f"{dataset}/date={date}/part-{run_id}-{shard:03d}.parquet"


def published_files(output: Path, dataset: str, since: datetime | None = None) -> list[PublishedFile]:
    """The data files of a dataset, newest run first; only those of runs that started at `since` or later.

    Chosen by the run id in the name and never by the partition date: an old date may be published today.
    """
    first = "" if since is None else f"{since.astimezone(timezone.utc):{_STAMP}}"
    names = ((path, _PART.fullmatch(path.name)) for path in (output / dataset).glob("date=*/part-*.parquet"))
    found = [PublishedFile(path, match[1]) for path, match in names if match and match[1] >= first]
    return sorted(found, key=lambda file: (file.run_id, file.path.name, str(file.path)), reverse=True)


def newest_run(output: Path) -> str:
    """The id of the last run that was committed, "" for none."""
    return max((path.stem for path in (output / "_meta" / "manifests").glob("*.json")), default="")


def staging(output: Path, run_id: str) -> Path:
    """The folder of a run's unpublished files."""
    return output / "_staging" / run_id


def manifest_path(output: Path, run_id: str) -> Path:
    """The file whose appearance commits a run."""
    return output / "_meta" / "manifests" / f"{run_id}.json"


def done_path(output: Path, run_id: str) -> Path:
    """The file that says that everything in a manifest is in place."""
    return output / "_meta" / "done" / run_id


def record_path(output: Path, run_id: str) -> Path:
    """The record of a run: its balance, its tallies, its times."""
    return output / "_meta" / "runs" / f"{run_id}.json"

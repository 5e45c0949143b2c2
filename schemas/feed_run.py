"""Feed runs: what one poll of one feed gave; the fields are the columns of `feed_runs/` (docs/data-dictionary.md)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FeedRun:
    """One poll of one feed in one run."""

    feed_url: str
    # after redirects
    final_url: str
    feed_title: str
    run_id: str
    started_at: datetime
    duration_ms: int
    # ok, not_modified, failed, gone
    outcome: str
    # a key of REASONS where the poll failed, else ""
    reason: str
    # 0 where no answer came
    http_status: int
    # of the body, after inflating
    bytes: int
    etag: str
    last_modified: str
    body_sha256: str
    # listed, those never published, and those published with another statement
    entries: int
    entries_new: int
    entries_changed: int
    newest_entry_at: datetime | None
    # None: due at the next run
    next_poll_at: datetime | None
    retry_after_at: datetime | None
    consecutive_failures: int
    failure_weight: float
    # seconds between polls as learned, and as the server and the feed ask
    poll_interval_s: int
    fresh_for_s: int
    # where permanent redirects lead, "" for nowhere, and since when
    moved_to: str
    moved_at: datetime | None
    # False where the GUIDs are missing or repeated too often to identify entries
    guid_trusted: bool

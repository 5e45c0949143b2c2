"""Feeds in, polls out: what the newest published row of each feed remembers."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from schemas.feed import Feed, FeedState, Poll
from schemas.slot import Slot
from transforms.published import rows_with

_STATE = ["feed_title", "etag", "last_modified", "body_sha256", "consecutive_failures"]
# a feed that was not polled for so long is fetched as if for the first time
_MEMORY = timedelta(days=30)


def plan_polls(feeds: Iterable[Feed], output: Path, slot: Slot) -> list[Poll]:
    """One poll per feed, with the state that its newest `feed_runs` row gives."""
    feeds = list(feeds)
    urls = pa.array(sorted({feed.url for feed in feeds}), pa.string())
    states: dict[str, FeedState] = {}
    for _, table in rows_with(
        output, ("feed_runs",), "feed_url", urls, ["feed_url", *_STATE], since=slot.started_at - _MEMORY
    ):
        for row in table.to_pylist():
            states.setdefault(row.pop("feed_url"), FeedState(**row))  # files come newest first
    return [Poll(feed, states.get(feed.url, FeedState()), slot) for feed in feeds]

"""Feeds in, those that are due out, each with what the newest published row remembers of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from schemas.feed import Feed, FeedState, Poll
from schemas.slot import Slot
from transforms.published import rows_with
from transforms.store.base import Store

_STATE = [field.name for field in fields(FeedState)]
# a feed that was not polled for so long is fetched as if for the first time
_MEMORY = timedelta(days=30)


@dataclass
class Plan:
    """The polls of a slot, and how many feeds are left out."""

    polls: list[Poll] = field(default_factory=list)
    not_due: int = 0
    # they answered 410: gone for good
    ended: int = 0


def plan_polls(feeds: Iterable[Feed], store: Store, slot: Slot) -> Plan:
    """Return one poll for each feed that is due at the slot's start."""
    feeds, plan = list(feeds), Plan()
    states = feed_states((feed.url for feed in feeds), store, slot.started_at)
    for feed in feeds:
        state = states.get(feed.url, FeedState())
        if state.outcome == "gone":
            plan.ended += 1
        elif not _is_due(feed, state, slot.started_at):
            plan.not_due += 1
        else:
            plan.polls.append(Poll(feed, state, slot))
    return plan


def feed_states(urls: Iterable[str], store: Store, now: datetime) -> dict[str, FeedState]:
    """Return what the newest row of each feed says, of those polled within a month."""
    wanted = pa.array(sorted(set(urls)), pa.string())
    newest: dict[str, dict[str, Any]] = {}
    found = rows_with(store, ("feed_runs",), "feed_url", wanted, ["feed_url", "run_id", *_STATE], since=now - _MEMORY)
    for file, table in found:
        if len(newest) == len(wanted) and all(row["run_id"] >= file.run_id for row in newest.values()):
            break  # the files that follow have older rows only
        for row in table.to_pylist():
            other = newest.setdefault(row["feed_url"], row)
            if row["run_id"] > other["run_id"]:
                newest[row["feed_url"]] = row
    return {url: _state(row) for url, row in newest.items()}


def _state(row: dict[str, Any]) -> FeedState:
    """A row's state; what an older version did not write is as for a feed never fetched."""
    return FeedState(**{name: row[name] for name in _STATE if row[name] is not None})


def _is_due(feed: Feed, state: FeedState, now: datetime) -> bool:
    """Never before the server allows it; else when its time has come, and always where the operator set no minimum."""
    if state.retry_after_at and now < state.retry_after_at:
        return False
    return feed.min_poll == 0 or state.next_poll_at is None or state.next_poll_at <= now

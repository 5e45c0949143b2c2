"""Feeds in, those that are due out, each with what the newest published row remembers of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from schemas.feed import Feed, FeedState, Poll
from schemas.slot import Slot
from transforms.published import published_files, rows_of
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
    wanted, newest, since = sorted(set(urls)), dict[str, dict[str, Any]](), now - _MEMORY
    for file in published_files(store, "feed_runs", since):
        # the files that follow have older rows only: whoever is found as new as this one is settled
        wanted = [url for url in wanted if url not in newest or newest[url]["run_id"] < file.run_id]
        if not wanted:
            break
        names = ["feed_url", "run_id", *_STATE]
        table = rows_of(store, file, "feed_url", pa.array(wanted, pa.string()), names, since=since)
        for row in _newest_of_each(table).to_pylist() if table else ():
            if row["run_id"] > newest.get(row["feed_url"], {"run_id": ""})["run_id"]:
                newest[row["feed_url"]] = row
    return {url: _state(row) for url, row in newest.items()}


def _newest_of_each(table: pa.Table) -> pa.Table:
    """One row a feed: a compacted file has one of each run."""
    ordered = table.sort_by([("run_id", "descending")]).combine_chunks()
    feeds = ordered["feed_url"].combine_chunks().dictionary_encode().indices.to_numpy()
    return ordered.take(np.unique(feeds, return_index=True)[1])


def _state(row: dict[str, Any]) -> FeedState:
    """A row's state; what an older version did not write is as for a feed never fetched."""
    return FeedState(**{name: row[name] for name in _STATE if row[name] is not None})


def _is_due(feed: Feed, state: FeedState, now: datetime) -> bool:
    """Never before the server allows it; else when its time has come, and always where the operator set no minimum."""
    if state.retry_after_at and now < state.retry_after_at:
        return False
    return feed.min_poll == 0 or state.next_poll_at is None or state.next_poll_at <= now

"""One poll's outcome in, when the feed is polled next out.

Learned: the interval is halved when a poll brought something new and grows by a quarter when it did not, so that a feed
settles at about four polls for each time it changes (one poll in four halves what three others grow). Failures do not
change it but stretch the wait, in proportion to their weight.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from schemas.feed import Feed
from schemas.feed_run import FeedRun

_FIRST = 1_800
_FASTER, _SLOWER = 0.5, 1.25
# waits are multiplied by 1 + this times the weight of the failures in a row
_STRETCH = 2.0
# how much a failure weighs: what passes by itself, what may, and all else, which somebody has to mend
_TEMPORARY, _SOFT, _HARD = 0.25, 0.5, 1.0
_WEIGHTS = {
    **dict.fromkeys(
        ("timeout", "dns_error", "connect_error", "truncated", "http_5xx", "rate_limited", "over_budget"), _TEMPORARY
    ),
    # feeds come back
    **dict.fromkeys(("http_404", "bad_http", "bad_encoding", "empty_body", "parse_timeout"), _SOFT),
}
# share of a wait by which feeds that were refused together come apart
_JITTER = 0.1


def failure_weight(reason: str) -> float:
    """How sure a failure is to last, 0.25 to 1.

    >>> failure_weight("timeout"), failure_weight("http_404"), failure_weight("not_a_feed")
    (0.25, 0.5, 1.0)
    """
    return _WEIGHTS.get(reason, _HARD)


def scheduled(run: FeedRun, feed: Feed, now: datetime) -> FeedRun:
    """Return a poll's row with the learned interval and the next time; `now` is the slot's start.

    The row comes with what the feed knew before: its interval, and the weight of earlier failures.
    """
    if run.outcome == "gone":
        return replace(run, next_poll_at=None)
    interval: float
    if run.outcome == "failed":
        weight = run.failure_weight + failure_weight(run.reason)
        interval, wait = run.poll_interval_s, (run.poll_interval_s or _FIRST) * (1 + _STRETCH * weight)
    else:
        weight, interval = 0.0, _bounded(_learned(run), feed)
        wait = interval
    wait = _bounded(wait, feed) + (_jitter(run) * wait if run.reason == "rate_limited" else 0)
    due = max(now + timedelta(seconds=round(wait)), _stale_at(run, feed), run.retry_after_at or now)
    return replace(run, failure_weight=weight, poll_interval_s=round(interval), next_poll_at=due)


def _stale_at(run: FeedRun, feed: Feed) -> datetime:
    """When the answer is no longer fresh, counted from its end; within the longest wait. A failure is none."""
    answered = run.started_at + timedelta(milliseconds=run.duration_ms)
    fresh = 0 if run.outcome == "failed" else min(run.fresh_for_s, feed.max_poll)
    return answered + timedelta(seconds=fresh)


def _learned(run: FeedRun) -> float:
    if not run.poll_interval_s:
        return _FIRST
    return run.poll_interval_s * (_FASTER if run.entries_new + run.entries_changed else _SLOWER)


def _bounded(seconds: float, feed: Feed) -> float:
    return min(max(seconds, feed.min_poll), feed.max_poll)


def _jitter(run: FeedRun) -> float:
    """The same for every try of one poll."""
    return _JITTER * (crc32(f"{run.run_id} {run.feed_url}".encode()) % 1_000) / 1_000

"""One poll of one feed: fetch it if it changed, parse it, and say how that went."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from schemas.entry import Entry, Refusal
from schemas.feed import Feed, Poll
from schemas.feed_run import FeedRun
from schemas.parsed_feed import ParsedFeed
from schemas.slot import Slot
from transforms.errors import ParseError, RejectError
from transforms.fetch.client import Answer, Client

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)

# parses (body, charset, url, feed, slot) in a sandbox; gives the feed and its CPU time in microseconds, or raises
# RejectError
Parser = Callable[[bytes, str, str, Feed, Slot], Awaitable[tuple[ParsedFeed, int]]]


@dataclass(frozen=True)
class Polled:
    """What one poll gave."""

    run: FeedRun
    entries: tuple[Entry, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    # failures of the feed as a whole
    errors: tuple[RejectError, ...] = ()
    cpu_us: int = 0


async def poll_feed(poll: Poll, client: Client, parse: Parser, max_bytes: int) -> Polled:
    """Fetch and parse one feed; every failure that it may have is in the result, none is raised."""
    run = blank = _blank(poll, datetime.now(timezone.utc))
    try:
        answer = await client.get(poll.feed.url, max_bytes=max_bytes, headers=_conditions(poll))
        fetched = _fetched(blank, answer)
        # a failure from here on keeps the old validators: with the new ones, what was never read would be not_modified
        run = replace(blank, final_url=fetched.final_url, http_status=fetched.http_status, bytes=fetched.bytes)
        if answer.status == 304 or fetched.body_sha256 == poll.state.body_sha256:
            return Polled(_timed(_unchanged(fetched, poll)))
        parsed, cpu_us = await parse(answer.body, answer.charset, answer.url, poll.feed, poll.slot)
    except RejectError as error:
        return Polled(_timed(_failed(run, poll, error)), errors=(error,))
    return Polled(_timed(_parsed(fetched, parsed)), parsed.entries, parsed.refusals, _over_cap(parsed), cpu_us)


def _conditions(poll: Poll) -> dict[str, str]:
    """Both validators, verbatim: a server may heed either."""
    headers = {"Accept": ACCEPT, "If-None-Match": poll.state.etag, "If-Modified-Since": poll.state.last_modified}
    return {name: value for name, value in headers.items() if value}


def _blank(poll: Poll, now: datetime) -> FeedRun:
    state = poll.state
    return FeedRun(
        feed_url=poll.feed.url,
        final_url=poll.feed.url,
        feed_title=poll.feed.title or state.feed_title,
        run_id=poll.slot.run_id,
        started_at=now,
        duration_ms=0,
        outcome="ok",
        reason="",
        http_status=0,
        bytes=0,
        etag=state.etag,
        last_modified=state.last_modified,
        body_sha256=state.body_sha256,
        entries=0,
        entries_new=0,
        entries_changed=0,
        newest_entry_at=None,
        next_poll_at=None,
        retry_after_at=None,
        consecutive_failures=0,
        guid_trusted=False,
    )


def _fetched(blank: FeedRun, answer: Answer) -> FeedRun:
    return replace(
        blank,
        final_url=answer.url,
        http_status=answer.status,
        bytes=len(answer.body),
        # a 304 may leave the validators out; what is known then still holds
        etag=answer.headers.get("etag", blank.etag if answer.status == 304 else ""),
        last_modified=answer.headers.get("last-modified", blank.last_modified if answer.status == 304 else ""),
        body_sha256=hashlib.sha256(answer.body).hexdigest() if answer.status != 304 else blank.body_sha256,
    )


def _unchanged(run: FeedRun, poll: Poll) -> FeedRun:
    return replace(run, outcome="not_modified", body_sha256=poll.state.body_sha256)


def _parsed(run: FeedRun, parsed: ParsedFeed) -> FeedRun:
    return replace(
        run,
        feed_title=parsed.title,
        entries=len(parsed.entries) + len(parsed.refusals),
        newest_entry_at=parsed.newest_entry_at,
        guid_trusted=parsed.guid_trusted,
    )


def _failed(run: FeedRun, poll: Poll, error: RejectError) -> FeedRun:
    return replace(
        run,
        outcome="gone" if error.reason == "http_410" else "failed",
        reason=error.reason,
        http_status=error.http_status or run.http_status,
        consecutive_failures=poll.state.consecutive_failures + 1,
    )


def _timed(run: FeedRun) -> FeedRun:
    passed = datetime.now(timezone.utc) - run.started_at
    return replace(run, duration_ms=round(passed.total_seconds() * 1000))


def _over_cap(parsed: ParsedFeed) -> tuple[RejectError, ...]:
    return (ParseError("entries_over_cap", f"{parsed.left_out:,} older entries left out"),) if parsed.left_out else ()

"""One poll of one feed: fetch it if it changed, parse it, and say how that went."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from schemas.entry import Entry, Refusal
from schemas.feed import Feed, Poll
from schemas.feed_run import FeedRun
from schemas.parsed_feed import ParsedFeed
from schemas.slot import Slot
from transforms import clock
from transforms.errors import FetchError, ParseError, RejectError
from transforms.fetch.client import Answer, Client
from transforms.fetch.credentials import private_headers
from transforms.fetch.parts import Part, Whole, whole_feed
from transforms.fetch.waits import fresh_for
from transforms.urls import same_origin

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)

# of the slot's time: the rest is for the pages
_PART = 0.5
# a permanent redirect that has led to the same place for so long is believed
_SETTLED = timedelta(days=3)

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
    # not fetched before the slot's deadline: to be forgotten
    left: bool = False


async def poll_feed(poll: Poll, client: Client, parse: Parser, max_bytes: int) -> Polled:
    """Fetch and parse one feed; every failure that it may have is in the result, none is raised."""
    run = blank = blank_run(poll, clock.now())
    try:
        url = address(poll)
        answer = await client.get(url, headers=_conditions(poll), **_wish(url, poll, max_bytes))
        fetched = _fetched(blank, answer, poll)
        # a failure from here on keeps the old validators: with the new ones, what was never read would be not_modified
        run = replace(blank, final_url=fetched.final_url, http_status=fetched.http_status, bytes=fetched.bytes)
        if answer.status == 304 or fetched.body_sha256 == poll.state.body_sha256:
            return Polled(_timed(_unchanged(fetched, poll)))
        parsed, cpu_us = await parse(answer.body, answer.charset, answer.url, poll.feed, poll.slot)
        whole = Whole(parsed, 0, cpu_us, ())
        if parsed.parts is not None:
            whole = await whole_feed(parsed, cpu_us, lambda url: _part(url, poll, client, parse, max_bytes))
            fetched = _of_index(fetched, whole)
    except RejectError as error:
        if error.reason == "over_deadline":
            return Polled(run, left=True)
        return Polled(_timed(_failed(run, poll, error)), errors=(error,))
    errors = (*_over_cap(whole.parsed), *whole.errors)
    run = _timed(_parsed(fetched, whole.parsed))
    return Polled(run, whole.parsed.entries, whole.parsed.refusals, errors, whole.cpu_us)


async def _part(url: str, poll: Poll, client: Client, parse: Parser, max_bytes: int) -> Part:
    """One sitemap of an index."""
    answer = await client.get(url, headers={"Accept": ACCEPT}, **_wish(url, poll, max_bytes))
    parsed, cpu_us = await parse(answer.body, answer.charset, answer.url, poll.feed, poll.slot)
    if parsed.parts is not None:
        raise ParseError("not_a_feed", "an index within an index")
    return Part(parsed, len(answer.body), cpu_us)


def _of_index(run: FeedRun, whole: Whole) -> FeedRun:
    """The run of an index: it is asked for whole every time, because its sitemaps may change when it does not."""
    return replace(run, bytes=run.bytes + whole.bytes, etag="", last_modified="", body_sha256="")


def _wish(url: str, poll: Poll, max_bytes: int) -> dict[str, Any]:
    private = private_headers(poll.feed) if same_origin(url, poll.feed.url) else {}
    return {"max_bytes": max_bytes, "private": private, "run_id": poll.slot.run_id, "part_of_slot": _PART}


def address(poll: Poll) -> str:
    """Return where a feed is asked for: as listed, or where permanent redirects have led for three days."""
    state = poll.state
    settled = state.moved_at is not None and poll.slot.started_at - state.moved_at >= _SETTLED
    return state.moved_to if settled else poll.feed.url


def _conditions(poll: Poll) -> dict[str, str]:
    """Both validators, verbatim: a server may heed either."""
    headers = {"Accept": ACCEPT, "If-None-Match": poll.state.etag, "If-Modified-Since": poll.state.last_modified}
    return {name: value for name, value in headers.items() if value}


def blank_run(poll: Poll, now: datetime) -> FeedRun:
    """The row of a poll before anything is known of its answer: what the last one knew."""
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
        failure_weight=state.failure_weight,
        poll_interval_s=state.poll_interval_s,
        fresh_for_s=state.fresh_for_s,
        moved_to=state.moved_to,
        moved_at=state.moved_at,
        guid_trusted=False,
    )


def _fetched(blank: FeedRun, answer: Answer, poll: Poll) -> FeedRun:
    fresh = round(fresh_for(answer.headers, blank.started_at))
    return replace(
        _moved(blank, answer, poll),
        # what the feed itself asks for is not known from a 304
        fresh_for_s=max(fresh, blank.fresh_for_s) if answer.status == 304 else fresh,
        final_url=answer.url,
        http_status=answer.status,
        bytes=len(answer.body),
        # a 304 may leave the validators out; what is known then still holds
        etag=answer.headers.get("etag", blank.etag if answer.status == 304 else ""),
        last_modified=answer.headers.get("last-modified", blank.last_modified if answer.status == 304 else ""),
        body_sha256=hashlib.sha256(answer.body).hexdigest() if answer.status != 304 else blank.body_sha256,
    )


def _moved(blank: FeedRun, answer: Answer, poll: Poll) -> FeedRun:
    """The run with where the feed has moved to: there since it was first seen so, or nowhere any more."""
    moved_to = answer.moved_to or (address(poll) if address(poll) != poll.feed.url else "")
    if moved_to == poll.state.moved_to:
        return blank
    return replace(blank, moved_to=moved_to, moved_at=poll.slot.started_at if moved_to else None)


def _unchanged(run: FeedRun, poll: Poll) -> FeedRun:
    return replace(run, outcome="not_modified", body_sha256=poll.state.body_sha256)


def _parsed(run: FeedRun, parsed: ParsedFeed) -> FeedRun:
    return replace(
        run,
        feed_title=parsed.title,
        entries=len(parsed.entries) + len(parsed.refusals),
        newest_entry_at=parsed.newest_entry_at,
        fresh_for_s=max(run.fresh_for_s, parsed.ttl_s),
        guid_trusted=parsed.guid_trusted,
    )


def _failed(run: FeedRun, poll: Poll, error: RejectError) -> FeedRun:
    if address(poll) != poll.feed.url:  # what is listed is asked again, before anything is concluded
        run = replace(run, moved_to="", moved_at=None)
    return replace(
        run,
        outcome="gone" if error.reason == "http_410" and address(poll) == poll.feed.url else "failed",
        retry_after_at=error.retry_at if isinstance(error, FetchError) else None,
        reason=error.reason,
        http_status=error.http_status or run.http_status,
        consecutive_failures=poll.state.consecutive_failures + 1,
    )


def _timed(run: FeedRun) -> FeedRun:
    passed = clock.now() - run.started_at
    return replace(run, duration_ms=round(passed.total_seconds() * 1000))


def _over_cap(parsed: ParsedFeed) -> tuple[RejectError, ...]:
    return (ParseError("entries_over_cap", f"{parsed.left_out:,} older entries left out"),) if parsed.left_out else ()

"""One feed of a list in, what is wrong with it and what to do about it out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.dead_letter import REASONS
from schemas.feed import Feed, FeedState, Poll
from schemas.feed_run import FeedRun
from schemas.slot import Slot
from transforms.errors import FetchError
from transforms.fetch.client import Client
from transforms.fetch.discover import discover_feeds
from transforms.fetch.poll import Parser, Polled, poll_feed

_STALE = timedelta(days=30)
# share of entries with their text from which no page need be fetched
_FULL = 0.9
_MAX_BYTES = 10_000_000
_WAYS_OUT = {
    "http_404": "look for its new address with dateline feeds discover",
    "http_410": "take it off the list",
    "http_403": "it may want a --contact, a password or a token",
    "dns_error": "is the host spelt right?",
    "tls_error": "its certificate is for its operator to mend",
    "secret_missing": "set what the list names",
    "rate_limited": "leave it alone for a while",
    "blocked_address": "for a site of your own, see --allow_private_hosts",
}


@dataclass(frozen=True)
class Checked:
    """How a first poll of a feed went."""

    feed: Feed
    run: FeedRun
    # sentences: what keeps it from being fetched or used, and what is merely worth knowing
    faults: tuple[str, ...]
    hints: tuple[str, ...]


async def check_feed(feed: Feed, client: Client, parse: Parser, slot: Slot) -> Checked:
    """Poll a feed as if for the first time and judge what it gives; raises nothing that a server may do."""
    polled = await poll_feed(Poll(feed, FeedState(), slot), client, parse, _MAX_BYTES)
    if polled.run.outcome != "ok":
        return Checked(feed, polled.run, (_fault(polled), *await _elsewhere(polled, client)), ())
    faults = [*_faults(polled), *await _robots(polled, client)]
    return Checked(feed, polled.run, tuple(faults), tuple(_hints(polled, slot.started_at)))


def _fault(polled: Polled) -> str:
    error = polled.errors[0]
    way_out = f"; {_WAYS_OUT[error.reason]}" if error.reason in _WAYS_OUT else ""
    return f"{REASONS[error.reason].meaning}{way_out} ({error.detail or error.reason})"


async def _elsewhere(polled: Polled, client: Client) -> list[str]:
    """The feeds that a web page in the feed's place names."""
    if polled.run.reason != "not_a_feed_html":
        return []
    try:
        page = await client.get(polled.run.final_url, max_bytes=_MAX_BYTES)
    except FetchError:  # it was there a moment ago
        return []
    return [f"the page names the feed {found.url}" for found in discover_feeds(page.body, page.url)[:5]]


def _faults(polled: Polled) -> Iterator[str]:
    if not polled.run.entries:
        yield "it lists no entry"
    for reason, count in Counter(refusal.reason for refusal in polled.refusals).items():
        yield f"{count:,} of {polled.run.entries:,} entries: {REASONS[reason].meaning} ({reason})"
    for error in polled.errors:
        yield f"{REASONS[error.reason].meaning} ({error.detail})"


async def _robots(polled: Polled, client: Client) -> list[str]:
    """Whether the newest entry's page may be fetched."""
    if not polled.entries:
        return []
    try:
        await client.check_robots(polled.entries[0].url)
    except FetchError as error:
        return [f"{REASONS[error.reason].meaning} ({error.detail})"]
    return []


def _hints(polled: Polled, now: datetime) -> Iterator[str]:
    run, entries = polled.run, polled.entries
    if run.moved_to:
        yield f"it has moved for good to {run.moved_to}: list that"
    if entries and run.newest_entry_at is None:
        yield "its entries state no dates: those of the pages will be used"
    elif run.newest_entry_at and now - run.newest_entry_at > _STALE:
        yield f"nothing new since {run.newest_entry_at:%Y-%m-%d}"
    full = sum(bool(entry.content_html) for entry in entries)
    if full >= _FULL * max(1, len(entries)):
        yield "its entries carry their text: full_text = true saves fetching the pages"
    if entries and not run.guid_trusted:
        yield "its GUIDs are missing or repeated: an entry whose link changes is a new one"

"""Polls in, entries out; entries in, pages out."""

import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import pvalue

from schemas.entry import Entry
from schemas.feed import Poll
from schemas.page import Page
from transforms import clock
from transforms.dead_letters import entry_letter, feed_letter
from transforms.errors import FetchError
from transforms.fetch.by_turns import by_turns
from transforms.fetch.client import Client
from transforms.fetch.loop import FetchLoop, loop_of
from transforms.fetch.page import PageRules, fetch_page
from transforms.fetch.poll import Polled, poll_feed
from transforms.fetch.sandboxed import parser_in
from transforms.fetch.settings import FetchSettings
from transforms.sandbox import SandboxSettings, sandbox_of
from transforms.shell.in_flight import InFlight
from transforms.shell.tallies import DEAD, TALLIES, tally
from transforms.urls import host_of

STAGE = "fetch"
# calls begun at once: far more than connections, so that one slow host does not hold up the others
_IN_FLIGHT = 2_000
# hosts are spread over so many keys; one key is served by one worker, so per-host limits hold on many machines
_HOST_KEYS = 64


# an entry, and what the operator says of its feed's pages
Ruled = tuple[Entry, PageRules]


class FetchedFeeds(NamedTuple):
    """Outputs of FetchFeeds."""

    entries: beam.PCollection  # Entry and Refusal
    feed_runs: beam.PCollection  # FeedRun
    dead: beam.PCollection  # DeadLetter
    tallies: beam.PCollection  # Tally


class FetchedPages(NamedTuple):
    """Outputs of FetchPages."""

    pages: beam.PCollection  # Page
    dead: beam.PCollection  # DeadLetter
    tallies: beam.PCollection  # Tally


@dataclass
class FetchFeeds(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Polls in; what the feeds list, one FeedRun a feed, and a dead letter for each feed that failed out."""

    fetch: FetchSettings
    sandbox: SandboxSettings

    def expand(self, polls: beam.PCollection) -> Any:
        """Spread by host, then fetch many at a time."""
        polled = (
            polls
            | "SpreadFeeds" >> _ByHost(_poll_host)
            | "PollFeeds"
            >> beam.ParDo(_PollFeeds(self.fetch, self.sandbox)).with_outputs("runs", DEAD, TALLIES, main="entries")
        )
        return FetchedFeeds(polled.entries, polled.runs, polled[DEAD], polled[TALLIES])


@dataclass
class FetchPages(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Entries in, the pages behind their links out. Raw HTML is not to be shuffled: whatever reads it comes next.

    `rules` are PageRules, or a side input of them.
    """

    fetch: FetchSettings
    rules: Any = field(default_factory=PageRules)

    def expand(self, entries: beam.PCollection) -> Any:
        """Spread by host, then fetch many at a time."""
        fetched = (
            entries
            | "PageRules" >> beam.Map(_ruled, self.rules)
            | "SpreadPages" >> _ByHost(_entry_host)
            | "GetPages" >> beam.ParDo(_GetPages(self.fetch)).with_outputs(DEAD, TALLIES, main="pages")
        )
        return FetchedPages(fetched.pages, fetched[DEAD], fetched[TALLIES])


def _poll_host(poll: Poll) -> str:
    return host_of(poll.feed.url)


def _ruled(entry: Entry, rules: PageRules) -> Ruled:
    return entry, rules.only(entry.feed_url)


def _entry_host(ruled: Ruled) -> str:
    return host_of(ruled[0].url)


@dataclass
class _ByHost(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Elements in, the same out, each host's on one worker."""

    host: Any

    def expand(self, elements: beam.PCollection) -> beam.PCollection:
        keyed = elements | "ByHost" >> beam.Map(_keyed, self.host)
        return keyed | "AllOfAHost" >> beam.GroupByKey() | "Spread" >> beam.FlatMap(_values)


def _keyed(element: Any, host: Any) -> tuple[int, Any]:
    return zlib.crc32(host(element).encode()) % _HOST_KEYS, element


def _values(group: tuple[int, Iterable[Any]]) -> Iterable[Any]:
    return group[1]


class _Fetch(InFlight):
    """Calls that go through the fetch loop; each is counted there until its result is taken.

    A bundle's elements come host after host, and of one host few may be fetched at a time: so they are kept, and begun
    with the hosts by turns.
    """

    limit = _IN_FLIGHT
    host: Any
    _loop: FetchLoop

    def start_bundle(self) -> None:
        super().start_bundle()
        self._kept: list[tuple[Any, Any, Any]] = []

    def process(
        self, element: Any, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[Any]:
        self._kept.append((element, timestamp, window))
        return iter(())

    def finish_bundle(self) -> Iterator[Any]:
        for element, timestamp, window in by_turns(self._kept, lambda kept: type(self).host(kept[0])):
            yield from super().process(element, timestamp, window)
        yield from super().finish_bundle()

    def _used(self, run_id: str, cpu_us: int = 0) -> Iterator[Any]:
        """What the loop, and others for it, used since this was asked last."""
        yield tally(run_id, STAGE, "cpu_us", cpu_us + self._loop.cpu_us())
        if retries := self._loop.retries():
            yield tally(run_id, STAGE, "retries", retries)

    def give_up(self, future: "Future[Any]") -> None:
        super().give_up(future)
        self._loop.taken()


class _PollFeeds(_Fetch):
    host = _poll_host

    def __init__(self, fetch: FetchSettings, sandbox: SandboxSettings) -> None:
        self._fetch, self._sandbox = fetch, sandbox

    def setup(self) -> None:
        self._loop, self._pool = loop_of(self._fetch), sandbox_of(self._sandbox)

    def begin(self, poll: Poll) -> "Future[Polled]":
        async def work(client: Client) -> Polled:
            return await poll_feed(poll, client, parser_in(self._pool), self._fetch.max_feed_bytes)

        return self._loop.submit(work)

    def finish(self, poll: Poll, future: "Future[Polled]") -> Iterable[Any]:
        self._loop.taken()
        polled, run_id = future.result(), poll.slot.run_id
        if polled.left:
            yield tally(run_id, STAGE, "polls_left")
            yield from self._used(run_id)
            return
        yield from polled.entries
        yield from polled.refusals
        yield pvalue.TaggedOutput("runs", polled.run)
        for error in polled.errors:
            yield pvalue.TaggedOutput(DEAD, feed_letter(poll.feed.url, run_id, error, clock.now()))
        yield tally(run_id, STAGE, f"feeds_{polled.run.outcome}")
        yield tally(run_id, STAGE, "entries", len(polled.entries) + len(polled.refusals))
        yield from self._used(run_id, polled.cpu_us)


class _GetPages(_Fetch):
    host = _entry_host

    def __init__(self, fetch: FetchSettings) -> None:
        self._fetch = fetch

    def setup(self) -> None:
        self._loop = loop_of(self._fetch)

    def begin(self, ruled: Ruled) -> "Future[Page]":
        async def work(client: Client) -> Page:
            return await fetch_page(ruled[0], client, self._fetch.max_page_bytes, ruled[1])

        return self._loop.submit(work)

    def finish(self, ruled: Ruled, future: "Future[Page]") -> Iterable[Any]:
        self._loop.taken()
        entry = ruled[0]
        yield from self._used(entry.run_id)
        try:
            page = future.result()
        except FetchError as error:
            if error.reason == "over_deadline" and entry.retried:  # the letter that it came from still stands
                yield tally(entry.run_id, STAGE, "left")
                return
            yield pvalue.TaggedOutput(DEAD, entry_letter(entry, STAGE, error, clock.now()))
            return
        yield tally(entry.run_id, STAGE, "pages")
        yield page

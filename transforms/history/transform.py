"""Entries in, those worth fetching out; slots in, polls and second tries out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from time import thread_time
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import pvalue

from schemas.entry import Entry, Refusal
from schemas.feed import Feed
from schemas.feed_run import FeedRun
from schemas.slot import Slot
from transforms.dead_letters import refusal_letter
from transforms.history.choose import Choice, FeedCounts, choose_entries
from transforms.history.feeds import plan_polls
from transforms.history.guids import recognise
from transforms.history.known import find_failures, find_known, find_retries
from transforms.history.schedule import scheduled
from transforms.layout import started_at
from transforms.shell.tallies import DEAD, TALLIES, tally
from transforms.store.open import store_of

STAGE = "history"


class Chosen(NamedTuple):
    """Outputs of DropSeen."""

    entries: beam.PCollection  # Entry
    counts: beam.PCollection  # (feed_url, FeedCounts)
    dead: beam.PCollection  # DeadLetter
    tallies: beam.PCollection  # Tally


@dataclass
class PlanPolls(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Slots in, one Poll per slot and feed of the list that is due out.

    `feeds` is the list, or a side input of it.
    """

    feeds: Any
    output: str

    def expand(self, slots: beam.PCollection) -> Any:
        """Look the feeds up where earlier runs published them. Outputs `polls` and `tallies`."""
        return slots | "DuePolls" >> beam.ParDo(_polls, self.feeds, self.output).with_outputs(TALLIES, main="polls")


def _polls(slot: Slot, feeds: tuple[Feed, ...], output: str) -> Iterator[Any]:
    plan = plan_polls(feeds, store_of(output), slot)
    yield tally(slot.run_id, STAGE, "not_due", plan.not_due)
    yield tally(slot.run_id, STAGE, "ended", plan.ended)
    yield from plan.polls


@dataclass
class FindRetries(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Slots in; out come the entries whose failure may have passed, and how many they are."""

    output: str

    def expand(self, slots: beam.PCollection) -> Any:
        """Outputs `entries` and `tallies`."""
        return slots | "DueRetries" >> beam.ParDo(_retries, self.output).with_outputs(TALLIES, main="entries")


def _retries(slot: Slot, output: str) -> Iterator[Any]:
    entries = find_retries(store_of(output), slot)
    yield tally(slot.run_id, STAGE, "retried", len(entries))
    yield from entries


@dataclass
class DropSeen(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Entries and refusals in; new and changed entries out, each id once; idempotent over what is published."""

    output: str

    def expand(self, entries: beam.PCollection) -> Any:
        """Bring a run's entries together: what two feeds list is fetched once."""
        chosen = (
            entries
            | "EntriesByRun" >> beam.Map(_by_run)
            | "AllOfARun" >> beam.GroupByKey()
            | "Choose" >> beam.ParDo(_choose, self.output).with_outputs("counts", DEAD, TALLIES, main="entries")
        )
        return Chosen(chosen.entries, chosen.counts, chosen[DEAD], chosen[TALLIES])


def _by_run(entry: Entry | Refusal) -> tuple[str, Entry | Refusal]:
    return entry.run_id, entry


def _choose(group: tuple[str, Iterable[Entry | Refusal]], output: str) -> Iterator[Any]:
    run_id, store = group[0], store_of(output)
    started = thread_time()
    now = started_at(run_id)
    listed = list(group[1])
    stated = _ids(listed)
    known = find_known(store, stated)
    listed = recognise(listed, known, store, now)
    # only those that their GUID gave another id: the others were looked for
    known |= find_known(store, _ids(listed) - stated)
    choice = choose_entries(listed, known, find_failures(store, _ids(listed)), now)
    yield tally(run_id, STAGE, "cpu_us", round((thread_time() - started) * 1e6))
    yield from _outputs(run_id, choice, now)


def _ids(listed: Iterable[Entry | Refusal]) -> set[str]:
    return {one.article_id for one in listed}


def _outputs(run_id: str, choice: Choice, now: Any) -> Iterator[Any]:
    for refusal in choice.refusals:
        yield pvalue.TaggedOutput(DEAD, refusal_letter(refusal, now))
    for counted in choice.counts().items():
        yield pvalue.TaggedOutput("counts", counted)
    yield tally(run_id, STAGE, "seen", choice.seen)
    yield tally(run_id, STAGE, "new", sum(entry.known is None for entry in choice.entries))
    yield tally(run_id, STAGE, "changed", sum(entry.known is not None for entry in choice.entries))
    yield from choice.entries


@dataclass
class CountPerFeed(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """FeedRuns and each feed's counts in; the FeedRuns with their counts, and when to poll next, out.

    `feeds` is the list, or a side input of it.
    """

    feeds: Any

    def expand(self, pair: Any) -> beam.PCollection:
        """Join by feed; a feed without entries to fetch keeps zero."""
        runs, counts = pair
        both = {"runs": runs | "RunsByFeed" >> beam.Map(_by_feed), "counts": counts}
        return both | "Join" >> beam.CoGroupByKey() | "Schedule" >> beam.ParDo(_Count(), self.feeds)


def _by_feed(run: FeedRun) -> tuple[str, FeedRun]:
    return run.feed_url, run


class _Count(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    def start_bundle(self) -> None:
        self._feeds: tuple[Feed, ...] | None = None

    def process(self, group: tuple[str, dict[str, Iterable[Any]]], feeds: tuple[Feed, ...]) -> Iterator[FeedRun]:
        if self._feeds is not feeds:
            self._feeds, self._listed = feeds, {feed.url: feed for feed in feeds}
        return _counted(group, self._listed)


def _counted(group: tuple[str, dict[str, Iterable[Any]]], listed: dict[str, Feed]) -> Iterator[FeedRun]:
    counts = next(iter(group[1]["counts"]), FeedCounts())
    for run in group[1]["runs"]:
        counted = replace(run, entries_new=counts.new, entries_changed=counts.changed)
        yield scheduled(counted, listed[run.feed_url], started_at(run.run_id))

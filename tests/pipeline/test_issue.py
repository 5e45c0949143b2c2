"""Who issues slots, and what holds the output meanwhile: also where a runner splits, fails and begins again."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.utils.timestamp import Timestamp

from pipeline import slots
from pipeline.slots import Stream, issue_slot, stream_run_id
from schemas.feed import Feed, IssuedSlot
from tests.makers import NOW
from transforms import clock
from transforms.errors import UsageError
from transforms.layout import done_path
from transforms.store.base import BusyError
from transforms.store.open import store_of

EVERY = timedelta(minutes=1)


class Deferred:
    """A tracker as Beam hands it to a DoFn: it notes what is put off, and may be cut off by its runner."""

    def __init__(self, start: int, stop: int) -> None:
        self.tracker = slots._InOneLine(OffsetRange(start, stop))
        self.waits: list[float] = []

    def current_restriction(self) -> OffsetRange:
        """What is left."""
        return self.tracker.current_restriction()

    def try_claim(self, number: int) -> bool:
        """Whether a number is this call's."""
        return self.tracker.try_claim(number)

    def defer_remainder(self, wait) -> None:
        """Note for how long."""
        self.waits.append(float(wait))


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Stream]:
    """A stream of a slot a minute that lists one feed; what it holds in the end is let go."""
    yield Stream(str(tmp_path), lambda: [Feed("http://news.example/feed")], 60, 0, "token")
    for run_id in list(slots._HELD):
        slots._release(run_id)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A clock that stands."""
    at = [NOW]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    return at


def issue(plan: Stream, tracker: Deferred, estimator: ManualWatermarkEstimator) -> list[IssuedSlot]:
    """One call of the DoFn."""
    return [one.value for one in slots._Issue().process(plan, tracker, estimator)]


def publish(plan: Stream, slot: IssuedSlot) -> None:
    """As if the slot had been committed."""
    store_of(plan.output).write(done_path(slot.slot.run_id), b"")


def is_free(plan: Stream) -> bool:
    """Whether another writer would get the output."""
    try:
        with store_of(plan.output).writing():
            return True
    except BusyError:
        return False


def test_a_slot_is_issued_once_the_last_is_published(plan: Stream, now: list[datetime]):
    """The first at once; the next when its time has come and the last is published; each holds the output meanwhile."""
    estimator = ManualWatermarkEstimator(None)
    (first,) = issue(plan, Deferred(0, 9), estimator)
    assert (first.slot.started_at, [feed.url for feed in first.feeds]) == (NOW, ["http://news.example/feed"])
    assert estimator.current_watermark() == Timestamp(NOW.timestamp() + 1)
    assert not is_free(plan)

    now[0] += 2 * EVERY
    assert issue(plan, Deferred(1, 9), estimator) == []
    publish(plan, first)
    (second,) = issue(plan, Deferred(1, 9), estimator)

    assert second.slot.started_at == now[0]
    assert second.slot.run_id == stream_run_id("token", now[0])
    publish(plan, second)
    tracker = Deferred(2, 9)
    assert issue(plan, tracker, estimator) == []
    assert 0 < tracker.waits[0] <= 1
    assert is_free(plan)


def test_a_slot_that_the_runner_cuts_off_is_let_go(plan: Stream, now: list[datetime]):
    """Where the rest was given to another call, this one issues nothing, and the output is free for that other."""
    tracker, rest = Deferred(0, 9), Deferred(0, 9)
    assert tracker.tracker.try_split(0) is not None

    assert issue(plan, tracker, ManualWatermarkEstimator(None)) == []
    assert is_free(plan)
    assert len(issue(plan, rest, ManualWatermarkEstimator(None))) == 1


def test_slots_are_not_shared_out():
    """One slot follows the other: what is to come is not split among workers."""
    assert slots._InOneLine(OffsetRange(0, 9)).try_split(0.5) is None
    assert not slots._InOneLine(OffsetRange(0, 9)).is_bounded()


def test_a_slot_whose_bundle_failed_is_issued_anew(plan: Stream, now: list[datetime]):
    """The runner calls again from the last checkpoint; what the first call held does not stand in its way."""
    (lost,) = issue(plan, Deferred(0, 9), ManualWatermarkEstimator(None))
    now[0] += timedelta(seconds=5)
    (again,) = issue(plan, Deferred(0, 9), ManualWatermarkEstimator(None))

    assert again.slot.run_id > lost.slot.run_id
    assert list(slots._HELD) == [again.slot.run_id]


def test_the_output_is_let_go_by_whoever_sees_it_published(plan: Stream, monkeypatch: pytest.MonkeyPatch):
    """The next slot may be issued by another process: this one looks, too, and not for ever."""
    monkeypatch.setattr(slots, "_LATER", 0.01)
    (first,) = issue(plan, Deferred(0, 9), ManualWatermarkEstimator(None))
    publish(plan, first)
    for thread in [one for one in threading.enumerate() if one.name == "dateline-slot"]:
        thread.join(5)
    assert is_free(plan)

    monkeypatch.setattr(slots, "_LONGEST", 0.05)
    issue_slot(plan)
    for thread in [one for one in threading.enumerate() if one.name == "dateline-slot"]:
        thread.join(5)
    assert is_free(plan)


def test_a_slot_waits_for_another_writer(plan: Stream, now: list[datetime], caplog: pytest.LogCaptureFixture):
    """And for a feed list that is right; why is told once."""
    tracker = Deferred(0, 9)
    with store_of(plan.output).writing():
        assert issue(plan, tracker, ManualWatermarkEstimator(None)) == []
        assert issue(plan, Deferred(0, 9), ManualWatermarkEstimator(None)) == []
    assert caplog.text.count("another run is writing there") == 1
    assert tracker.waits == [1.0]

    def wrong() -> list[Feed]:
        raise UsageError("feeds.txt:1: 'nonsense' is no URL")

    broken = Stream(plan.output, wrong, 60, 0, "token")
    assert issue(broken, Deferred(0, 9), ManualWatermarkEstimator(None)) == []
    assert "'nonsense' is no URL; the next slot waits for that" in caplog.text
    assert is_free(plan)


def test_a_run_elsewhere_gives_up_on_a_held_output(plan: Stream, monkeypatch: pytest.MonkeyPatch):
    """It waits for longer than a lease lasts, then fails."""
    monkeypatch.setattr(slots, "_LATER", 0.001)
    with store_of(plan.output).writing(), pytest.raises(BusyError, match="another run"):
        issue_slot(plan)


@pytest.mark.parametrize(
    ("last", "at", "due"),
    [
        (None, 7, 7),  # the first: now
        (0, 7, 60),  # the next round time
        (0, 60, 60),
        (0, 200, 200),  # missed ones are merged into one, at once
        (7, 30, 60),
        (3_600, 7, 7),  # the clock was set back by an hour: at once, after the last run
    ],
)
def test_when_a_slot_is_due(plan: Stream, last: int | None, at: int, due: int):
    """At round times; late ones at once; a clock that was set back holds up nothing."""
    start = datetime(2026, 11, 24, 17, tzinfo=timezone.utc)
    before = None if last is None else start + timedelta(seconds=last)

    assert plan.due(before, start + timedelta(seconds=at)) == start + timedelta(seconds=due)


def test_a_stop_ends_the_line(plan: Stream, now: list[datetime], monkeypatch: pytest.MonkeyPatch):
    """Once it is asked for, no further slot is issued, and nothing is put off."""
    stop = slots.Stop()
    monkeypatch.setattr(slots, "STOP", stop)
    stop._asked.set()
    tracker = Deferred(0, 9)

    assert issue(plan, tracker, ManualWatermarkEstimator(None)) == []
    assert tracker.waits == []
    tracker.tracker.check_done()

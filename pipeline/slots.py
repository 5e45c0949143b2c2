"""Slots: when the next one starts, and, in a stream, who issues it.

A stream is a sequence of runs in one job: slot n is issued once slot n-1 is published. So every grouping and every side
input of the batch graph works slot by slot, and the published data stays the only state: a stream that is started
again, after whatever end, goes on where the last whole slot ended.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.transforms.core import RestrictionProvider
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Duration, Timestamp

from pipeline.loop import Stop, next_slot
from schemas.feed import Feed, IssuedSlot
from schemas.slot import Slot
from transforms import clock
from transforms.errors import DatelineError
from transforms.layout import done_path, new_run_id, stamp, started_at
from transforms.published import newest_run
from transforms.store.base import BusyError, Store
from transforms.store.open import store_of
from transforms.write.commit import recover

# seconds of event time that a slot has: its start, to the second, is its own
WINDOW = 1
_END = 2**40
# seconds until a stream looks again whether its slot is published; whether the output is free, its feed list right
_SOON, _LATER = 0.1, 1.0
# of a run on other machines: a lease lasts a minute
_TRIES = 100
# asked for by a signal: no further slot
STOP = Stop()


def new_slot(now: datetime, before: str = "", token: str = "") -> Slot:
    """The slot of a run that starts now, and in any case after the run `before`.

    Runs are told apart, and put in order, by the second of their start: one that follows in the same second, or after
    the clock was set back, gets the next. The `token` of a stream makes its run ids follow from their starts.
    """
    started = now.astimezone(timezone.utc).replace(microsecond=0)
    if before:
        started = max(started, started_at(before) + timedelta(seconds=1))
    return Slot(stream_run_id(token, started) if token else new_run_id(started), started)


def stream_run_id(token: str, started: datetime) -> str:
    """The run id of a stream's slot.

    >>> stream_run_id("a", datetime(2026, 11, 24, 17, tzinfo=timezone.utc))
    '20261124T170000Z-399ff79e'
    """
    return f"{stamp(started)}-{hashlib.sha256(f'{token} {stamp(started)}'.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Stream:
    """What a stream is to do."""

    output: str
    # the feed list as it is now; raises UsageError
    read_feeds: Callable[[], list[Feed]]
    # seconds from slot to slot; how many slots, 0 for no end
    every: float
    slots: int
    # its run ids follow from it
    token: str

    def due(self, last: datetime | None, now: datetime) -> datetime:
        """When the slot after `last` starts: at the next round time, at once where that has passed.

        Slots that passed meanwhile are merged into one. A clock that was set back holds up no slot.
        """
        if last is None:
            return now
        every = timedelta(seconds=self.every)
        planned = next_slot(last, every)
        return now if planned > now + every else max(planned, now)


@dataclass
class IssueSlots(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """The beginning of a pipeline in, the slots of a stream out, each once the one before it is published.

    An element's event time is its slot's start; the watermark passes it at once, so that what waits for all of a slot
    need not wait for the next.
    """

    stream: Stream

    def expand(self, begin: Any) -> beam.PCollection:
        """A splittable DoFn over the numbers of slots."""
        return begin | "Plan" >> beam.Create([self.stream]) | "Issue" >> beam.ParDo(_Issue())


class _InOneLine(OffsetRestrictionTracker):  # type: ignore[misc]  # Beam ships no types
    def try_split(self, fraction_of_remainder: float) -> Any:
        """Only the rest may be put off: a runner that would share out what is to come gets nothing."""
        return super().try_split(0) if fraction_of_remainder == 0 else None

    def is_bounded(self) -> bool:
        """A stream has no end."""
        return False


class _Numbers(RestrictionProvider):  # type: ignore[misc]  # Beam ships no types
    """How many slots are issued, of how many: with the watermark all that a checkpoint holds."""

    def initial_restriction(self, stream: Stream) -> OffsetRange:
        return OffsetRange(0, stream.slots or _END)

    def create_tracker(self, restriction: OffsetRange) -> "_InOneLine":
        return _InOneLine(restriction)

    def restriction_size(self, _stream: Stream, _restriction: OffsetRange) -> int:
        return 1

    def split(self, _stream: Stream, restriction: OffsetRange) -> Iterator[OffsetRange]:
        yield restriction  # one slot after the other

    def truncate(self, _stream: Stream, _restriction: OffsetRange) -> None:
        """A job that is drained issues no further slot."""


class _Issue(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    @beam.DoFn.unbounded_per_element()  # type: ignore[untyped-decorator]
    def process(
        self,
        stream: Stream,
        numbers: Any = beam.DoFn.RestrictionParam(_Numbers()),  # noqa: B008  as Beam wants it
        watermark: Any = beam.DoFn.WatermarkEstimatorParam(ManualWatermarkEstimator.default_provider()),  # noqa: B008
    ) -> Iterator[Any]:
        last = _last_issued(watermark)
        wait = _SOON
        if last is None or _published(stream, last):
            if STOP.asked:
                numbers.try_claim(_END)
                return
            wait = (stream.due(last, clock.now()) - clock.now()).total_seconds()
            if wait <= 0:
                issued = _begin(stream)
                wait = _SOON if issued else _LATER
                if issued and not numbers.try_claim(numbers.current_restriction().start):
                    _release(issued.slot.run_id)  # the rest is another call's by now
                elif issued:
                    start = issued.slot.started_at.timestamp()
                    yield TimestampedValue(issued, start)
                    watermark.set_watermark(Timestamp(start + WINDOW))
        numbers.defer_remainder(Duration(seconds=min(wait, _LATER)))


def issue_slot(plan: Stream) -> IssuedSlot:
    """The slot of a scheduled run on other machines; it holds the output until it is published, or this process ends.

    Raises BusyError where another run holds the output for longer than a lease lasts.
    """
    for _ in range(_TRIES):
        issued = _begin(plan)
        if issued:
            return issued
        time.sleep(_LATER)
    raise BusyError(_TOLD[0])


def _last_issued(watermark: Any) -> datetime | None:
    reached = watermark.current_watermark()
    if reached is None:
        return None
    return datetime.fromtimestamp(int(reached.seconds()) - WINDOW, timezone.utc)


def _published(stream: Stream, last: datetime) -> bool:
    """Whether the last slot is published, or ruled out; if so, its hold on the output ends."""
    run_id = stream_run_id(stream.token, last)
    if not store_of(stream.output).exists(done_path(run_id)):
        return False
    _release(run_id)
    return True


def _begin(stream: Stream) -> IssuedSlot | None:
    """A slot that holds the output, and what to poll in it; None, after telling why, where it has to wait."""
    store = store_of(stream.output)
    for run_id in [run_id for run_id, (output, _) in _HELD.items() if output == stream.output]:
        _release(run_id)  # its bundle failed: it is issued anew
    with ExitStack() as held:
        try:
            lease = held.enter_context(store.writing())
            recover(store, lease)
            slot = new_slot(clock.now(), newest_run(store), stream.token)
            lease.works_on(slot.run_id)
            issued = IssuedSlot(slot, tuple(stream.read_feeds()))
        except DatelineError as error:
            _tell(str(error))
            return None
        _hold(stream.output, slot.run_id, held.pop_all())
        return issued


# slots in flight that this process issued: run id → (output, what holds it)
_HELD: dict[str, tuple[str, ExitStack]] = {}
# seconds that a slot is held at most: where its bundle failed and another process issued it anew, nobody else ends it
_LONGEST = 3_600.0
_TOLD = [""]


def _tell(line: str) -> None:
    """Log why the next slot waits, once."""
    if _TOLD[0] != line:
        logging.getLogger("dateline").error("%s; the next slot waits for that", line)
    _TOLD[0] = line


def _hold(output: str, run_id: str, held: ExitStack) -> None:
    """Hold the output until the slot is published, wherever that is seen first."""
    _HELD[run_id] = (output, held)
    _TOLD[0] = ""
    threading.Thread(target=_watch, args=(store_of(output), run_id), name="dateline-slot", daemon=True).start()


def _watch(store: Store, run_id: str) -> None:
    """The next slot may be issued by another worker, which cannot end what this one holds."""
    end = time.monotonic() + _LONGEST
    while run_id in _HELD:
        time.sleep(2 * _LATER)
        if store.exists(done_path(run_id)) or time.monotonic() > end:
            _release(run_id)


def _release(run_id: str) -> None:
    _, held = _HELD.pop(run_id, ("", ExitStack()))
    held.close()

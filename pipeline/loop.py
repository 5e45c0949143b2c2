"""Runs at regular times in one process, until a signal or their number ends them."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from types import FrameType

from transforms import clock
from transforms.errors import DatelineError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Stop:
    """Asked for by the first signal, between runs or slots; a second signal ends all at once, as without a loop."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While the body runs, the first signal asks to stop."""
        before = {number: signal.getsignal(number) for number in _SIGNALS}

        def ask(_number: int, _frame: FrameType | None) -> None:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._asked.set()

        for number in _SIGNALS:
            signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the stop is asked for."""
        self._asked.wait(seconds)


def next_slot(now: datetime, every: timedelta) -> datetime:
    """The first moment after `now` that is a multiple of `every` since 1970, UTC.

    So runs do not drift with what they take, and come at round times: every 15 minutes is :00, :15, :30, :45.

    >>> next_slot(datetime(2026, 11, 24, 17, 16, 3, tzinfo=timezone.utc), timedelta(minutes=15)).isoformat()
    '2026-11-24T17:30:00+00:00'
    """
    return _EPOCH + ((now - _EPOCH) // every + 1) * every


def repeat(run: Callable[[datetime], None], every: timedelta, runs: int, stop: Stop) -> int:
    """Call `run` with the slot's start now, and then at every slot; how many runs there were. 0 `runs`: without end.

    Runs never overlap: slots that pass while one is under way are left out, and what they would have found the next
    one finds. A run that fails by a declared error is told, and the next one tries again.
    """
    done, slot = 0, clock.now()
    while not stop.asked:
        try:
            run(slot)
        except DatelineError as error:
            logging.getLogger("dateline").error("%s; the next run is at its time", error)
        done += 1
        if done == runs:
            break
        slot = next_slot(clock.now(), every)
        stop.wait((slot - clock.now()).total_seconds())
    return done

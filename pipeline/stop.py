"""Signals in, a clean end out: SIGINT and SIGTERM end a run at once, with one line that says what is safe.

The handler ends the process where it stands and raises nothing: DoFns run in the main thread, and Beam turns whatever
passes through one into an error of its own. Any instant is safe (transforms/write/commit.py), and children die with us.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

NOTHING = "nothing of this run is published, what earlier runs published is untouched, and the next run starts afresh"

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# the process that clears up after us would warn that there was something to clear up
_QUIET = "ignore:resource_tracker:UserWarning"
# ends the progress lines of a terminal and shows its cursor again
_RESTORE = "\r\x1b[J\x1b[?25h"


@contextmanager
def stoppable(safe: Callable[[], str]) -> Iterator[None]:
    """While the body runs, a signal ends the process with 128 + its number; `safe` says what is safe then."""

    def leave(number: int, _frame: FrameType | None) -> None:
        _handle(signal.SIG_IGN)  # a second signal has nothing to add
        line = f"dateline: stopped by {signal.Signals(number).name}; {safe()}\n"
        # not print: the signal may have come in the middle of one
        os.write(2, ((_RESTORE if os.isatty(2) else "") + line).encode())
        os._exit(128 + number)

    if _QUIET not in sys.warnoptions:
        sys.warnoptions.append(_QUIET)  # children are started with it
    before = [signal.getsignal(number) for number in _SIGNALS]
    _handle(leave)
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _handle(handler: Any) -> None:
    for number in _SIGNALS:
        signal.signal(number, handler)

"""Many calls at once, and yet every output has its element's window and time, and no bug is swallowed."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import apache_beam as beam
import pytest
from apache_beam import pvalue
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from transforms.shell.in_flight import InFlight

# how many calls run now, and the most there ever were
RUNNING = {"now": 0, "peak": 0}
LOCK = threading.Lock()
GIVEN_UP: list[str] = []


def slow_square(number: int) -> int:
    """Take a moment; later numbers are quicker, so results come in another order."""
    with LOCK:
        RUNNING["now"] += 1
        RUNNING["peak"] = max(RUNNING["peak"], RUNNING["now"])
    time.sleep(0.03 / (number + 1))
    with LOCK:
        RUNNING["now"] -= 1
    if number == 13:
        raise KeyError("a bug")
    return number * number


class _Square(InFlight):
    """Squares of even numbers on the main output, of odd ones on `odd`, and both twice."""

    limit = 4

    def setup(self):
        self._threads = ThreadPoolExecutor(32)

    def begin(self, element: int) -> "Future[int]":
        return self._threads.submit(slow_square, element)

    def finish(self, element: int, future: "Future[int]"):
        square = future.result()
        for _ in range(2):
            yield pvalue.TaggedOutput("odd", square) if element % 2 else square


class _GiveUp(_Square):
    """Says what it gives up."""

    limit = 100

    def give_up(self, future):
        super().give_up(future)
        GIVEN_UP.append("one")


class _Placed(beam.DoFn):
    """Add an element's time and the end of its window."""

    def process(self, element, at=beam.DoFn.TimestampParam, window=beam.DoFn.WindowParam):
        yield element, int(at), int(window.end)


def run_squares(square: InFlight, numbers: range) -> tuple[list, list]:
    """What comes out on each output, with times and windows; element n has time n, windows last 5."""
    even = [(n * n, n, n // 5 * 5 + 5) for n in numbers if n % 2 == 0 for _ in range(2)]
    odd = [(n * n, n, n // 5 * 5 + 5) for n in numbers if n % 2 for _ in range(2)]
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        out = (
            pipeline
            | beam.Create([TimestampedValue(n, n) for n in numbers], reshuffle=False)
            | beam.Map(lambda one: one)
            | beam.WindowInto(FixedWindows(5))
            | beam.ParDo(square).with_outputs("odd", main="even")
        )
        assert_that(out.even | "PlaceEven" >> beam.ParDo(_Placed()), equal_to(even), label="even")
        assert_that(out.odd | "PlaceOdd" >> beam.ParDo(_Placed()), equal_to(odd), label="odd")
    return even, odd


def test_outputs_keep_window_and_time():
    """Also where results come in another order than elements, on the main output and on tagged ones."""
    run_squares(_Square(), range(12))


def test_the_limit_holds_and_is_used():
    """Never more than `limit` calls at once, and as many as that."""
    RUNNING.update(now=0, peak=0)

    run_squares(_Square(), range(12))

    assert RUNNING == {"now": 0, "peak": 4}


def test_a_bug_fails_the_pipeline():
    """An error that `finish` does not catch ends the run; nothing is lost in silence."""
    with pytest.raises(Exception, match="a bug"):
        run_squares(_Square(), range(10, 16))


def test_a_failed_bundle_gives_up_what_it_left_in_flight():
    """So that work nobody will take does not go on, and is not waited for."""
    GIVEN_UP.clear()
    started = time.monotonic()

    with pytest.raises(Exception, match="a bug"):
        run_squares(_GiveUp(), range(13, -1, -1))

    assert 1 <= len(GIVEN_UP) <= 13
    assert time.monotonic() - started < 5


def test_no_elements_give_no_outputs():
    """An empty bundle is no special case."""
    assert run_squares(_Square(), range(0)) == ([], [])

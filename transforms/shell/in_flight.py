"""Many slow calls at once from one Beam thread: requests on the network, work in other processes."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.transforms.window import WindowedValue

from transforms.shell.tallies import TALLIES, Summed


class InFlight(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    """A DoFn that begins a call per element and puts results out as they come, at most `limit` calls at a time.

    Subclasses say how a call begins (`begin`) and what comes of it (`finish`). Results leave from `process` and
    `finish_bundle` only, each with its own element's window and timestamp, so a runner may retry bundles, and a stream
    works.
    """

    limit = 64

    def start_bundle(self) -> None:
        """Start with nothing in flight."""
        self._flying: dict[Future[Any], tuple[Any, Any, Any]] = {}
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()  # so that waiting costs the same for any number in flight
        self._summed = Summed()

    def begin(self, element: Any) -> "Future[Any]":
        """Start the work on an element."""
        raise AssertionError("a subclass says how")  # pragma: no cover

    def finish(self, element: Any, future: "Future[Any]") -> Iterable[Any]:
        """What comes of an element once its call is done: outputs, tagged or not."""
        raise AssertionError("a subclass says how")  # pragma: no cover

    def give_up(self, future: "Future[Any]") -> None:
        """End a call whose result nobody will take."""
        future.cancel()

    def teardown(self) -> None:
        """Give up what a failed bundle has left in flight."""
        for future in getattr(self, "_flying", ()):
            self.give_up(future)

    def process(
        self, element: Any, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[Any]:
        """Begin a call; when `limit` are in flight, first wait until one is done."""
        future = self.begin(element)
        self._flying[future] = (element, timestamp, window)
        future.add_done_callback(self._done.put)
        if len(self._flying) >= self.limit:
            yield from self._land()

    def finish_bundle(self) -> Iterator[Any]:
        """Wait for all that is in flight."""
        while self._flying:
            yield from self._land()
        yield from self._summed.outputs()

    def _land(self) -> Iterator[Any]:
        future = self._done.get()
        element, timestamp, window = self._flying.pop(future)
        for output in self.finish(element, future):
            if isinstance(output, pvalue.TaggedOutput) and output.tag == TALLIES:
                self._summed.add(output, window)
            else:
                yield _windowed(output, timestamp, window)


def _windowed(output: Any, timestamp: Any, window: Any) -> Any:
    if isinstance(output, pvalue.TaggedOutput):
        return pvalue.TaggedOutput(output.tag, WindowedValue(output.value, timestamp, (window,)))
    return WindowedValue(output, timestamp, (window,))

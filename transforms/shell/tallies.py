"""Counting: what a step did to the elements of a run, as an output of its own, as a Beam counter and as live progress.

Beam's counters live as long as the pipeline and cannot say what one slot of a stream did. So every step also puts out
tallies; they are added up per run and reach the commit step, which proves the balance with them and publishes them as
the run's record.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics
from apache_beam.transforms.window import WindowedValue

from schemas.tally import Tally

TALLIES = "tallies"
DEAD = "dead"

# what this process has counted so far, for the progress line; only ever shown, never decided on
_PROGRESS: Counter[tuple[str, str]] = Counter()
_LOCK = threading.Lock()


def tally(run_id: str, stage: str, word: str, count: int = 1) -> pvalue.TaggedOutput:
    """Count something that happened; yield the result from a DoFn whose outputs include `TALLIES`."""
    with _LOCK:
        _PROGRESS[stage, word] += count
    _counter(stage, word).inc(count)
    return pvalue.TaggedOutput(TALLIES, Tally(run_id, stage, word, count))


@cache
def _counter(stage: str, word: str) -> Any:
    return Metrics.counter(stage, word)


class Summed:
    """Tallies of one bundle, added up by window as they come, and put out once at its end."""

    def __init__(self) -> None:
        self._sums: Counter[tuple[Any, str, str, str]] = Counter()

    def add(self, output: pvalue.TaggedOutput, window: Any) -> None:
        """Count a `tally`."""
        one: Tally = output.value
        self._sums[window, one.run_id, one.stage, one.word] += one.times

    def outputs(self) -> Iterator[pvalue.TaggedOutput]:
        """The sums, each in its window; for `finish_bundle`."""
        for (window, run_id, stage, word), times in self._sums.items():
            value = WindowedValue(Tally(run_id, stage, word, times), window.max_timestamp(), (window,))
            yield pvalue.TaggedOutput(TALLIES, value)
        self._sums.clear()


class SummedParDo(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Elements in; what a generator function gives for each out, its tallies added up per bundle.

    A side input is passed on to the function. A function that is an object with `setup` is set up once per worker.
    """

    def __init__(self, function: Any, *side: Any, main: str) -> None:
        super().__init__()
        self._do, self._side = (_SummedWithSide if side else _SummedDo)(function), side
        self._main = main

    def expand(self, elements: beam.PCollection) -> Any:
        """One ParDo."""
        return elements | "Each" >> beam.ParDo(self._do, *self._side).with_outputs(TALLIES, main=self._main)


class _SummedDo(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    def __init__(self, function: Any) -> None:
        self._function = function

    def setup(self) -> None:
        if hasattr(self._function, "setup"):
            self._function.setup()

    def start_bundle(self) -> None:
        self._summed = Summed()

    def process(self, element: Any, window: Any = beam.DoFn.WindowParam) -> Iterator[Any]:
        return self._kept(self._function(element), window)

    def _kept(self, outputs: Iterable[Any], window: Any) -> Iterator[Any]:
        for output in outputs:
            if isinstance(output, pvalue.TaggedOutput) and output.tag == TALLIES:
                self._summed.add(output, window)
            else:
                yield output

    def finish_bundle(self) -> Iterator[Any]:
        yield from self._summed.outputs()


class _SummedWithSide(_SummedDo):
    # a process of its own: Beam fills parameters by their place, and none may be left out
    def process(self, element: Any, side: Any, window: Any = beam.DoFn.WindowParam) -> Iterator[Any]:  # type: ignore[override]
        return self._kept(self._function(element, side), window)


def progress() -> dict[tuple[str, str], int]:
    """What this process has counted so far, by (stage, word)."""
    with _LOCK:
        return dict(_PROGRESS)


def _keyed(one: Tally) -> tuple[tuple[str, str, str], int]:
    return (one.run_id, one.stage, one.word), one.times


def _tally(summed: tuple[tuple[str, str, str], int]) -> Tally:
    return Tally(*summed[0], summed[1])


class SumTallies(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """PCollections of tallies in, one Tally per (run, stage, word) and window out."""

    def expand(self, tallies: Any) -> beam.PCollection:
        """Add them up; windows stay apart."""
        keyed = tallies | "All" >> beam.Flatten() | "ByWord" >> beam.Map(_keyed)
        return keyed | "Sum" >> beam.CombinePerKey(sum) | "Summed" >> beam.Map(_tally)

"""Counting: what a step did to the elements of a run, as an output of its own, as a Beam counter and as live progress.

Beam's counters live as long as the pipeline and cannot say what one slot of a stream did. So every step also puts out
tallies; they are added up per run and reach the commit step, which proves the balance with them and publishes them as
the run's record.
"""

import threading
from collections import Counter
from typing import Any

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.metrics import Metrics

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
    Metrics.counter(stage, word).inc(count)
    return pvalue.TaggedOutput(TALLIES, Tally(run_id, stage, word, count))


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
        return tallies | beam.Flatten() | beam.Map(_keyed) | beam.CombinePerKey(sum) | beam.Map(_tally)

"""What a transform puts out, as lists: its outputs are collected in this process, where FnApiRunner runs."""

from collections import Counter, defaultdict
from typing import Any

import apache_beam as beam

from schemas.tally import Tally

_SEEN: defaultdict[str, list[Any]] = defaultdict(list)


def outputs_of(transform: beam.PTransform, elements: list[Any]) -> dict[str, list[Any]]:
    """Run a transform whose outputs are a NamedTuple; each output's elements by its name, tallies as sums by word."""
    _SEEN.clear()
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        outputs = pipeline | beam.Create(elements, reshuffle=False) | transform
        for name, output in outputs._asdict().items():
            _ = output | f"Collect_{name}" >> beam.Map(_collect, name)
    return {name: list(_SEEN[name]) for name in outputs._asdict()}


def _collect(element: Any, name: str) -> None:
    _SEEN[name].append(element)


def counts(tallies: list[Tally]) -> dict[str, int]:
    """Tallies added up by word; CPU time, which is never the same twice, is only held to be there."""
    sums: Counter[str] = Counter()
    for one in tallies:
        sums[one.word] += one.times
    assert sums.pop("cpu_us", 0) > 0
    return dict(sums)

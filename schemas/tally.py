"""Tallies: how often something happened to the elements of a run; added up, they are its balance and its summary."""

from typing import NamedTuple


class Tally(NamedTuple):
    """`times` times `word` in `stage` of one run; CPU time is a tally in microseconds under the word `cpu_us`."""

    run_id: str
    # fetch, extract, dedup, tag, write
    stage: str
    # in, out, seen, unchanged, dead_<reason>, cpu_us, …
    word: str
    times: int = 1

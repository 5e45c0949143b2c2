"""Dateline and the afternoon's way side by side, over the same served pages.

    python -m bench.compare PAGES.parquet [--latency MS] [--rounds N] [--json FILE]

The two run in turn, each in its own process tree, and every other round in the other order. The naive one is pinned to
one core, since it cannot use more. Shown is the median of the rounds, and the ratio dateline/naive: below 1, Dateline
is the cheaper.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bench.figures import Usage, arguments, cost, print_table, stop_cleanly, write_json
from bench.replay import RunFailedError, Setup, one_page, run_dateline, succeeded
from bench.serve import Corpus, serving

MEASURES = {
    "wall_s": "wall, s",
    "wall_s_without_start_up": "wall without start-up, s",
    "cpu_ms_per_page": "CPU per page, ms",
    "cpu_ms_per_page_without_start_up": "CPU per page without start-up, ms",
    "peak_mb": "peak memory, MB",
}
Figures = dict[str, Any]
Run = Callable[[Corpus, Path], Usage]


def compare(pages: Path, setup: Setup, rounds: int) -> Figures:
    """Saved pages in; the figures of every round, the medians of both, and their ratios out."""
    runs: dict[str, Run] = {"dateline": lambda corpus, output: run_dateline(corpus, output, setup), "naive": run_naive}
    seen: dict[str, list[Figures]] = {name: [] for name in runs}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="compare-")))
        corpus = stack.enter_context(serving(pages, setup.latency_ms))
        single = stack.enter_context(serving(one_page(pages, folder / "one-page.parquet"), setup.latency_ms))
        for number in range(rounds):
            for name in list(runs)[:: -1 if number % 2 else 1]:
                seen[name].append(_round(runs[name], corpus, single, folder / f"{name}-{number}"))
    medians = {
        name: {key: statistics.median(one[key] for one in figures) for key in [*MEASURES, "rows"]}
        for name, figures in seen.items()
    }
    ratios = {key: medians["dateline"][key] / medians["naive"][key] for key in MEASURES}
    return {"pages": len(corpus.ids), "rounds": seen, "ratio": ratios} | medians


def _round(run: Run, corpus: Corpus, single: Corpus, folder: Path) -> Figures:
    start_up = run(single, folder / "start-up")
    usage = run(corpus, folder / "archive")
    return cost(usage, start_up, len(corpus.ids)) | {"rows": rows_in(folder / "archive")}


def run_naive(corpus: Corpus, output: Path) -> Usage:
    """Served pages in; they are ingested by bench.naive on one core, and what that used is given back."""
    output.parent.mkdir(parents=True, exist_ok=True)
    core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    command = [sys.executable, "-m", "bench.naive", "--feeds", str(corpus.feeds_file), "--output", str(output)]
    return succeeded(command, output.with_name(output.name + ".log"), core)


def rows_in(archive: Path) -> int:
    """How many articles an archive of either holds."""
    files = [
        path
        for pattern in ("date=*", "articles/date=*", "reprints/date=*")
        for path in archive.glob(pattern + "/*.parquet")
    ]
    return sum(pq.read_metadata(path).num_rows for path in files)


def main(argv: Sequence[str] | None = None) -> int:
    """Compare as the command line says; 1 if a run failed."""
    stop_cleanly()
    parser = arguments("Dateline and the afternoon's way over the same pages.")
    parser.add_argument("pages", type=Path, metavar="PAGES.parquet")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="milliseconds before every answer")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="runs of each, in turn")
    options = parser.parse_args(argv)
    try:
        figures = compare(options.pages, Setup(latency_ms=options.latency), options.rounds)
    except RunFailedError as error:
        print(error, file=sys.stderr)
        return 1
    show(figures)
    write_json(options.json, figures)
    return 0


def show(figures: Figures) -> None:
    """Print both side by side."""
    dateline, naive, ratio = figures["dateline"], figures["naive"], figures["ratio"]
    rows: list[list[object]] = [[label, dateline[key], naive[key], ratio[key]] for key, label in MEASURES.items()]
    rows.insert(0, ["rows", dateline["rows"], naive["rows"], None])
    print_table(f"{figures['pages']:,} pages", ["median of the rounds", "dateline", "naive", "dateline/naive"], rows)


if __name__ == "__main__":
    sys.exit(main())

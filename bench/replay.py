"""The real pipeline over a corpus of saved pages, run as a user runs it; what it published, what it cost.

    python -m bench.replay PAGES.parquet --output DIR --predictions FILE [--processes N] [--latency MS] [--json FILE]

The predictions are made from the published Parquet alone: what a reader of the archive gets is what is scored. Every
page must have ended as a row or as a dead letter. Start-up is what the same run costs on a corpus of one page, the one
of median size. Each replay gets its own folder under DIR, because a pipeline that finds its history publishes only what
is new.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from dateutil import parser as dates

from bench.figures import Usage, arguments, cost, measured, print_table, stop_cleanly, write_json
from bench.serve import Corpus, serving

DATELINE = (sys.executable, "-m", "pipeline")
_COLUMNS = ["url", "body_text", "title", "published_at", "published_raw", "published_source", "authors", "language"]
Row = dict[str, Any]


class RunFailedError(RuntimeError):
    """A measured command ended with another exit code than 0; the message has the end of its output."""


@dataclass(frozen=True)
class Setup:
    """How the pipeline is run."""

    processes: int = os.cpu_count() or 1
    latency_ms: float = 0
    # the command whose subcommand `run` is measured
    command: Sequence[str] = DATELINE


def replay(pages: Path, output: Path, predictions: Path, setup: Setup) -> dict[str, Any]:
    """Saved pages in; an archive under `output` and the predictions are written, the figures are given back."""
    folder = fresh_folder(output)
    start_up = _replay_one(pages, folder, setup)
    with serving(pages, setup.latency_ms) as corpus:
        archive = folder / "archive"
        usage = run_dateline(corpus, archive, setup)
    rows = [*published(archive, "articles", _COLUMNS), *published(archive, "reprints", _COLUMNS)]
    letters = list(published(archive, "dead_letters", ["url", "reason"]))
    write_predictions(predictions, corpus, rows)
    records = sorted(archive.glob("_meta/runs/*.json"))
    return {"archive": str(archive), "run_record": str(records[-1]) if records else None} | {
        **account(corpus, rows, letters),
        **cost(usage, start_up, len(corpus.ids)),
    }


def fresh_folder(output: Path) -> Path:
    """A folder of replays in; a new one in it, with the next free number, out."""
    output.mkdir(parents=True, exist_ok=True)
    taken = {path.name for path in output.iterdir()}
    folder = output / next(name for number in range(1, len(taken) + 2) if (name := f"replay-{number}") not in taken)
    folder.mkdir()
    return folder.resolve()


def _replay_one(pages: Path, folder: Path, setup: Setup) -> Usage:
    with serving(one_page(pages, folder / "one-page.parquet"), setup.latency_ms) as corpus:
        return run_dateline(corpus, folder / "start-up", setup)


def one_page(pages: Path, target: Path) -> Path:
    """A file of saved pages in; one with the page of median size alone is written, and its path given back."""
    sizes = pc.binary_length(pq.read_table(pages, columns=["html"])["html"])
    row = pc.sort_indices(sizes)[len(sizes) // 2].as_py()
    pq.write_table(pq.read_table(pages).slice(row, 1), target)
    return target


def run_dateline(corpus: Corpus, output: Path, setup: Setup) -> Usage:
    """Served pages in; they are ingested under `output`, and what that used is given back."""
    output.parent.mkdir(parents=True, exist_ok=True)
    options = ["--feeds", str(corpus.feeds_file), "--output", str(output), "--processes", str(setup.processes)]
    command = [*setup.command, "run", *options, "--allow_private_hosts", "127.0.0.0/8", "--host_delay", "0"]
    return succeeded(command, output.with_name(output.name + ".log"))


def succeeded(command: Sequence[str], log: Path, core: int | None = None) -> Usage:
    """What a command used. Raises RunFailedError, if it fails."""
    usage = measured(command, log=log, core=core)
    if usage.exit_code:
        end = log.read_text("utf-8", "replace")[-3000:]
        raise RunFailedError(f"exit code {usage.exit_code} of {' '.join(command)}\n{end}")
    return usage


def published(archive: Path, dataset: str, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of one published dataset; none where it has no file."""
    for path in sorted(archive.glob(f"{dataset}/date=*/*.parquet")):
        yield from pq.ParquetFile(path).read(columns=list(columns)).to_pylist()


def account(corpus: Corpus, rows: Sequence[Row], letters: Sequence[Row]) -> dict[str, Any]:
    """Rows and dead letters in; what became of the pages out."""
    with_row = [id_ for row in rows if (id_ := corpus.id_of(row["url"]))]
    with_letter = {corpus.id_of(letter["url"] or "") for letter in letters}
    return {
        "pages": len(corpus.ids),
        "rows": len(rows),
        "rows_of_no_page": len(rows) - len(with_row),
        "rows_too_many": len(with_row) - len(set(with_row)),
        "dead_letters": dict(Counter(letter["reason"] for letter in letters).most_common()),
        "pages_without_row_or_letter": len(set(corpus.ids.values()) - set(with_row) - with_letter),
    }


def write_predictions(path: Path, corpus: Corpus, rows: Sequence[Row]) -> None:
    """One line of JSON for every row of a served page; of several for one page, the first."""
    found: dict[str, Row] = {}
    for row in rows:
        if id_ := corpus.id_of(row["url"]):
            found.setdefault(id_, row)
    lines = [json.dumps(prediction(id_, row), ensure_ascii=False) for id_, row in found.items()]
    path.write_text("".join(line + "\n" for line in lines), "utf-8")


def prediction(id_: str, row: Row) -> dict[str, Any]:
    """A published row in, what it says of its page out; a date that is only when the page was first seen is none."""
    dated = row["published_source"] != "first_seen"
    return {
        "id": id_,
        "text": row["body_text"],
        "title": row["title"],
        "date": stated(row["published_at"], row["published_raw"] or "").isoformat() if dated else None,
        "authors": row["authors"] or [],
        "lang": row["language"],
    }


def stated(published_at: datetime, raw: str) -> datetime:
    """A time of publication with the offset that its page stated, if the page stated that very time with one.

    The archive holds UTC, and the truth is written with the page's offset; they are compared by the digits.

    >>> from datetime import timezone
    >>> stated(datetime(2026, 11, 25, 23, 30, tzinfo=timezone.utc), "2026-11-26T00:30:00+01:00").isoformat()
    '2026-11-26T00:30:00+01:00'
    """
    try:
        parsed = dates.isoparse(raw)
    except ValueError:
        return published_at
    # the archive drops fractions of a second
    is_same = parsed.tzinfo and abs(parsed - published_at) < timedelta(seconds=1)
    return parsed if is_same else published_at


def main(argv: Sequence[str] | None = None) -> int:
    """Replay as the command line says; 1 if the run failed or a page was lost."""
    stop_cleanly()
    parser = arguments("The real pipeline over a corpus of saved pages.")
    parser.add_argument("pages", type=Path, metavar="PAGES.parquet")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="gets a new folder per replay")
    parser.add_argument("--predictions", type=Path, required=True, metavar="FILE", help="gets a line of JSON per page")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="all cores by default")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="milliseconds before every answer")
    options = parser.parse_args(argv)
    setup = Setup(options.processes, options.latency)
    try:
        figures = replay(options.pages, options.output, options.predictions, setup)
    except RunFailedError as error:
        print(error, file=sys.stderr)
        return 1
    letters = {f"dead letters: {reason}": count for reason, count in figures["dead_letters"].items()}
    print_table(
        "replay", ["figure", "value"], list(((figures | letters) | {"dead_letters": sum(letters.values())}).items())
    )
    write_json(options.json, figures)
    return 1 if figures["pages_without_row_or_letter"] else 0


if __name__ == "__main__":
    sys.exit(main())

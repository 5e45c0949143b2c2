"""`dateline compact`: make few files of a day's many."""

from datetime import date, timedelta, timezone

from rich.console import Console
from rich.table import Table

from pipeline.commands.output import OutputParser, existing_store
from pipeline.stop import stoppable
from transforms import clock
from transforms.durations import seconds
from transforms.write.commit import recover
from transforms.write.compact import Day, compact

_SAFE = (
    "days that were done are compacted, the others are as they were, and the next run or compaction goes on from here"
)


def main(argv: list[str]) -> int:
    """Compact what is old enough, and say what became of each day."""
    parser = OutputParser("compact", "Make few files of many, a day at a time. No row changes.")
    parser.add_argument(
        "--older-than",
        "--older_than",
        metavar="TIME",
        default="2d",
        help="only days that ended so long ago, such as 7d; 0d: all days (default: 2d)",
    )
    options = parser.parse_args(argv)
    store, console = existing_store(options), Console()
    now = clock.now()
    age = timedelta(seconds=seconds(options.older_than))
    before = (now - age).astimezone(timezone.utc).date() if age else date.max
    with stoppable(lambda: _SAFE), store.writing() as lease:
        recover(store, lease)
        days = list(compact(store, before, now))
    console.print(_table(days) if days else "Nothing to compact: no day that is old enough has two small files.")
    return 0


def _table(days: list[Day]) -> Table:
    """A line a dataset: what it was, and is."""
    table = Table(title="Compacted", title_justify="left", title_style="bold")
    for heading in ("dataset", "days", "files before", "after", "MB before", "after"):
        table.add_column(heading, justify="left" if heading == "dataset" else "right")
    for dataset in dict.fromkeys(day.dataset for day in days):
        done = [day for day in days if day.dataset == dataset]
        numbers = (
            f"{len({day.date for day in done}):,}",
            f"{sum(day.files_before for day in done):,}",
            f"{sum(day.files_after for day in done):,}",
            f"{sum(day.bytes_before for day in done) / 1e6:,.1f}",
            f"{sum(day.bytes_after for day in done) / 1e6:,.1f}",
        )
        table.add_row(dataset, *numbers)
    return table

"""Progress of a run while it runs: live lines a stage on a terminal, JSON lines in a log otherwise."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from transforms.shell.tallies import progress

_REFRESH = 0.25
_LOG_EVERY = 10.0

# (stage, word) → times, in this process
Counts = Mapping[tuple[str, str], int]

# a line each: its label, and what it shows of the tallies
_LINES = (
    ("fetch", (("feeds", "fetch", "feeds_*"), ("entries", "fetch", "entries"), ("pages", "fetch", "pages"))),
    ("history", (("seen", "history", "seen"), ("new", "history", "new"), ("changed", "history", "changed"))),
    ("extract", (("articles", "extract", "articles"),)),
    ("dedup", (("canonical", "dedup", "canonical"), ("copies", "dedup", "copy"), ("exact", "dedup", "exact"))),
    ("tag", (("tagged", "tag", "articles"), ("untagged", "tag", "untagged"))),
    ("dead letters", (("entries", "dead_letters", "entries"), ("feeds", "dead_letters", "feeds"))),
)


def counts(before: Counts) -> dict[str, dict[str, int]]:
    """What has been counted since `before`, by stage and word."""
    found = {place: n - before.get(place, 0) for place, n in progress().items()}

    def total(stage: str, word: str) -> int:
        return sum(
            n
            for (s, w), n in found.items()
            if s == stage and (w == word or (word[-1] == "*" and w.startswith(word[:-1])))
        )

    return {label: {name: total(stage, word) for name, stage, word in shown} for label, shown in _LINES}


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show progress on the console while the body runs."""
    stop = threading.Event()
    show = _live if console.is_terminal else _log
    ticker = threading.Thread(target=show, args=(console, stop, progress()), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        stop.set()
        ticker.join(timeout=2)


def _live(console: Console, stop: threading.Event, before: Counts) -> None:
    with Live(_table(0.0, before), console=console, refresh_per_second=4, transient=True) as live:
        started = time.monotonic()
        while not stop.wait(_REFRESH):
            live.update(_table(time.monotonic() - started, before))


def _table(seconds: float, before: Counts) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, values in counts(before).items():
        table.add_row(f"[bold]{label}[/]", "  ".join(f"{value:,} {name}" for name, value in values.items()))
    table.add_row("", f"[dim]{seconds:.0f} s[/]")
    return table


def _log(_console: Console, stop: threading.Event, before: Counts) -> None:
    while not stop.wait(_LOG_EVERY):
        logging.getLogger("dateline").info("progress", extra={"counts": counts(before)})

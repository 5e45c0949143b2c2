"""Progress of a run while it runs: live lines a stage on a terminal, JSON lines in a log otherwise."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from transforms.shell.tallies import progress

_REFRESH = 0.25
_LOG_EVERY = 10.0

# a line each: its label, and what it shows of the tallies
_LINES = (
    ("fetch", (("feeds", "fetch", "feeds_*"), ("entries", "fetch", "entries"), ("pages", "fetch", "pages"))),
    ("history", (("seen", "history", "seen"), ("new", "history", "new"), ("changed", "history", "changed"))),
    ("extract", (("articles", "extract", "articles"),)),
    ("dedup", (("canonical", "dedup", "canonical"), ("copies", "dedup", "copy"), ("exact", "dedup", "exact"))),
    ("tag", (("tagged", "tag", "articles"), ("untagged", "tag", "untagged"))),
    ("dead letters", (("entries", "dead_letters", "entries"), ("feeds", "dead_letters", "feeds"))),
)


def counts() -> dict[str, dict[str, int]]:
    """What has been counted so far, by stage and word."""
    found = progress()

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
    ticker = threading.Thread(target=_live if console.is_terminal else _log, args=(console, stop), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        stop.set()
        ticker.join(timeout=2)


def _live(console: Console, stop: threading.Event) -> None:
    with Live(_table(0.0), console=console, refresh_per_second=4, transient=True) as live:
        started = time.monotonic()
        while not stop.wait(_REFRESH):
            live.update(_table(time.monotonic() - started))


def _table(seconds: float) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, values in counts().items():
        table.add_row(f"[bold]{label}[/]", "  ".join(f"{value:,} {name}" for name, value in values.items()))
    table.add_row("", f"[dim]{seconds:.0f} s[/]")
    return table


def _log(_console: Console, stop: threading.Event) -> None:
    while not stop.wait(_LOG_EVERY):
        logging.getLogger("dateline").info("progress", extra={"counts": counts()})

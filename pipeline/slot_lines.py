"""A line per slot of a stream: on a terminal with the slot in flight below, JSON lines in a log otherwise."""

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipeline.progress import Counts, counts
from pipeline.run import RunResult
from transforms.layout import started_at
from transforms.shell.tallies import progress

# what a line shows of a slot, in this order
COLUMNS = ("entries", "new", "changed", "reprints", "rejected", "left", "seconds")


def slot_counts(record: Mapping[str, Any]) -> dict[str, float]:
    """A run's record in, the numbers of its line out.

    Entries that were listed; articles published as new, as later versions, as reprints; entries rejected, by dead
    letters; feeds and entries left for the next slot; seconds from issue to publication.
    """
    rows, stages = record["rows"], record["stages"]
    fetch, letters = stages.get("fetch", {}), stages.get("dead_letters", {})
    late = letters.get("fetch_over_deadline", 0)
    return {
        "entries": record["balance"]["in"]["listed"],
        "new": rows["articles"],
        "changed": rows["revisions"],
        "reprints": rows["reprints"],
        "rejected": letters.get("entries", 0) - late,
        "left": late + fetch.get("left", 0) + fetch.get("polls_left", 0),
        "seconds": record["seconds"],
    }


class SlotLines:
    """Tells of every slot; used as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console, self._before = console, progress()
        self._live = Live(
            console=console, refresh_per_second=2, transient=True, get_renderable=lambda: _in_flight(self._before)
        )

    def __enter__(self) -> "SlotLines":
        if self._console.is_terminal:
            names = "".join(f"{name:>10}" for name in COLUMNS)
            self._console.print(Text(f"{'issued (UTC)':20}{names}", "bold"))
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, result: RunResult) -> None:
        """Tell of a published slot."""
        numbers = slot_counts(result.record)
        self._before = progress()
        if result.imbalance:
            logging.getLogger("dateline").error("run %s is out of balance: %s", result.run_id, result.imbalance)
        if self._console.is_terminal:
            self._console.print(_line(result.run_id, numbers))
        else:
            counted = {"issued": started_at(result.run_id).isoformat(), **numbers}
            logging.getLogger("dateline").info("slot %s published", result.run_id, extra={"counts": counted})


def _line(run_id: str, numbers: Mapping[str, float]) -> Text:
    shown = "".join(f"{numbers[name]:>10,.1f}" if name == "seconds" else f"{numbers[name]:>10,}" for name in COLUMNS)
    return Text(f"{started_at(run_id):%Y-%m-%d %H:%M:%S}{shown:>{len(shown) + 1}}")


def _in_flight(before: Counts) -> Text:
    """What was counted since the last slot was published, in this process."""
    lately = counts(before)
    shown = (("feeds", "fetch"), ("entries", "fetch"), ("pages", "fetch"), ("articles", "extract"))
    told = "  ".join(f"{lately[stage][name]:,} {name}" for name, stage in shown if lately[stage][name])
    return Text(told or "waiting for the next slot", "dim")

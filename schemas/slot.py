"""The slot: the unit of publication, one run of the graph."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Slot:
    """One run of the graph: what is found in it is published together, under its run id."""

    # names every file of the run; sorts by time: 20261124T170000Z-3f9c2a1b
    run_id: str
    # start of the slot, UTC, to the second; `first_seen_at` of everything listed in it for the first time
    started_at: datetime

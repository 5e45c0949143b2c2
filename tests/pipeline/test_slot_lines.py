"""What a stream tells of its slots: numbers that come from the published record."""

import io
import logging

import pytest
from rich.console import Console

from pipeline.run import RunResult
from pipeline.slot_lines import SlotLines, slot_counts

RECORD = {
    "seconds": 1.25,
    "rows": {"articles": 1_234, "reprints": 5, "revisions": 2, "feed_runs": 3, "dead_letters": 9},
    "balance": {"in": {"listed": 2_000, "tried_again": 4}},
    "stages": {
        "fetch": {"left": 1, "polls_left": 2},
        "dead_letters": {"entries": 9, "fetch_over_deadline": 6, "fetch_timeout": 3},
    },
}
RESULT = RunResult("20261124T170000Z-3f9c2a1b", RECORD, [], "")


def test_the_numbers_of_a_slot():
    """Entries listed; new, changed, reprints; rejected without what was left; left entries and feeds; seconds."""
    assert slot_counts(RECORD) == {
        "entries": 2_000,
        "new": 1_234,
        "changed": 2,
        "reprints": 5,
        "rejected": 3,
        "left": 9,
        "seconds": 1.25,
    }


def test_a_line_on_a_terminal():
    """Under its heading, with the slot's start; what is in flight is below, and gone in the end."""
    written = io.StringIO()
    with SlotLines(Console(file=written, force_terminal=True, width=120)) as lines:
        lines.show(RESULT)
    (told,) = (line for line in written.getvalue().splitlines() if "2026-11-24 17:00:00" in line)

    assert told.split("17:00:00")[1].split() == ["2,000", "1,234", "2", "5", "3", "9", "1.2"]
    assert "issued (UTC)" in written.getvalue()
    assert "waiting for the next slot" in written.getvalue()


def test_a_line_in_a_log(caplog: pytest.LogCaptureFixture):
    """One record a slot with its numbers; one that does not balance is an error beside it."""
    caplog.set_level(logging.INFO, "dateline")
    with SlotLines(Console(file=io.StringIO())) as lines:
        lines.show(RESULT)
        lines.show(RESULT._replace(imbalance="in 3, out 2"))

    assert [(record.levelname, getattr(record, "counts", {}).get("new")) for record in caplog.records] == [
        ("INFO", 1_234),
        ("ERROR", None),
        ("INFO", 1_234),
    ]
    assert caplog.records[0].counts["issued"] == "2026-11-24T17:00:00+00:00"
    assert "out of balance: in 3, out 2" in caplog.text

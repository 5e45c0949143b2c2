"""The record of a run: what came in is what became of it, or the record says that it is not."""

from datetime import timedelta

import pytest

from schemas.tally import Tally
from tests.makers import NOW, SLOT
from transforms.layout import DATASETS
from transforms.manifest import ManifestFile
from transforms.write.record import balance, run_record

NO_ROWS = dict.fromkeys(DATASETS, 0)
# stages and rows of one entry that ends in each category
ENDS = {
    "articles": ({}, {"articles": 1}),
    "reprints": ({}, {"reprints": 1}),
    "revisions": ({}, {"revisions": 1}),
    "unchanged": ({"extract": {"unchanged": 1}}, {}),
    "seen": ({"history": {"seen": 1}}, {}),
    "left": ({"fetch": {"left": 1}}, {}),
    "dead_letters": ({"dead_letters": {"entries": 1}}, {"dead_letters": 1}),
}
Stages = dict[str, dict[str, int]]


def merged(*stages: Stages) -> Stages:
    """Stages with the words of all."""
    names = {name for one in stages for name in one}
    return {name: {word: n for one in stages for word, n in one.get(name, {}).items()} for name in names}


@pytest.mark.parametrize("end", ENDS)
def test_each_end_counts_once(end: str):
    """An entry that was listed balances with whatever became of it; without either side nothing balances."""
    stages, rows = ENDS[end]
    listed = merged(stages, {"fetch": {"entries": 1}})

    assert balance(listed, NO_ROWS | rows)["holds"]
    assert balance(listed, NO_ROWS | rows)["out"][end] == 1
    assert not balance(stages, NO_ROWS | rows)["holds"]
    assert not balance({"fetch": {"entries": 1}}, NO_ROWS)["holds"]


def test_an_entry_tried_again_comes_in():
    """An entry that no feed lists any more but is tried again is one that entered."""
    found = balance({"history": {"retried": 1}}, NO_ROWS | {"articles": 1})

    assert found["in"] == {"listed": 0, "tried_again": 1}
    assert found["holds"]


def test_a_doubled_row_is_noticed():
    """More rows than entries is an imbalance."""
    assert not balance({"fetch": {"entries": 1}}, NO_ROWS | {"articles": 1, "reprints": 1})["holds"]


def test_a_lost_dead_letter_is_noticed():
    """Letters counted and letters written must be the same, those of feeds included, though these are no entries."""
    stages = {"dead_letters": {"feeds": 1}}

    assert balance(stages, NO_ROWS | {"dead_letters": 1})["holds"]
    assert not balance(stages, NO_ROWS)["holds"]
    assert not balance({}, NO_ROWS | {"dead_letters": 1})["holds"]


def test_feed_runs_are_no_entries():
    """Rows of feeds weigh on neither side."""
    assert balance({}, NO_ROWS | {"feed_runs": 5})["holds"]


def test_the_record_adds_up_tallies_and_files():
    """Tallies of one word and files of one dataset are summed; times are those of the slot and the clock."""
    tallies = [Tally(SLOT.run_id, "fetch", "entries", 2), Tally(SLOT.run_id, "fetch", "entries", 3)]
    files = [
        ManifestFile(SLOT.run_id, "articles", f"articles/date={date}/part.parquet", rows, 100, "0" * 64)
        for date, rows in (("2026-11-23", 2), ("2026-11-24", 3))
    ]
    record = run_record(SLOT.run_id, tallies, files, {"runner": "here"}, NOW + timedelta(seconds=4.5))

    assert record["rows"] == NO_ROWS | {"articles": 5}
    assert record["stages"] == {"fetch": {"entries": 5}}
    assert record["balance"]["holds"]
    assert (record["bytes_written"], record["seconds"], record["runner"]) == (200, 4.5, "here")
    assert record["started_at"] == NOW.isoformat()


def test_a_run_without_anything_balances():
    """No feeds, no rows: nothing came in and nothing went out."""
    assert run_record(SLOT.run_id, [], [], {}, NOW)["balance"]["holds"]

"""The write stage in Beam: a slot's records become its files, and its end is one element."""

import json
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from schemas.document import Document
from schemas.slot import Slot
from schemas.tally import Tally
from tests.makers import NEXT_SLOT, NOW, SLOT, article, entry
from tests.transforms.write.records import COPY, feed_run, marked, published
from transforms.dead_letters import entry_letter, feed_letter
from transforms.errors import FetchError, ParseError
from transforms.layout import record_path
from transforms.write.rows import Record
from transforms.write.transform import CountLetters, Published, PublishRun

URLS = [f"http://news.example/{n}" for n in range(5)]
LETTER = entry_letter(entry("http://news.example/9"), "fetch", FetchError("timeout"), NOW)


def pipeline() -> beam.Pipeline:
    """A pipeline on the embedded runner, by its own name."""
    return beam.Pipeline(runner="FnApiRunner")


def publish(output: Path, slots: list[Slot], records: list[Record], tallies: list[Tally], *documents: Document) -> None:
    """Run the stage."""

    def run_id(published_run: Published) -> str:
        return published_run.run_id

    with pipeline() as p:
        inputs = [
            p | name >> beam.Create(values)
            for name, values in (("s", slots), ("r", records), ("t", tallies), ("d", list(documents)))
        ]
        slot, record, tally, document = inputs
        done = (slot, (record,), tally, document) | PublishRun(str(output), {"runner": "here"})
        assert_that(done | beam.Map(run_id), equal_to([slot.run_id for slot in slots]))


def record(output: Path, slot: Slot) -> dict:
    """The record that a slot left."""
    return json.loads((output / record_path(slot.run_id)).read_text("utf-8"))


def test_a_slot_is_published(tmp_path: Path):
    """Rows are in their datasets, the record adds up, and documents lie beside it."""
    records = [marked(article("They met.", url)) for url in URLS[:4]] + [marked(article("They met.", URLS[4]), COPY)]
    tallies = [Tally(SLOT.run_id, "fetch", "entries", 4), Tally(SLOT.run_id, "fetch", "entries", 1)]
    document = Document(SLOT.run_id, "stop_anchors", ("00ff", "0fff"))
    publish(tmp_path, [SLOT], [*records, feed_run()], tallies, document)

    assert published(tmp_path) == URLS[:4]
    assert published(tmp_path, dataset="reprints") == URLS[4:]
    found = record(tmp_path, SLOT)
    assert found["balance"]["holds"]
    assert (found["rows"]["articles"], found["rows"]["feed_runs"], found["runner"]) == (4, 1, "here")
    assert found["stages"]["write"]["cpu_us"] >= 0
    assert json.loads((tmp_path / f"_meta/stop_anchors/{SLOT.run_id}.json").read_text("utf-8")) == ["00ff", "0fff"]


def test_a_slot_without_rows_is_published(tmp_path: Path):
    """A slot that found nothing leaves a record that balances."""
    publish(tmp_path, [SLOT], [], [])

    assert record(tmp_path, SLOT)["balance"]["holds"]
    assert published(tmp_path) == []


def test_slots_are_published_apart(tmp_path: Path):
    """Each slot has its own files and its own record."""
    records = [marked(article("They met.", URLS[0], SLOT)), marked(article("They met.", URLS[1], NEXT_SLOT))]
    publish(tmp_path, [SLOT, NEXT_SLOT], records, [Tally(SLOT.run_id, "fetch", "entries", 1)])

    assert published(tmp_path, "run_id") == [SLOT.run_id, NEXT_SLOT.run_id]
    assert record(tmp_path, SLOT)["balance"]["holds"]
    assert not record(tmp_path, NEXT_SLOT)["balance"]["holds"]


@pytest.mark.parametrize("buffered", [1, 2, 2_000])
def test_full_buffers_are_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buffered: int):
    """However many rows wait before they are encoded, each is written once."""
    monkeypatch.setattr("transforms.write.transform._MOST_BUFFERED", buffered)
    publish(tmp_path, [SLOT], [marked(article("They met.", url)) for url in URLS], [])

    assert published(tmp_path) == URLS


def test_letters_are_counted():
    """Entries and feeds are counted apart, and each reason under its stage."""
    feed = feed_letter("http://news.example/feed", SLOT.run_id, ParseError("not_a_feed"), NOW)
    words = [("entries", 1), ("fetch_timeout", 1), ("feeds", 1), ("fetch_not_a_feed", 1)]
    with pipeline() as p:
        counted = p | beam.Create([LETTER, feed]) | CountLetters()
        assert_that(counted, equal_to([Tally(SLOT.run_id, "dead_letters", word, n) for word, n in words]))

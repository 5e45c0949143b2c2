"""The afternoon's way does the whole job, so that comparing with it is fair."""

from pathlib import Path

import pyarrow.dataset as ds
import pytest

from bench.naive import Duplicates, extract, ingest
from bench.serve import serving
from tests.bench.saved_pages import HARBOUR, ORCHARD, html

pytestmark = pytest.mark.slow  # servers and whole runs


def test_ingest_writes_rows_with_text_language_date_and_duplicates(pages: Path, tmp_path: Path) -> None:
    """Six served pages become five rows, one of them marked as a copy; the empty page is left out."""
    with serving(pages) as corpus:
        figures = ingest(corpus.feeds_file.read_text().split(), tmp_path / "out")
        ids = dict(corpus.ids)
    rows = {ids[row["url"]]: row for row in ds.dataset(tmp_path / "out", partitioning="hive").to_table().to_pylist()}

    assert figures == {"feeds": 4, "pages": 6, "rows": 5, "duplicates": 1}
    assert {id_: row["language"] for id_, row in rows.items()} == {
        "a": "en",
        "b": "en",
        "c": "en",
        "d": "de",
        "e": "en",
    }
    assert "alte Brücke über den Mühlbach" in rows["d"]["text"]
    assert {rows["a"]["duplicate_of"], rows["b"]["duplicate_of"]} == {None, rows["a"]["id"]}
    assert {str(row["published"]) for row in rows.values()} == {"2026-11-03"}


def test_duplicates_are_found_by_shared_shingles() -> None:
    """A text with one sentence more is alike, another text is not."""
    duplicates = Duplicates()

    assert duplicates.earlier("1", HARBOUR) is None
    assert duplicates.earlier("2", HARBOUR + "More follows.") == "1"
    assert duplicates.earlier("3", ORCHARD) is None


@pytest.mark.parametrize("page", [b"", b"<html><body></body></html>"])
def test_a_page_without_text_gives_no_row(page: bytes) -> None:
    """What could not be fetched, or says nothing, is left out."""
    assert extract("http://e.org/", page, {"feed_url": "http://e.org/feed.xml"}) is None


def test_topics_are_words_found_three_times() -> None:
    """A topic is put on a text that has its words at least three times."""
    text = "The election of the president was watched by the parliament. " * 5 + HARBOUR
    row = extract("http://e.org/", html("Vote", text), {"feed_url": "http://e.org/feed.xml"})

    assert row is not None
    assert row["topics"] == ["politics"]

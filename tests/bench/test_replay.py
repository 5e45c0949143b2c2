"""A replay reads what the pipeline published, and misses no page."""

import json
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.replay import RunFailedError, Setup, account, fresh_folder, main, one_page, replay, stated
from bench.serve import Corpus, read_saved
from tests.bench.saved_pages import HARBOUR, html, write_pages

pytestmark = pytest.mark.slow  # servers and whole runs

PAGE = html("Pier", HARBOUR)
FAKE = Setup(processes=1, command=(sys.executable, str(Path(__file__).with_name("fake_dateline.py"))))


class Replayed(NamedTuple):
    """The figures of a replay, and its predictions by id."""

    figures: dict[str, Any]
    predictions: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """The six pages, replayed."""
    folder = tmp_path_factory.mktemp("replay")
    figures = replay(write_pages(folder), folder / "out", folder / "predictions.jsonl", FAKE)
    lines = map(json.loads, (folder / "predictions.jsonl").read_text().splitlines())
    return Replayed(figures, {line["id"]: line for line in lines})


def test_replay_accounts_for_every_page(replayed: Replayed) -> None:
    """Six pages end as five rows, of articles and reprints, and one dead letter, and the cost is there."""
    figures = replayed.figures

    assert {key: figures[key] for key in ("pages", "rows", "dead_letters", "pages_without_row_or_letter")} == {
        "pages": 6,
        "rows": 5,
        "dead_letters": {"no_text": 1},
        "pages_without_row_or_letter": 0,
    }
    assert figures["rows_of_no_page"] == figures["rows_too_many"] == figures["left_over"] == 0
    assert figures["cpu_s"] > 0 < figures["peak_mb"]
    assert Path(figures["run_record"]).is_file()


def test_predictions_are_made_from_the_published_rows(replayed: Replayed) -> None:
    """Each has the id of the saved page, and no date where that is only when the page was first seen."""
    found = replayed.predictions

    assert sorted(found) == ["a", "b", "c", "d", "e"]
    assert "northern pier" in found["a"]["text"]
    assert found["a"] | {"text": ""} == {
        "id": "a",
        "text": "",
        "title": "Pier to be rebuilt",
        "date": "2026-11-03T08:00:00+01:00",
        "authors": ["N. N."],
        "lang": "en",
    }
    assert found["c"]["date"] is None


def test_a_run_that_fails_is_an_error_with_the_end_of_its_output(pages: Path, tmp_path: Path) -> None:
    """Where the command exits with another code than 0, the figures would mean nothing."""
    broken = Setup(command=(sys.executable, "-c", "raise SystemExit('no such thing')"))

    with pytest.raises(RunFailedError, match=r"exit code 1 .*\n.*no such thing"):
        replay(pages, tmp_path / "out", tmp_path / "predictions.jsonl", broken)


@pytest.mark.slow
def test_a_lost_page_makes_the_command_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the pipeline neither publishes nor reports a page, the figures are written and the exit code is 1."""
    urls = ["http://e.org/a", "http://e.org/lost"]
    table = pa.table({"id": ["x", "y"], "site": ["e.org"] * 2, "url": urls, "html": [PAGE] * 2})
    pq.write_table(table, tmp_path / "pages.parquet")
    monkeypatch.setattr("bench.replay.Setup", lambda *args: replace(FAKE, processes=args[0]))
    options = {"--output": "out", "--predictions": "predictions.jsonl", "--json": "figures.json"}
    paths = [word for option, name in options.items() for word in (option, str(tmp_path / name))]

    assert main([str(tmp_path / "pages.parquet"), *paths]) == 1
    assert json.loads((tmp_path / "figures.json").read_text())["pages_without_row_or_letter"] == 1


def test_account_counts_lost_foreign_and_repeated_rows() -> None:
    """A page with neither row nor letter is lost; a row of no page and a second row of one are counted, too."""
    corpus = Corpus(Path("feeds.txt"), {f"http://127.1.0.1/p{row}/": id_ for row, id_ in enumerate("abc")})
    rows = [{"url": url} for url in ("http://127.1.0.1/p0/", "http://127.1.0.1/p0/?x", "http://127.1.0.1/p9/")]
    failed = [("http://127.1.0.1/p1/", "timeout"), (None, "not_a_feed")]
    letters = [{"url": url, "reason": reason} for url, reason in failed]

    assert account(corpus, rows, letters) == {
        "pages": 3,
        "rows": 3,
        "rows_of_no_page": 1,
        "rows_too_many": 1,
        "dead_letters": {"timeout": 1, "not_a_feed": 1},
        "pages_without_row_or_letter": 1,
    }


def test_one_page_is_of_median_size(pages: Path, tmp_path: Path) -> None:
    """The corpus for start-up has one page, neither the smallest nor the largest."""
    (only,) = read_saved(one_page(pages, tmp_path / "one.parquet"))

    assert only.id not in ("f", "d")


def test_every_replay_gets_a_fresh_folder(tmp_path: Path) -> None:
    """An archive of an earlier replay is neither read nor overwritten."""
    assert [fresh_folder(tmp_path / "out").name for _ in range(2)] == ["replay-1", "replay-2"]


@pytest.mark.parametrize("raw", ["", "yesterday", "2026-11-03", "2026-11-03T09:00:00+01:00"])
def test_a_time_stays_utc_unless_the_page_stated_the_same(raw: str) -> None:
    """No date, a date without an offset, and another time all leave the published one."""
    published = datetime(2026, 11, 3, 7, 0, tzinfo=timezone.utc)

    assert stated(published, raw).isoformat() == "2026-11-03T07:00:00+00:00"

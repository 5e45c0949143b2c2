"""bench.extract measures extractors side by side, and scores what they give."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import extract
from bench.extract import Attempt, Page, Prediction, attempt, costs, main, measure, read_pages, rejections
from bench.extractors import OURS, date_of, extractors
from schemas.dating import Dating
from tests.bench.saved_pages import HARBOUR, LIBRARY, ORCHARD, html

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
GONE = b"<html><head><title>Page not found</title></head><body><p>It is gone.</p></body></html>"
ROWS: list[dict[str, Any]] = [
    {
        "id": "a",
        "set": "news",
        "html": html("Few apples", ORCHARD + LIBRARY),
        "body": ORCHARD + LIBRARY,
        "title": "Few apples",
        "date": "2026-11-03T08:00:00+01:00",
    },
    {"id": "b", "set": "general", "html": html("Pier", HARBOUR), "snip_with": ["ice house"], "snip_without": ["Menu"]},
    {"id": "c", "set": "news", "html": GONE, "body": "There was a text."},
    {"id": "d", "set": "news", "html": GONE},
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four pages: news, a general one, and two that are rejected, one of them wrongly."""
    columns = ("id", "set", "html", "body", "title", "date", "authors", "snip_with", "snip_without")
    rows = [{name: row.get(name) for name in columns} for row in ROWS]
    rows = [{**row, "site": None, "url": f"https://news.example/{row['id']}"} for row in rows]
    path = tmp_path_factory.mktemp("corpus") / "pages.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_a_whole_run(corpus: Path, tmp_path: Path, capsys):
    """Every extractor's cost is measured, ours is scored, rejections are counted, and every page has a prediction."""
    predictions, figures = tmp_path / "predictions.jsonl", tmp_path / "figures.json"
    code = main([str(corpus), "--predictions", str(predictions), "--json", str(figures), "--score_all"])
    lines = [json.loads(line) for line in predictions.read_text("utf-8").splitlines()]
    found = json.loads(figures.read_text("utf-8"))

    assert code == 0
    assert [line["id"] for line in lines] == ["a", "b", "c", "d"]
    assert lines[0]["title"] == "Few apples"
    assert lines[0]["date"] == "2026-11-03T08:00:00+01:00"
    assert lines[2]["cpu_s"] > 0
    assert not any(lines[2][key] for key in ("text", "title", "date", "authors", "lang"))
    assert set(found["extractors"]) == set(found["scores"]) == set(extractors(NOW))
    assert found["extractors"]["trafilatura"]["cpu_ratio"] == 1
    assert found["scores"][OURS]["texts"]["general"] == {"pages": 1, "f1": 1, "precision": 1, "recall": 1}
    assert found["rejections"] == [{"reason": "soft_404", "pages": 2, "lost": 1}]
    assert "soft_404" in capsys.readouterr().out


@pytest.mark.parametrize("name", extractors(NOW))
def test_every_extractor_finds_the_text(name: str):
    """Each gives the text of a plain page from its bytes."""
    found = extractors(NOW)[name](Page("a", "", "https://news.example/a", ROWS[0]["html"]))

    assert "smallest apple harvest" in found.text


def test_some_pages_and_extractors(corpus: Path, tmp_path: Path):
    """A run may be cut to the first pages and to some extractors; without the yardstick there is no ratio."""
    figures = tmp_path / "figures.json"
    main([str(corpus), "--limit", "1", "--extractors", "ours,resiliparse", "--json", str(figures)])
    found = json.loads(figures.read_text("utf-8"))

    assert found["pages"] == 1
    assert {name: own["cpu_ratio"] for name, own in found["extractors"].items()} == {"ours": None, "resiliparse": None}


def test_an_unknown_extractor(corpus: Path):
    """Is refused."""
    with pytest.raises(SystemExit):
        main([str(corpus), "--extractors", "theirs"])


def test_pages_without_truth(pages: Path):
    """Only what every corpus has is needed."""
    assert main([str(pages), "--extractors", "ours"]) == 0
    assert [page.id for page in read_pages(pages, 2)[0]] == ["a", "b"]


def test_turns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Every extractor does each page once a round, in a process of its own; who is first changes each time."""
    calls = tmp_path / "calls"

    def named(name: str) -> Callable[[Page], Prediction]:
        def extract(page: Page) -> Prediction:
            if page.id:  # the others warm up
                with calls.open("a") as file:
                    file.write(f"{name}{page.id} ")
            return Prediction(f"{name} {os.getpid()}")

        return extract

    monkeypatch.setattr(extract, "_WARMED_ON", 0)
    attempts = measure([Page(str(n), "", "", b"") for n in range(2)], {"x": named("x"), "y": named("y")}, rounds=2)

    assert calls.read_text().split() == ["x0", "y0", "y1", "x1", "y0", "x0", "x1", "y1"]
    texts = {name: {one.prediction.text for one in own} for name, own in attempts.items()}
    assert {len(own) for own in texts.values()} == {1}
    assert not texts["x"] & {text.replace("y", "x") for text in texts["y"]}


def test_a_failure():
    """Of an extractor counts with its time, and what it raised is kept."""

    def fail(page: Page) -> Prediction:
        raise KeyError(page.id)

    failed = attempt(fail, Page("a", "", "", b""))

    assert failed.prediction == Prediction()
    assert costs({"x": [failed, Attempt(1.0, Prediction(), "")]})["x"]["failures"] == {"KeyError: 'a'": 1}


def test_our_failure_fails_the_run(corpus: Path, monkeypatch: pytest.MonkeyPatch):
    """An error of ours that is not declared is a bug."""
    monkeypatch.setattr(extract, "extractors", lambda now: {OURS: lambda page: 1 // 0})

    assert main([str(corpus)]) == 1


def test_costs():
    """The ratio is that of the means: above 1, an extractor costs more than the yardstick."""
    times = {"trafilatura": [1.0, 2.0, 3.0], "x": [1.0, 3.0, 8.0]}
    figures = costs({name: [Attempt(s, Prediction(), "") for s in own] for name, own in times.items()})

    assert figures["x"]["cpu_ratio"] == pytest.approx(2)
    assert (figures["x"]["cpu_ms"], figures["x"]["median_ms"], figures["x"]["pages_per_cpu_s"]) == (4000, 3000, 0.25)


def test_rejections():
    """A rejected page that is known to hold a text is an error of its rule."""
    attempts = [Attempt(0, Prediction(rejected=reason), "") for reason in ("", "no_text", "no_text")]

    assert rejections([{"body": "x"}, {"body": "x"}, {}], attempts) == [{"reason": "no_text", "pages": 2, "lost": 1}]


@pytest.mark.slow
def test_a_second_run(corpus: Path, capsys):
    """In a fresh process gives the same of every page."""
    assert main([str(corpus), "--extractors", "ours", "--twice"]) == 0
    assert "0 of 4 pages" in capsys.readouterr().out


@pytest.mark.slow
def test_differences_are_found(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A page that gives something else the second time fails the run."""
    monkeypatch.setattr(extract, "fingerprints", _fickle)

    assert extract.differences(corpus, None, NOW) == ["b"]
    assert main([str(corpus), "--extractors", "ours", "--twice"]) == 1


def _fickle(path: Path, limit: int | None, now: datetime, *, reverse: bool = False) -> dict[str, str]:
    return {"a": "same", "b": "second" if reverse else "first"}


@pytest.mark.parametrize(
    ("raw", "stated"),
    [
        ("2026-11-03T08:00:00+01:00", "2026-11-03T08:00:00+01:00"),
        ("2026-11-03T08:00:00.250+01:00", "2026-11-03T08:00:00.250000+01:00"),
        ("yesterday", "2026-11-03T07:00:00+00:00"),
    ],
)
def test_dates(raw: str, stated: str):
    """Keep the offset that the page states, so that their digits are the page's."""
    assert date_of(Dating(datetime(2026, 11, 3, 7, tzinfo=timezone.utc), raw, "meta", "second")) == stated
    assert date_of(Dating(raw=raw)) is None

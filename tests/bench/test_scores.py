"""Scores are what the published rules of the two benchmarks give."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bench.extract import Attempt, prediction_lines, read_pages
from bench.extractors import Prediction
from bench.scores import metadata_scores, text_scores
from tests.bench.saved_pages import ROWS

# a second implementation and its pages, which some machines have beside the repository
OTHER = Path(__file__).parents[3] / "shared" / "eval" / "extract"


def test_bodies():
    """Precision and recall are means over pages; an empty prediction counts in recall alone."""
    truths = [{"set": "news", "body": "a b c d e f g h"}, {"set": "news", "body": "i j k l"}]
    score = text_scores(truths, [Prediction("a b c d e f z"), Prediction()])["news"]

    assert (score.pages, score.precision, score.recall) == (2, 3 / 4, (3 / 5 + 0) / 2)
    assert score.f1 == pytest.approx(2 * 0.75 * 0.3 / 1.05)


def test_repeated_text():
    """A sentence that is predicted twice is right once."""
    score = text_scores([{"body": "a b c d"}], [Prediction("a b c d a b c d")])["pages"]

    assert (score.precision, score.recall) == (1 / 5, 1)


def test_snippets():
    """All snippets of all pages count alike, however their white space is set; pages without a truth don't count."""
    truths = [
        {"set": "general", "snip_with": ["the  ferry", "ice house"], "snip_without": ["Menu"]},
        {"set": "general", "snip_with": ["pier"], "snip_without": []},
        {"set": "other", "snip_with": None, "body": None},
    ]
    scores = text_scores(truths, [Prediction("Menu\nthe\nferry"), Prediction("the pier"), Prediction("Menu")])

    assert list(scores) == ["general"]
    assert (scores["general"].precision, scores["general"].recall) == (2 / 3, 2 / 3)


def test_metadata():
    """A kind is judged where its truth is known: dates by digits with their own offset, authors as a set."""
    truths: list[dict[str, Any]] = [
        {"title": "The Pier", "date": "2026-11-03 08:00:00+01:00", "authors": ["Ada Pen", "Bo Ink"]},
        {"title": "Apples", "date": "2026-11-04 08:30:00+01:00", "authors": []},
        {"title": None, "date": None, "authors": None},
    ]
    predictions = [
        Prediction(title="the  pier", date="2026-11-03T08:00:09+01:00", authors=("Bo Ink", "ada pen")),
        Prediction(title=None, date="2026-11-04T07:30:00+00:00", authors=("Ada Pen",)),
        Prediction(title="Late", date="2026-11-05"),
    ]

    assert metadata_scores(truths, predictions) == {"title": 0.5, "day": 1, "minute": 0.5, "authors": 1}


def test_no_truth():
    """Pages of which nothing is known have no scores."""
    assert text_scores([{} for _ in ROWS], [Prediction() for _ in ROWS]) == {}


def _bent(truth: dict[str, Any], place: int) -> Prediction:
    """A prediction made from the truth, wrong in part, in another way on every page."""
    snippets = [*(truth["snip_with"] or [])[place % 2 :], *(truth["snip_without"] or [])[: place % 3]]
    sentences = (truth["body"] or "").split(". ")
    text = " ".join(snippets) or ". ".join(sentences[place % 4 :] + sentences[: place % 3])
    return Prediction(
        "" if place % 13 == 0 else text,
        (truth["title"] or "").upper() if place % 3 else None,
        (truth["date"] or "")[: 10 + 6 * (place % 2)] or None,
        tuple(reversed(truth["authors"] or ()))[place % 5 == 0 :],
    )


@pytest.mark.slow
@pytest.mark.skipif(not OTHER.exists(), reason="the other implementation is not here")
def test_scores_are_those_of_another_implementation(tmp_path: Path):
    """The same predictions get the same scores."""
    truths = pq.read_table(OTHER / "pages-dev.parquet").drop_columns(["html"]).to_pylist()
    pages, _ = read_pages(OTHER / "pages-dev.parquet")
    predictions = [_bent(truth, place) for place, truth in enumerate(truths)]
    lines = prediction_lines(pages, [Attempt(0.5, prediction, "") for prediction in predictions])
    (tmp_path / "predictions.jsonl").write_text("".join(lines), "utf-8")

    command = [sys.executable, OTHER / "score.py", OTHER / "pages-dev.parquet", tmp_path / "predictions.jsonl"]
    other = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = {name: score._asdict() for name, score in text_scores(truths, predictions).items()}
    ours["metadata"] = metadata_scores(truths, predictions)

    assert all(ours[name] == pytest.approx(other[name], abs=1e-9) for name in ours)
    assert {*ours, "pages_per_cpu_second"} == set(other)

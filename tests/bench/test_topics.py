"""bench.topics tags any articles of the given form."""

import json
from pathlib import Path

from bench.topics import main

ARTICLES = [
    {
        "id": "1",
        "lang": "en",
        "title": "Leaders open summit talks",
        "text": "The presidents met for summit talks in Geneva.",
    },
    {"id": "2", "lang": "en", "title": "Cake", "text": "Butter, flour and sugar."},
]


def test_predictions_and_figures_are_written(tmp_path: Path):
    """Each article has a line with its topics, none where nothing fits; the figures count them."""
    labelled, predictions, figures = (
        tmp_path / name for name in ("labelled.jsonl", "predictions.jsonl", "figures.json")
    )
    labelled.write_text("".join(json.dumps(one) + "\n" for one in ARTICLES), "utf-8")

    main([str(labelled), "--predictions", str(predictions), "--json", str(figures)])

    found = {line["id"]: line["topics"] for line in map(json.loads, predictions.read_text("utf-8").splitlines())}
    assert "summit" in found["1"]
    assert found["2"] == []
    assert json.loads(figures.read_text("utf-8"))["articles"] == 2

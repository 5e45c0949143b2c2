"""bench.dedup clusters any documents of the given form, in one run or several."""

import json
from pathlib import Path

import pytest

from bench.dedup import main
from tests.makers import prose

pytestmark = pytest.mark.slow  # servers and whole runs

STORY = prose(1, 30)
DOCUMENTS = [
    {"id": "b", "text": STORY},
    {"id": "a", "text": f"{STORY} {prose(2, 8)}", "title": "Longer", "lang": "en"},
    {"id": "c", "text": prose(3, 30)},
]


def clusters(tmp_path: Path, *options: str) -> dict[str, str]:
    """What a run of the bench predicts."""
    documents, predictions = tmp_path / "docs.jsonl", tmp_path / "predictions.jsonl"
    documents.write_text("".join(json.dumps(document) + "\n" for document in DOCUMENTS), "utf-8")
    main([str(documents), "--predictions", str(predictions), "--json", str(tmp_path / "figures.json"), *options])
    lines = [json.loads(line) for line in predictions.read_text("utf-8").splitlines()]
    return {line["id"]: line["cluster"] for line in lines}


@pytest.mark.parametrize("options", [[], ["--shuffle", "1", "--bundles", "2"], ["--runs", "2"]])
def test_clusters_are_named_by_their_smallest_member(tmp_path: Path, options: list[str]):
    """However the documents are dealt out, the prediction is the same, and so are its names."""
    assert clusters(tmp_path, *options) == {"a": "a", "b": "a", "c": "c"}


def test_figures_are_written(tmp_path: Path):
    """The figures of the table are in the file, too."""
    clusters(tmp_path)

    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert (figures["documents"], figures["clusters"]) == (3, 2)

"""The block model trains on labelled pages, and is validated on sites it never saw."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.train_blocks import FOLDS, body_labels, fold, main
from tests.transforms.extract.pages import PROSE, html_page, tree_of
from transforms.extract.blocks.model import BlockModel
from transforms.extract.blocks.names import COLUMNS
from transforms.extract.blocks.walk import read_blocks


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Forty pages of twenty sites: prose among teasers, one in five with snippets for labels."""
    rows = []
    for number in range(40):
        paragraphs = [f"{paragraph[:-1]}, as report {number} says." for paragraph in PROSE * 3]
        teasers = "".join(f"<li><a href='/{n}'>Teaser {n} of page {number}</a></li>" for n in range(12))
        general = number % 5 == 0
        rows.append(
            {
                "id": str(number),
                "site": f"site{number // 2}.example",
                "url": f"https://site{number // 2}.example/{number}",
                "html": html_page(*paragraphs, after=f"<ul class='related'>{teasers}</ul>"),
                "set": "traf" if general else "fundus",
                "body": "" if general else "\n".join(paragraphs),
                "snip_with": [PROSE[0][:40]] if general else [],
                "snip_without": ["Teaser 3"] if general else [],
            }
        )
    path = tmp_path_factory.mktemp("corpus") / "pages.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.slow
def test_training(corpus: Path, tmp_path: Path, capsys):
    """Weights are written with the names of their columns, the same for the same pages."""
    outputs = [tmp_path / "one.json", tmp_path / "two.json"]
    codes = [main([str(corpus), "--output", str(output)]) for output in outputs]

    assert codes == [0, 0]
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    weights = json.loads(outputs[0].read_text())
    assert weights["columns"] == list(COLUMNS)
    assert BlockModel.of(weights).page.columns.shape == (200, 7)
    assert "pages" in capsys.readouterr().out


@pytest.mark.slow
def test_cross_validation(corpus: Path, tmp_path: Path):
    """Every page is extracted by a model that never saw its site; here the prose is found and the teasers are not."""
    predictions = tmp_path / "predictions.jsonl"

    assert main([str(corpus), "--cross_validate", "--predictions", str(predictions)]) == 0
    lines = [json.loads(line) for line in predictions.read_text().splitlines()]
    assert [line["id"] for line in lines] == [str(number) for number in range(40)]
    assert all("report" in line["text"] and "Teaser" not in line["text"] for line in lines)


def test_folds():
    """A site's fold depends on nothing but its name, and all folds are used."""
    assert {fold(f"site{number}.example") for number in range(100)} == set(range(FOLDS))


def test_labels():
    """Blocks of the true body are labelled, cut and joined ones too; others, and lone short lines, are not."""
    page = html_page(
        *PROSE, before="<h1>Elsewhere</h1><p>Rescue</p>", after="<p>Sign up for the letter of the day, now.</p>"
    )
    labels = body_labels(" ".join(PROSE), read_blocks(tree_of(page)))

    assert labels == [False, False, True, True, True, False]

"""bench.agencies judges pages and cases of the given form."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.agencies import main
from tests.transforms.extract.pages import URL, html_page

LABELS = [
    {"id": "1", "agencies": [{"agency": "ap", "role": "author"}]},
    {"id": "2", "agencies": []},
    {"id": "3", "agencies": [{"agency": "dpa", "role": "source"}]},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Three labelled pages, one of them empty, and one without a label."""
    pages, labels = tmp_path / "pages.parquet", tmp_path / "labels.jsonl"
    html = [html_page(before="<p>By The Associated Press</p>"), html_page(), b"", html_page()]
    pq.write_table(pa.table({"id": ["1", "2", "3", "4"], "url": [URL] * 4, "html": html}), pages)
    labels.write_text("".join(json.dumps(label) + "\n" for label in LABELS), "utf-8")
    return pages, labels


def test_pages(files: tuple[Path, Path], tmp_path: Path):
    """Each labelled page has a line with its agencies; the figures count pairs and list what is wrong."""
    predictions, figures = tmp_path / "predictions.jsonl", tmp_path / "figures.json"

    assert main([*map(str, files), "--predictions", str(predictions), "--json", str(figures)]) == 0

    found = {line["id"]: line["agencies"] for line in map(json.loads, predictions.read_text("utf-8").splitlines())}
    assert found == {"1": ["ap"], "2": [], "3": []}
    judged = json.loads(figures.read_text("utf-8"))
    assert (judged["signals"]["all"]["precision"], judged["signals"]["all"]["recall"]) == (1.0, 0.5)
    assert [one["id"] for one in judged["failures"]] == ["3"]


def test_cases(tmp_path: Path):
    """Cases are judged by signal, and a trap that is fallen into is counted."""
    cases, figures = tmp_path / "cases.jsonl", tmp_path / "figures.json"
    rows = [
        {"id": "a", "language": "en", "signal": "tail", "after": ["Source: AFP"], "agencies": {"afp": "source"}},
        {"id": "b", "language": "en", "signal": "trap", "after": ["Source: AFP"], "agencies": {}},
    ]
    cases.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    main(["--cases", str(cases), "--json", str(figures)])

    signals = json.loads(figures.read_text("utf-8"))["signals"]
    assert signals["tail"]["f1"] == 1.0
    assert signals["trap"]["falsely_credited"] == 1


def test_usage():
    """Neither pages nor cases is a usage error."""
    with pytest.raises(SystemExit):
        main([])

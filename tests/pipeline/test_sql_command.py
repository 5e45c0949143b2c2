"""`dateline sql`: answers from a shell."""

import io
import json
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.makers import SLOT
from tests.transforms.write.records import commit_files, rows_of, staged


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output with two articles."""
    commit_files(tmp_path, SLOT.run_id, staged(tmp_path, rows_of(["http://a.example/1", "http://a.example/2"])))
    return tmp_path


@pytest.mark.parametrize("named", [lambda output: [output], lambda output: ["--output", output]])
def test_a_query_is_answered(output: Path, capsys: pytest.CaptureFixture[str], named):
    """The output is named one way or the other; the answer is a table."""
    assert main(["sql", *named(str(output)), "SELECT count(*) AS stories FROM clusters"]) == 0

    printed = capsys.readouterr().out
    assert "stories" in printed
    assert " 2 " in printed


def test_rows_as_json(output: Path, capsys: pytest.CaptureFixture[str]):
    """For programs there is a JSON object a row."""
    assert main(["sql", str(output), "SELECT url, date FROM articles ORDER BY url", "--json"]) == 0

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["url"] for row in rows] == ["http://a.example/1", "http://a.example/2"]


def test_a_query_may_come_by_a_pipe(output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Without a query the standard input is one, where nobody types."""
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT count(*) AS stories FROM articles"))

    assert main(["sql", str(output)]) == 0
    assert "stories" in capsys.readouterr().out


@pytest.mark.parametrize("query", ["selec 1", "FROM nope"])
def test_a_mistake_is_one_line(output: Path, capsys: pytest.CaptureFixture[str], query: str):
    """Wrong SQL, or a folder that no run has written, is told in a line and exit code 2."""
    for folder in (output, output / "elsewhere"):
        assert main(["sql", str(folder), query]) == 2

        errors = capsys.readouterr().err
        assert errors.startswith("dateline: ")
        assert errors.count("\n") == 1

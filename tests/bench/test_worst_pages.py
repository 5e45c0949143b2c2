"""No page, however it is made, costs more than the sandbox grants, or harms the one after it."""

import json
from pathlib import Path

import pytest

from bench.worst_pages import CASES, end, main
from schemas.dead_letter import REASONS
from transforms.sandbox import SandboxSettings

SETTINGS = SandboxSettings(processes=1)
# what a kill may take on top: a process inside a C library gets three seconds to end by itself
GRACE = 10.0


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_every_page_ends(case: str):
    """As an article or with a declared reason, in time; and the next page in the same pool is extracted normally."""
    ending = end(case, SETTINGS)

    assert ending.outcome in {"article", *REASONS}
    assert ending.wall_s < SETTINGS.budget + GRACE
    assert ending.next_is_well
    if ending.peak_mb is not None:
        assert ending.peak_mb < SETTINGS.memory_bytes / 1e6


def test_a_page_out_of_time():
    """Ends as a dead letter; the pool goes on with a fresh process."""
    ending = end("elements up to the limit", SandboxSettings(processes=1, budget=0.05))

    assert ending.outcome == "parse_timeout"
    assert ending.characters is None


def test_each_chosen_case_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Of the table that is printed, and of the figures."""
    figures = tmp_path / "figures.json"

    assert main(["--cases", "10 MB of links", "NULs", "--json", str(figures)]) == 0
    assert "not_html" in capsys.readouterr().out
    outcomes = {row["case"]: row["outcome"] for row in json.loads(figures.read_text("utf-8"))["cases"]}
    assert outcomes == {"10 MB of links": "page_too_large", "NULs": "not_html"}

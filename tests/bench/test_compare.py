"""A comparison runs both over the same pages, and says by what factor they differ."""

from pathlib import Path

import pytest

from bench.compare import MEASURES, compare, show
from tests.bench.test_replay import FAKE


@pytest.mark.slow
def test_compare_gives_ratios_of_medians(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both write five rows of six pages; each ratio is Dateline's median over the other's; the table shows them."""
    figures = compare(pages, FAKE, 1)
    show(figures)

    assert figures["dateline"]["rows"] == figures["naive"]["rows"] == 5
    assert figures["ratio"] == {key: figures["dateline"][key] / figures["naive"][key] for key in MEASURES}
    assert figures["ratio"]["cpu_ms_per_page"] < 1
    assert "CPU per page" in capsys.readouterr().out

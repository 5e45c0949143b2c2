"""The contest of the fetch stage gets every page with each contestant, and counts what that took."""

import json
from pathlib import Path

import pytest

from bench.fetch import Load, Round, figures, main, timed


@pytest.mark.slow
def test_a_small_contest(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Sixty pages of five hosts, fetched by each."""
    small = ["--pages", "60", "--hosts", "5", "--latency", "1", "--in_flight", "20", "--rounds", "1"]

    assert main([*small, "--json", str(tmp_path / "figures.json")]) == 0

    found = json.loads((tmp_path / "figures.json").read_text())["contestants"]
    assert list(found) == ["bare", "stage", "stage with robots.txt"]
    assert all(row["pages_per_s"] > 0 and row["cpu_ms_per_page"] > 0 for row in found.values())
    assert "CPU ms a page" in capsys.readouterr().out


def test_pages_go_to_all_hosts_by_turns():
    """Each host has its own loopback address."""
    assert Load(3, 2, 0.1, 4, 80).urls == ["http://127.1.0.1:80/0", "http://127.1.0.2:80/1", "http://127.1.0.1:80/2"]


def test_ratios_are_to_the_bare_loop():
    """Half the speed is a ratio of a half, twice the CPU time one of two."""
    found = figures(Load(100, 1, 0, 1), {"bare": Round(1.0, 0.1), "stage": Round(2.0, 0.2)})

    assert found["stage"] == {"pages_per_s": 50.0, "ratio": 0.5, "cpu_ms_per_page": 2.0, "cpu_ratio": 2.0}


def test_what_is_not_got_is_not_fast():
    """A contestant that lost a page has no time."""
    with pytest.raises(AssertionError, match="7 of 8 bytes"):
        timed(lambda: 7, 8)

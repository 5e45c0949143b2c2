"""Attacks are met in processes of their own, and one that ends wrongly is told."""

import json
from pathlib import Path

import pytest

from bench import attacks
from bench.attacks import FORMS, main


@pytest.mark.slow
def test_attacks_end_as_they_should(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """One of each kind, with what it took; no address is reached."""
    names = ["an ordinary page", "gzip bomb", "slow body", "two codings", "a redirect to itself"]

    assert main(["--attacks", *names, "--timeout", "1", "--json", str(tmp_path / "figures.json")]) == 0

    figures = json.loads((tmp_path / "figures.json").read_text())
    assert [(one["attack"], one["is_right"]) for one in figures["attacks"]] == [(name, True) for name in names]
    assert all(one["peak_mb"] > 10 and one["wall_s"] > 0 for one in figures["attacks"])
    assert figures["addresses"] == {"forms": len(FORMS), "refused": len(FORMS), "reached": 0}
    assert "gzip bomb" in capsys.readouterr().out


@pytest.mark.slow
def test_a_wrong_ending_is_told(monkeypatch: pytest.MonkeyPatch):
    """A page that is fetched where it should have been refused makes the command fail."""
    monkeypatch.setattr(attacks, "_all", lambda: {"harmless": (attacks.answer(b"x"), "bad_http")})
    monkeypatch.setattr(attacks, "FORMS", FORMS[:1])

    assert main(["--timeout", "1"]) == 1

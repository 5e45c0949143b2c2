"""The fuzz targets let declared errors pass and nothing else, and what libFuzzer says is read right."""

import pytest

from bench.fuzz_feeds import TARGETS, Finished, finished, main
from transforms import urls

CRASHED = """
 === Uncaught Python exception: ===
KeyError: 'Elbe'
Traceback (most recent call last):
  File "x.py", line 3, in feeds
==12== ERROR: libFuzzer: fuzz target exited
stat::number_of_executed_units: 3
"""


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("data", [b"", b"\xff\x00", b"<rss>", b"http://[", b"99999999999-99-99"])
def test_what_is_refused_is_no_finding(target: str, data: bytes):
    """Declared errors are what the targets are for."""
    TARGETS[target](data)


def test_what_is_wrong_is_a_finding(monkeypatch: pytest.MonkeyPatch):
    """A result that breaks its promise raises."""
    monkeypatch.setattr(urls, "absolute_url", lambda _link, _base: "http://é/")
    monkeypatch.setattr(urls, "canonical_url", lambda url: url)

    with pytest.raises(AssertionError):
        TARGETS["links"](b"x")


def test_a_crash_is_told_by_its_exception():
    """The exception's own line, and how far it came."""
    assert finished("feeds", 77, CRASHED) == Finished("feeds", 3, 0, "KeyError: 'Elbe'")


@pytest.mark.slow
def test_a_short_run_finds_nothing(tmp_path, capsys: pytest.CaptureFixture[str]):
    """A few seconds over the real code, where atheris is installed."""
    pytest.importorskip("atheris")

    assert main(["--minutes", "0.05", "--targets", "links", "--findings", str(tmp_path)]) == 0
    assert "links" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []

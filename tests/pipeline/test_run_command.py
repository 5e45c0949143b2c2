"""`dateline run`, from its arguments to its exit code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hostile import HostileServer, answer
from bench.polled_site import page
from pipeline.cli import main

pytestmark = pytest.mark.slow

RSS = b"<rss version='2.0'><channel><title>E</title><item><title>One</title><link>/1</link></item></channel></rss>"


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A site with one feed and one page."""
    with HostileServer() as running:
        running.on("/feed", answer(RSS))
        running.on("/1", answer(page("one")))
        yield running


def run(server: HostileServer, folder: Path, *options: str, path: str = "/feed") -> int:
    """The exit code of a run over the site's feed."""
    (folder / "feeds.txt").write_text(server.url + path)
    places = ["--feeds", str(folder / "feeds.txt"), "--output", str(folder / "out")]
    return main(["run", *places, "--allow_private_hosts", "127.0.0.1", *options])


def test_a_feed_that_is_not_due_is_left_alone(
    server: HostileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """A run right after the first asks nobody for anything, says so, and has not failed."""
    monkeypatch.setenv("COLUMNS", "160")

    assert run(server, tmp_path) == 0
    asked = len(server.requests)
    capsys.readouterr()

    assert run(server, tmp_path) == 0
    assert len(server.requests) == asked
    assert "1 not yet" in capsys.readouterr().out


def test_min_poll_0_polls_at_every_run(server: HostileServer, tmp_path: Path):
    """As often as one runs it."""
    assert [run(server, tmp_path, "--min_poll", "0") for _ in range(2)] == [0, 0]
    assert server.asked("/feed") == 2


def test_a_run_in_which_no_feed_could_be_fetched_has_failed(
    server: HostileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """One line says where to look."""
    assert run(server, tmp_path, path="/missing") == 1
    assert "no feed could be fetched" in capsys.readouterr().err

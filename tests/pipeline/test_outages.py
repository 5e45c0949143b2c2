"""Through hours of trouble nothing is lost and nothing is published twice: real runs, with a clock that jumps."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bench.hostile import HostileServer, answer
from bench.polled_site import SimulatedClock, page
from pipeline.options import parse_config
from pipeline.run import RunResult, run_once
from queries import connect
from tests.makers import OWN_SITE
from transforms import clock
from transforms.fetch.loop import close_loops
from transforms.sandbox import close_sandboxes

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 25, 6, tzinfo=timezone.utc)


class World:
    """A site for feeds, another for pages that may be down, and the runs over them."""

    def __init__(self, folder: Path, feeds: HostileServer, pages: HostileServer, time: SimulatedClock) -> None:
        self.feeds, self.pages, self._time = feeds, pages, time
        self.output = folder / "data"
        self.is_down = False
        listed = folder / "feeds.txt"
        listed.write_text(feeds.url + "/feed\n")
        self._config = parse_config(["--feeds", str(listed), "--output", str(self.output), *OWN_SITE])

    def add_page(self, path: str) -> None:
        """A page that is there when its site is not down."""

        async def behave(writer: asyncio.StreamWriter) -> None:
            if self.is_down:
                writer.transport.abort()
            else:
                await answer(page(path))(writer)

        self.pages.on(path, behave)

    def list_pages(self, *paths: str) -> None:
        """What the feed lists from now on."""
        items = "".join(f"<item><title>{path}</title><link>{self.pages.url}{path}</link></item>" for path in paths)
        self.feeds.on("/feed", answer(f"<rss version='2.0'><channel><title>E</title>{items}</channel></rss>".encode()))

    def run(self, hours: float) -> RunResult:
        """A run at that hour, as a process of its own would make it; it has to balance."""
        self._time.set(START + timedelta(hours=hours))
        result = run_once(self._config)
        close_loops()
        assert result.imbalance == ""
        return result

    def published(self) -> list[str]:
        """The paths of all published texts."""
        found = connect(self.output).execute("SELECT url FROM texts ORDER BY url").fetchall()
        return [url.removeprefix(self.pages.url) for (url,) in found]

    def letters(self) -> list[tuple[Any, ...]]:
        """Attempt, reason and whether it is final of each entry's letter, oldest first."""
        query = "SELECT attempt, reason, final FROM dead_letters WHERE article_id IS NOT NULL ORDER BY occurred_at"
        return connect(self.output).execute(query).fetchall()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two servers and a clock."""
    time = SimulatedClock(START)
    monkeypatch.setattr(clock, "now", time.now)
    with HostileServer() as feeds, HostileServer() as pages:
        yield World(tmp_path, feeds, pages, time)
    close_loops()
    close_sandboxes()


def test_a_host_that_is_down_for_three_runs(world: World):
    """Its entries have left the feed by then; all of them are published later, none twice."""
    paths = [f"/{n}" for n in range(5)]
    for path in [*paths, "/new"]:
        world.add_page(path)
    world.list_pages(*paths)
    world.is_down = True
    world.run(0)
    world.list_pages("/new")
    for hours in (0.5, 2):
        world.run(hours)
    assert world.published() == []

    world.is_down = False
    result = world.run(6.5)
    world.run(30)

    assert world.published() == [*paths, "/new"]
    assert result.record["balance"]["in"] == {"listed": 0, "tried_again": 6}
    assert {reason for _, reason, _ in world.letters()} == {"connect_error"}


def test_a_host_that_is_down_for_good(world: World):
    """The fifth try is the last; from then on the entry counts as seen, and its page is not asked for."""
    world.add_page("/a")
    world.list_pages("/a")
    world.is_down = True
    for hours in (0, 0.5, 2, 7, 24):
        world.run(hours)
    assert [(attempt, final) for attempt, _, final in world.letters()] == [(n, n == 5) for n in range(1, 6)]

    asked = len(world.pages.requests)
    world.list_pages("/a", "/a?utm_source=x")  # another body, so that the feed is read again
    result = world.run(60)

    assert result.record["stages"]["history"]["seen"] == 2
    assert (len(world.pages.requests), world.published()) == (asked, [])


def test_a_feed_that_is_down_for_a_day(world: World):
    """What it lists when it is back is published, once."""
    world.add_page("/a")
    world.list_pages("/a")
    world.run(0)
    world.feeds.on("/feed", answer(status="500 Oops"))
    for hours in (2, 12, 23):
        assert world.run(hours).record["stages"]["fetch"]["feeds_failed"] == 1

    world.add_page("/b")
    world.list_pages("/a", "/b")
    world.run(26)

    assert world.published() == ["/a", "/b"]


def test_a_host_that_asks_for_an_hour(world: World):
    """It is not asked before that has passed, by whatever run, for whatever page; then all is published."""
    for path in ("/a", "/b"):
        world.add_page(path)
    world.pages.on("/a", answer(status="429 Slow down", retry_after="3600"))
    world.list_pages("/a", "/b")
    world.run(0)
    asked = len(world.pages.requests)
    world.run(0.5)
    assert len(world.pages.requests) == asked

    world.add_page("/a")
    world.run(1.1)

    assert world.published() == ["/a", "/b"]

"""robots.txt is asked once for every origin and heeded for every page."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.fake_time import run_in_fake_time
from transforms.errors import FetchError
from transforms.fetch.robots import MAX_BYTES, Robots

RULES = b"""User-agent: *
Disallow: /

User-agent: Dateline
Disallow: /private/
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 3
"""


class Site:
    """Files by URL, an error in place of one that cannot be had; remembers what was asked, and the delays heard."""

    def __init__(self, files: dict[str, bytes | FetchError]) -> None:
        self.files = files
        self.asked: list[str] = []
        self.delays: list[tuple[str, float]] = []

    async def read(self, url: str) -> bytes:
        """One file, after a second."""
        self.asked.append(url)
        await asyncio.sleep(1)
        found = self.files.get(url, FetchError("http_404", "", 404))
        if isinstance(found, FetchError):
            raise found
        return found

    def slow_down(self, url: str, seconds: float) -> None:
        """What a Crawl-delay leads to."""
        self.delays.append((url, seconds))


def answers(site: Site, urls: Sequence[str], pause: float = 0.0) -> list[str]:
    """The reason for which each page is refused, "" for none; asked for at once, or with pauses between them."""

    async def work() -> list[Any]:
        robots = Robots(site.read, site.slow_down)
        checks = []
        for url in urls:
            checks.append(asyncio.create_task(robots.check(url)))
            await asyncio.sleep(pause)
        return await asyncio.gather(*checks, return_exceptions=True)

    return [one.reason if isinstance(one, FetchError) else "" for one in run_in_fake_time(work())]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/news/1", ""),
        ("/private/a", "robots_disallowed"),
        ("/private/open/a", ""),
        ("/a.pdf", "robots_disallowed"),
        ("/a.pdf?x", ""),
    ],
)
def test_the_rules_for_dateline_hold(path: str, reason: str):
    """Those that name it come before those for all; the longest match wins, * and $ are known."""
    site = Site({"http://e.example/robots.txt": RULES})

    assert answers(site, ["http://e.example" + path]) == [reason]


def test_many_pages_ask_once(tmp_path):
    """One request answers all pages of an origin; another scheme or port is another origin."""
    site = Site({})

    answers(site, [f"http://e.example/{n}" for n in range(50)] + ["https://e.example/", "http://e.example:8080/"])

    assert sorted(site.asked) == [
        "http://e.example/robots.txt",
        "http://e.example:8080/robots.txt",
        "https://e.example/robots.txt",
    ]


@pytest.mark.parametrize("reason", ["http_404", "http_410", "http_403", "http_4xx"])
def test_a_server_without_the_file_allows_everything(reason: str):
    """Status 400 to 499 means that there are no rules."""
    assert answers(Site({"http://e.example/robots.txt": FetchError(reason)}), ["http://e.example/a"]) == [""]


@pytest.mark.parametrize("reason", ["http_5xx", "timeout", "connect_error", "rate_limited", "redirect_loop"])
def test_a_server_that_cannot_say_allows_nothing(reason: str):
    """The page is a passing failure: whether it may be fetched is not known yet."""
    site = Site({"http://e.example/robots.txt": FetchError(reason, "x", 503)})

    assert answers(site, ["http://e.example/a", "http://e.example/b"]) == ["robots_unreachable"] * 2
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><html><body>Not here</body></html>", b"", b"\xff\xfe\x00", b"Disallow: /", b"x" * MAX_BYTES],
)
def test_what_is_no_robots_txt_allows_everything(body: bytes):
    """A web page, nothing, bytes or a rule for nobody in its place says nothing."""
    assert answers(Site({"http://e.example/robots.txt": body}), ["http://e.example/a"]) == [""]


def test_rules_are_asked_for_again_after_a_day_and_failures_after_minutes():
    """A day in which nothing is asked, then once more; who could not answer is asked again sooner."""
    calm, ill = (
        Site({"http://e.example/robots.txt": RULES}),
        Site({"http://e.example/robots.txt": FetchError("timeout")}),
    )

    assert answers(calm, ["http://e.example/a"] * 4, pause=30_000) == [""] * 4
    assert len(calm.asked) == 2
    assert answers(ill, ["http://e.example/a"] * 4, pause=301) == ["robots_unreachable"] * 4
    assert len(ill.asked) == 2


def test_a_crawl_delay_is_passed_on():
    """The host is then asked more slowly."""
    site = Site({"http://e.example/robots.txt": RULES})

    answers(site, ["http://e.example/a"])

    assert site.delays == [("http://e.example/robots.txt", 3.0)]


def test_who_gives_up_waiting_does_not_end_it_for_the_others():
    """The answer comes for all that still wait for it."""

    async def work() -> tuple[bool, None]:
        site = Site({"http://e.example/robots.txt": RULES})
        robots = Robots(site.read, site.slow_down)
        impatient, patient = (asyncio.create_task(robots.check("http://e.example/a")) for _ in range(2))
        await asyncio.sleep(0.5)
        impatient.cancel()
        return impatient.cancelled() or impatient.cancelling() > 0, await patient

    assert run_in_fake_time(work()) == (True, None)

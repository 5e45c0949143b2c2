"""Scripted sites on loopback, with a clock of their own: what each answers at what hour, and what it was asked.

Every site has a port, so that each is a host. Times are those of the simulated clock, in hours from its start.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from bench.in_thread import ServedInThread, open_server

# entries that a feed lists at most
_LISTED = 200
_CONSONANTS, _VOWELS = "bcdfghklmnprstvw", "aeiou"


@dataclass(frozen=True)
class Site:
    """One site's script."""

    name: str
    # minutes between new entries; three are there from the start
    every: float = 1e9
    # what a feed's answer carries
    etag: bool = True
    last_modified: bool = True
    # whether a condition is answered with 304, and whether that repeats the validators
    conditional: bool = True
    forgetful: bool = False
    # seconds: Cache-Control, Expires, and RSS's ttl
    max_age: int = 0
    expires: int = 0
    ttl: int = 0
    # hours from and to which it answers with a status, and its Retry-After: seconds, or "date" for 40 minutes on
    trouble: tuple[float, float, int, str] | None = None
    # a permanent redirect's status, and the hours in which it is there
    moved: tuple[int, float, float] | None = None
    # hours in which connections are cut
    down: tuple[float, float] | None = None
    # seconds before an answer
    slow: float = 0.0
    # every second page lies where robots.txt forbids, and starts are to be a second apart
    private: bool = False

    def entries(self, hours: float) -> int:
        """How many entries it has published by then."""
        return 3 + int(max(0.0, hours) * 60 / self.every)


SITES = (
    Site("busy", every=10),
    Site("hourly", every=60),
    Site("daily", every=700),
    Site("never"),
    Site("bare", etag=False, last_modified=False, conditional=False),
    Site("forgetful", every=240, forgetful=True),
    Site("cached", every=30, max_age=3_600),
    Site("expiring", every=30, expires=2_700),
    Site("patient", every=30, ttl=7_200),
    Site("limited", every=60, trouble=(2, 4, 429, "1800")),
    Site("limited-by-date", every=60, trouble=(3, 4, 429, "date")),
    Site("limited-by-nothing", every=60, trouble=(1, 2, 429, "0")),
    Site("tired", every=60, trouble=(5, 6, 503, "900")),
    Site("failing", every=60, trouble=(2, 3, 503, "")),
    Site("moved", every=60, moved=(301, 0, 1e9)),
    Site("wandering", every=60, moved=(308, 2, 8)),
    Site("gone", every=60, trouble=(6, 1e9, 410, "")),
    Site("lost", every=60, trouble=(3, 6, 404, "")),
    Site("down", every=60, down=(4, 8)),
    Site("slow", every=240, slow=0.4),
    Site("private", every=240, private=True),
)


@dataclass
class Asked:
    """One request, and what it got."""

    site: Site
    path: str
    headers: dict[str, str]
    # by the simulated clock
    at: datetime
    run: int
    # others of the site under way when it came
    beside: int
    status: int = 0
    bytes: int = 0
    answered: dict[str, str] = field(default_factory=dict)
    # numbers of the entries that a feed's answer listed
    listed: tuple[int, ...] = ()


class Sites(ServedInThread):
    """The sites, served while the context lasts; `now` is the simulated clock, `run` the number of the run."""

    def __init__(self, sites: tuple[Site, ...], start: datetime, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.sites, self._start, self._now = sites, start, now
        self.asked: list[Asked] = []
        self.run = 0
        self.urls: dict[str, str] = {}
        self._open: dict[str, int] = {}

    def __enter__(self) -> "Sites":
        super().__enter__()
        return self

    async def _serve(self) -> None:
        for site in self.sites:
            self.urls[site.name] = await open_server([web.get("/{path:.*}", self._handler(site))])

    def _handler(self, site: Site) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            headers = {name.lower(): value for name, value in request.headers.items()}
            beside = self._open.get(site.name, 0)
            asked = Asked(site, request.path, headers, self._now(), self.run, beside)
            self.asked.append(asked)
            self._open[site.name] = beside + 1
            try:
                await asyncio.sleep(site.slow)
                return self._answer(asked, request)
            finally:
                self._open[site.name] -= 1

        return handle

    def _answer(self, asked: Asked, request: web.Request) -> web.StreamResponse:
        hours = (asked.at - self._start) / timedelta(hours=1)
        if asked.site.down and asked.site.down[0] <= hours < asked.site.down[1]:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        status, headers, body = self._reply(asked, hours)
        asked.status, asked.answered, asked.bytes = status, headers, len(body)
        return web.Response(status=status, headers=headers, body=body)

    def _reply(self, asked: Asked, hours: float) -> tuple[int, dict[str, str], bytes]:
        site, path = asked.site, asked.path
        if path == "/robots.txt":
            rules = (
                "User-agent: *\nDisallow: /private/\nCrawl-delay: 1\n" if site.private else "User-agent: *\nAllow: /\n"
            )
            return 200, {"Content-Type": "text/plain"}, rules.encode()
        if site.trouble and site.trouble[0] <= hours < site.trouble[1]:
            return site.trouble[2], self._wait(asked, site.trouble[3]), b""
        if path == "/feed" and site.moved and site.moved[1] <= hours < site.moved[2]:
            return site.moved[0], {"Location": "/new"}, b""
        if path in ("/feed", "/new"):
            return self._feed(asked, hours)
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page(f"{site.name}{path}")

    @staticmethod
    def _wait(asked: Asked, stated: str) -> dict[str, str]:
        if not stated:
            return {}
        later = format_datetime(asked.at + timedelta(minutes=40), usegmt=True)
        # the date of the server's clock goes with it, as HTTP wants
        return {"Retry-After": later if stated == "date" else stated, "Date": format_datetime(asked.at, usegmt=True)}

    def _feed(self, asked: Asked, hours: float) -> tuple[int, dict[str, str], bytes]:
        site, count = asked.site, asked.site.entries(hours)
        changed = self._start + timedelta(minutes=max(0, count - 3) * min(site.every, 1e6))
        validators = {"ETag": f'W/"{site.name}-{count}"'} if site.etag else {}
        validators |= {"Last-Modified": format_datetime(changed, usegmt=True)} if site.last_modified else {}
        headers = {"Content-Type": "application/rss+xml", "Date": format_datetime(asked.at, usegmt=True)}
        headers |= {"Cache-Control": f"max-age={site.max_age}"} if site.max_age else {}
        expires = asked.at + timedelta(seconds=site.expires)
        headers |= {"Expires": format_datetime(expires, usegmt=True)} if site.expires else {}
        if site.conditional and site.etag and asked.headers.get("if-none-match") == validators["ETag"]:
            return 304, headers | ({} if site.forgetful else validators), b""
        asked.listed = tuple(range(max(0, count - _LISTED), count))
        return 200, headers | validators, self._rss(site, asked.listed)

    def _rss(self, site: Site, numbers: tuple[int, ...]) -> bytes:
        items = []
        for number in reversed(numbers):
            at = format_datetime(
                self._start + timedelta(minutes=max(0, number - 2) * min(site.every, 1e4)), usegmt=True
            )
            link = escape(self.urls[site.name] + page_path(site, number))
            parts = f"<title>{site.name} {number}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
            items.append(f"<item>{parts}</item>")
        ttl = f"<ttl>{site.ttl // 60}</ttl>" if site.ttl else ""
        return f'<rss version="2.0"><channel><title>{site.name}</title>{ttl}{"".join(items)}</channel></rss>'.encode()


def page_path(site: Site, number: int) -> str:
    """Where the page of an entry lies."""
    return f"/private/{number}" if site.private and number % 2 else f"/{number}"


def page(seed: str) -> bytes:
    """A page of invented words, the same for a seed and like no other."""
    rng = random.Random(seed)

    def word() -> str:
        return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 4)))

    def sentence() -> str:
        return " ".join(word() for _ in range(rng.randint(8, 16))).capitalize() + "."

    paragraphs = "".join(f"<p>{' '.join(sentence() for _ in range(4))}</p>" for _ in range(5))
    return f"<!doctype html><html><head><title>{seed}</title></head><body><article><h1>{seed}</h1>{paragraphs}".encode()


class SimulatedClock:
    """A clock that is set at the start of each run and then goes as fast as the real one."""

    def __init__(self, start: datetime) -> None:
        self._base, self._real = start, time.monotonic()

    def set(self, at: datetime) -> None:
        """Go on from then."""
        self._base, self._real = at, time.monotonic()

    def now(self) -> datetime:
        """The simulated time."""
        return self._base + timedelta(seconds=time.monotonic() - self._real)

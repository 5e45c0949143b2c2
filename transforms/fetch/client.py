"""The HTTP client: a URL in, an `Answer` out, or a FetchError with a reason of the closed list.

Redirects are followed by hand, because every hop is a new wish to check: its address, its host's turn, its robots.txt.
"""

import asyncio
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import stamina
from aiohttp import hdrs

from transforms import clock
from transforms.errors import FetchError, RejectError
from transforms.fetch.body import REDIRECTS, headers_of, read_body
from transforms.fetch.failures import passes_soon, status_reason, translated
from transforms.fetch.guard import allowed_networks, check_host, socket_factory
from transforms.fetch.hosts import Hosts
from transforms.fetch.proxy import environment_proxies, proxy_ends, proxy_of
from transforms.fetch.robots import MAX_BYTES, Robots
from transforms.fetch.settings import FetchSettings
from transforms.fetch.waits import retry_after
from transforms.layout import started_at
from transforms.urls import absolute_url, host_of, same_origin

# retries are counted, not logged one by one
stamina.instrumentation.set_on_retry_hooks(())

MAX_REDIRECTS = 5
_PERMANENT = {301, 308}
# seconds that a host rests after a 429 that asks for no time
_REST = 60.0
# what stands before the @ of a link, in a text about it
_USERINFO = re.compile(r"[^/\\\s'\"]*@")


@dataclass(frozen=True)
class Answer:
    """A complete answer with a status of 200 to 299, or 304."""

    # after redirects
    url: str
    status: int
    # names in lower case
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    # from the request to the end of the body
    seconds: float = 0.0
    # where redirects led, if all of them were permanent, else ""
    moved_to: str = ""
    # a redirect led from https to http
    downgraded: bool = False

    @property
    def charset(self) -> str:
        """The charset of the Content-Type header, "" where none is stated."""
        match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", self.headers.get("content-type", ""), re.I)
        return match[1] if match else ""


@dataclass(frozen=True)
class Wish:
    """What a request asks for, besides its URL."""

    # after inflating
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    # headers that only the first URL's origin gets, such as a password
    private: Mapping[str, str] = field(default_factory=dict, repr=False)
    # beginnings of media types whose body is not read: not_html
    unwanted: tuple[str, ...] = ()
    # a longer body is cut, not refused
    cut: bool = False
    # heed robots.txt, of every host on the way
    robots: bool = False
    # it is robots.txt that is asked for
    is_robots: bool = False
    # whose budget it uses, and whose slot's time, down to which part of that
    run_id: str = ""
    part_of_slot: float = 1.0

    @property
    def conditional(self) -> bool:
        """Whether 304 is an answer."""
        return not self.headers.keys().isdisjoint({hdrs.IF_NONE_MATCH, hdrs.IF_MODIFIED_SINCE})


class Client:
    """An aiohttp session with the guards; make it and use it inside one event loop.

    No request starts while `gate` is closed; those under way go on.
    """

    def __init__(self, settings: FetchSettings, gate: asyncio.Event) -> None:
        self._settings, self._gate = settings, gate
        # requests made again, so far
        self.retries = 0
        self._hosts = Hosts(settings)
        self._robots = Robots(self._read_robots, lambda url, seconds: self._hosts.slow_down(host_of(url), seconds))
        self._proxies = environment_proxies()
        self._allowed = allowed_networks(settings.allow_private_hosts)
        connector = aiohttp.TCPConnector(
            limit=0, socket_factory=socket_factory(self._allowed, proxy_ends()), ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={hdrs.USER_AGENT: settings.user_agent, hdrs.ACCEPT_ENCODING: "gzip, deflate"},
            auto_decompress=False,
            max_line_size=16_384,
            max_field_size=16_384,
        )
        # it would ask a second time by itself, without the host's turn
        self._session._retry_connection = False

    async def close(self) -> None:
        """End the session and its connections."""
        await self._session.close()

    async def get(self, url: str, **wish: Any) -> Answer:
        """Fetch a URL; `wish` are the fields of Wish.

        Raises FetchError; one that passes in a second is tried again, with growing pauses. What has no answer at the
        slot's deadline, or has not begun, ends as `over_deadline`.
        """
        wanted = Wish(**wish)
        left = self._time_left(wanted)
        if left == math.inf:
            return await self._tried(url, wanted)
        try:
            return await asyncio.wait_for(self._tried(url, wanted), left)
        except asyncio.TimeoutError as error:
            raise FetchError("over_deadline", f"{url}: not fetched before the slot's deadline") from error

    def _time_left(self, wish: Wish) -> float:
        """Seconds until the deadline of the wish's slot."""
        if not (self._settings.deadline and wish.run_id):
            return math.inf
        spent = (clock.now() - started_at(wish.run_id)).total_seconds()
        return self._settings.deadline * wish.part_of_slot - spent

    async def _tried(self, url: str, wanted: Wish) -> Answer:
        try:
            return await self._follow(url, wanted)
        except FetchError as error:
            if not passes_soon(error):
                raise
            return await self._again(url, wanted, error)

    async def _again(self, url: str, wish: Wish, first: FetchError) -> Answer:
        # no limit in time: the wait for a busy host's turn would use it up, and leave no second try
        async for attempt in stamina.retry_context(
            on=passes_soon, attempts=self._settings.tries, wait_initial=0.3, wait_max=3, timeout=None
        ):
            with attempt:
                if attempt.num == 1:
                    raise first  # was made without stamina, which costs half as much as a request
                self.retries += 1
                return await self._follow(url, wish)
        raise AssertionError("stamina returns or raises")  # pragma: no cover

    async def check_robots(self, url: str) -> None:
        """Return where the page may be fetched. Raises FetchError: robots_disallowed, robots_unreachable."""
        await self._robots.check(_checked(url))

    async def _read_robots(self, url: str) -> bytes:
        return (await self.get(url, max_bytes=MAX_BYTES, cut=True, is_robots=True)).body

    async def _follow(self, url: str, wish: Wish) -> Answer:
        url, left = _checked(url), self._settings.request_seconds
        first, permanent, downgraded, visited = url, True, False, set[str]()
        for _ in range(MAX_REDIRECTS + 1):
            if url in visited:
                raise FetchError("redirect_loop", url)
            if wish.robots:
                await self._robots.check(url)
            visited.add(url)
            private = wish.private if same_origin(url, first) else {}
            answer = await self._request(url, wish, left, private)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                moved = url if permanent and len(visited) > 1 else ""
                return replace(self._accepted(answer, wish), moved_to=moved, downgraded=downgraded)
            permanent &= answer.status in _PERMANENT
            following, left = _hop(answer), left - answer.seconds
            downgraded |= url.startswith("https:") and following.startswith("http:")
            url = following
        raise FetchError("too_many_redirects", url)

    async def _request(self, url: str, wish: Wish, seconds: float, private: Mapping[str, str]) -> Answer:
        proxy, host = proxy_of(url, self._proxies), host_of(url)
        if proxy:  # it makes the connection, so that only what the URL itself says can be checked here
            check_host(urlsplit(url).hostname or "", self._allowed)
        async with self._hosts.turn(host, wish.run_id, is_robots=wish.is_robots):
            await self._gate.wait()
            started = time.monotonic()
            # aiohttp reads 0 as no limit
            timeout = aiohttp.ClientTimeout(total=max(seconds, 0.001), sock_connect=10)
            headers = {**wish.headers, **private}
            with translated(url):
                async with self._session.get(
                    url, headers=headers, allow_redirects=False, timeout=timeout, proxy=proxy
                ) as response:
                    said = headers_of(response)
                    try:
                        body = await read_body(response, said, wish.max_bytes, wish.unwanted, cut=wish.cut)
                    finally:  # what is given up was received all the same
                        self._hosts.received(host, wish.run_id, response.content.total_bytes)
                    return Answer(url, response.status, said, body, time.monotonic() - started)

    def _accepted(self, answer: Answer, wish: Wish) -> Answer:
        status = answer.status
        if 200 <= status < 300 or (status == 304 and wish.conditional):
            return answer
        raise FetchError(status_reason(status), f"{answer.url} answers {status}", status, self._rested(answer))

    def _rested(self, answer: Answer) -> datetime | None:
        """Leave a host alone that asks for it; when it may be asked again, None where it did not say."""
        now = clock.now()
        asked = retry_after(answer.headers, now) if answer.status in (429, 503) else None
        if asked is not None or answer.status == 429:
            self._hosts.rest(host_of(answer.url), _REST if asked is None else asked)
        return None if asked is None else now + timedelta(seconds=asked)


def _checked(url: str, base: str = "") -> str:
    try:
        return absolute_url(url, base)
    except RejectError as error:
        raise FetchError(error.reason, _USERINFO.sub("", error.detail)) from error


def _hop(answer: Answer) -> str:
    try:
        return _checked(answer.headers["location"], answer.url)
    except FetchError as error:
        raise FetchError(error.reason, f"redirected from {answer.url}: {error.detail}", answer.status) from error

"""robots.txt (RFC 9309): whether a page may be fetched, and how slowly, by the word of its own server.

Rules are kept for a day, by origin. A server without the file (4xx) allows everything, one that cannot say (5xx, no
answer) nothing: that is a passing failure, tried again by later runs, and asked again after some minutes, lest one bad
minute use up all tries of a page.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from transforms.errors import FetchError

# what RFC 9309 asks a reader to take at least; more is not read
MAX_BYTES = 500 * 1024
_KEPT, _KEPT_FAILURE = 86_400.0, 600.0
# by what a rule may call us
AGENT = "Dateline"
_NONE = {"http_403", "http_404", "http_410", "http_4xx"}


@dataclass(frozen=True)
class _Rules:
    """What one origin says; `error` where it could not say."""

    rules: Protego | None
    error: FetchError | None
    until: float


class Robots:
    """The rules of every origin asked so far; lives in one event loop.

    `read` gets robots.txt: a URL in, its first bytes out, FetchError raised. `slow_down` hears of a Crawl-delay: any
    URL of the host and seconds.
    """

    def __init__(self, read: Callable[[str], Awaitable[bytes]], slow_down: Callable[[str, float], None]) -> None:
        self._read, self._slow_down = read, slow_down
        self._asked: dict[str, asyncio.Task[_Rules]] = {}

    async def check(self, url: str) -> None:
        """Return where the page may be fetched. Raises FetchError: robots_disallowed, robots_unreachable."""
        origin = urlunsplit((*urlsplit(url)[:2], "/robots.txt", "", ""))
        said = await self._rules(origin)
        if said.error:
            raise FetchError(
                "robots_unreachable", f"{origin}: {said.error}", said.error.http_status, said.error.retry_at
            )
        if said.rules and not said.rules.can_fetch(url, AGENT):
            raise FetchError("robots_disallowed", f"{origin} disallows {urlsplit(url).path[:200]}")

    async def _rules(self, origin: str) -> _Rules:
        now = asyncio.get_running_loop().time()
        task = self._asked.get(origin)
        if task is None or (task.done() and (task.cancelled() or task.result().until < now)):
            task = self._asked[origin] = asyncio.create_task(self._ask(origin))
        # many pages wait for one answer: whoever gives up must not end it for the others
        return await asyncio.shield(task)

    async def _ask(self, origin: str) -> _Rules:
        now = asyncio.get_running_loop().time()
        try:
            body = await self._read(origin)
        except FetchError as error:
            has_none = error.reason in _NONE
            return _Rules(None, None if has_none else error, now + (_KEPT if has_none else _KEPT_FAILURE))
        rules = Protego.parse(body.decode("utf-8", "replace"))
        if delay := rules.crawl_delay(AGENT):
            self._slow_down(origin, float(delay))
        return _Rules(rules, None, now + _KEPT)

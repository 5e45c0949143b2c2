"""Whose turn it is: how many requests a host gets at a time, how fast they start, when it is left alone.

Lives in one event loop. Every request asks for its turn here, whether for a feed, a page, robots.txt or a redirect's
next hop.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta

from transforms import clock
from transforms.errors import FetchError
from transforms.fetch.settings import FetchSettings

# seconds that a host's own wish for a pause between requests is heeded up to
_SLOWEST = 30.0
# seconds: a request waits for a host that rests no longer than this, and gives up beyond
_SHORT_REST = 5.0
# runs whose budgets are remembered
_RUNS = 2


@dataclass
class _Host:
    turns: asyncio.Semaphore
    # seconds between starts
    delay: float
    # by the loop's clock
    next_start: float = 0.0
    rests_until: float = 0.0
    # requests that wait for their turn
    waiting: int = 0


@dataclass
class _Spent:
    """What one run has used: requests and bytes, by host and in all (under "")."""

    requests: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    bytes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


class Hosts:
    """The hosts that requests go to."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._all = asyncio.Semaphore(settings.connections)
        # at the beginning all hosts are new: the pages of the first are not to wait until the last has been asked
        self._for_robots = asyncio.Semaphore(max(1, settings.connections // 2))
        self._hosts: dict[str, _Host] = {}
        self._runs: dict[str, _Spent] = {}

    @asynccontextmanager
    async def turn(self, host: str, run_id: str, *, is_robots: bool = False) -> AsyncIterator[None]:
        """Wait for a request's turn, and hold it; robots.txt gets at most half of the connections.

        Raises FetchError: over_budget, rate_limited.
        """
        state = self._state(host)
        self._check_patience(state, host)
        state.waiting += 1
        try:
            await state.turns.acquire()
        finally:
            state.waiting -= 1
        try:
            await self._rested(state, host)
            await _reached(state)
            async with self._for_robots if is_robots else nullcontext(), self._all:
                await _reached(state)
                self._check_budget(host, run_id)
                state.next_start = _clock() + state.delay
                self._charge(run_id, host, requests=1)
                yield
        finally:
            state.turns.release()

    def slow_down(self, host: str, seconds: float) -> None:
        """Let at least so much time pass between two starts, as the host asks."""
        state = self._state(host)
        state.delay = max(state.delay, min(seconds, _SLOWEST))

    def rest(self, host: str, seconds: float) -> None:
        """Start no request there for so long."""
        state = self._state(host)
        state.rests_until = max(state.rests_until, _clock() + seconds)

    def received(self, host: str, run_id: str, size: int) -> None:
        """Count a body's bytes."""
        self._charge(run_id, host, bytes_=size)

    def _state(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host(asyncio.Semaphore(self._settings.per_host), self._settings.host_delay)
        return self._hosts[host]

    async def _rested(self, state: _Host, host: str) -> None:
        left = state.rests_until - _clock()
        if left > _SHORT_REST:
            at = clock.now() + timedelta(seconds=left)
            raise FetchError("rate_limited", f"{host} asked for fewer requests", 0, at)
        if left > 0:
            await asyncio.sleep(left)

    def _check_patience(self, state: _Host, host: str) -> None:
        if state.waiting * state.delay >= self._settings.host_patience:
            raise _over_budget(f"{self._settings.host_patience:g} s of waiting for {host}")

    def _check_budget(self, host: str, run_id: str) -> None:
        spent, settings = self._spent(run_id), self._settings
        if spent.requests[host] >= settings.host_requests:
            raise _over_budget(f"{settings.host_requests:,} requests to {host}")
        if spent.bytes[host] >= settings.host_bytes:
            raise _over_budget(f"{settings.host_bytes:,} bytes from {host}")
        if spent.bytes[""] >= settings.run_bytes:
            raise _over_budget(f"{settings.run_bytes:,} bytes")

    def _charge(self, run_id: str, host: str, *, requests: int = 0, bytes_: int = 0) -> None:
        spent = self._spent(run_id)
        for name in (host, ""):
            spent.requests[name] += requests
            spent.bytes[name] += bytes_

    def _spent(self, run_id: str) -> _Spent:
        if run_id not in self._runs:
            while len(self._runs) >= _RUNS:
                del self._runs[next(iter(self._runs))]
            self._runs[run_id] = _Spent()
        return self._runs[run_id]


def _over_budget(what: str) -> FetchError:
    return FetchError("over_budget", f"this run has used up {what}")


async def _reached(state: _Host) -> None:
    """Wait until the host's next request may start."""
    while (left := state.next_start - _clock()) > 0:
        await asyncio.sleep(left)


def _clock() -> float:
    return asyncio.get_running_loop().time()

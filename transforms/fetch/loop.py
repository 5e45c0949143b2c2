"""One event loop per worker process, in a thread of its own, through which all requests go.

So the per-host limit holds for feeds and pages together. Results wait in a bounded room until the Beam thread takes
them: when later stages are slower than the network, fetching waits and memory stays bounded.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from transforms.fetch.client import Client
from transforms.fetch.settings import FetchSettings

T = TypeVar("T")
# results that may wait for the Beam thread, beside the requests under way; then requests wait until half of it is free
_ROOM = 128


class FetchLoop:
    """The loop, its client, and how much CPU time they took."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="fetch", daemon=True).start()
        self._waiting, self._full, self._lock = 0, False, threading.Lock()
        self._gate, self._client = asyncio.run_coroutine_threadsafe(self._make(), self._loop).result()
        self._cpu_total = self._cpu_reported = 0.0
        self._retries_reported = 0

    async def _make(self) -> tuple[asyncio.Event, Client]:
        gate = asyncio.Event()
        gate.set()
        return gate, Client(self._settings, gate)

    def submit(self, work: Callable[[Client], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Start work with the client; when the result is taken or given up, call `taken` once."""

        async def counted() -> T:
            try:
                return await work(self._client)
            finally:
                self._cpu_total = time.thread_time()

        future = asyncio.run_coroutine_threadsafe(counted(), self._loop)
        # not in `counted`: work that is cancelled before it starts ends too
        future.add_done_callback(lambda _: self._wait(+1))
        return future

    def taken(self) -> None:
        """One result fewer waits."""
        self._wait(-1)

    def _wait(self, change: int) -> None:
        """Count; the loop is woken only where its gate is to move, since that costs more than many a request."""
        with self._lock:
            self._waiting += change
            full = self._waiting > _ROOM // 2 if self._full else self._waiting >= _ROOM
            if full != self._full:
                self._full = full
                self._loop.call_soon_threadsafe(self._gate.clear if full else self._gate.set)

    def cpu_us(self) -> int:
        """CPU time of the loop's thread up to the newest result and since the last call, in microseconds."""
        total = self._cpu_total
        since, self._cpu_reported = total - self._cpu_reported, total
        return round(since * 1e6)

    def retries(self) -> int:
        """Requests made again since the last call."""
        total = self._client.retries
        since, self._retries_reported = total - self._retries_reported, total
        return since

    def close(self) -> None:
        """End the connections and the loop."""
        asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)


_LOOPS: dict[FetchSettings, FetchLoop] = {}
_LOCK = threading.Lock()


def loop_of(settings: FetchSettings) -> FetchLoop:
    """The one fetch loop of this worker process with these settings."""
    with _LOCK:
        if settings not in _LOOPS:
            _LOOPS[settings] = FetchLoop(settings)
        return _LOOPS[settings]


def close_loops() -> None:
    """End every fetch loop of this process."""
    with _LOCK:
        for loop in _LOOPS.values():
            loop.close()
        _LOOPS.clear()

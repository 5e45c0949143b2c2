"""An HTTP server that behaves as badly as one wants it to, on loopback, byte by byte.

Say what each path does (`server.on(path, behaviour, …)`), fetch, and look at `server.requests`.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")
# answers one request on an open connection, which is closed afterwards
Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """One request as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]


class HostileServer:
    """A server in a thread of its own; use it with `with`. Unknown paths give a 404."""

    def __init__(self, host: str = "127.0.0.1", tls: SSLContext | None = None) -> None:
        self._host, self._tls = host, tls
        self._behaviours: dict[str, list[Behaviour]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[Request] = []
        self.connections = 0
        # connections open now, and most ever open at once
        self.open = self.peak = 0

    def __enter__(self) -> "HostileServer":
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, self._host, 0, ssl=self._tls))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=5)

    async def _stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def on(self, path: str, *behaviours: Behaviour) -> str:
        """Let a path behave so, one behaviour a request and the last for all further ones; gives the URL."""
        self._behaviours[path] = list(behaviours)
        return self.url + path

    def asked(self, path: str) -> int:
        """How many requests a path has had."""
        return sum(request.path == path for request in self.requests)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        self.peak = max(self.peak, self.open)
        # a client that gives up is what most behaviours are for
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._behave(await _request(reader), writer)
        self.open -= 1
        self._tasks.discard(task)
        writer.close()

    async def _behave(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        left = self._behaviours.get(request.path, [answer(status="404 Not Found")])
        await (left.pop(0) if len(left) > 1 else left[0])(writer)
        await writer.drain()


async def _request(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Request(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


def answer(body: bytes = b"", status: str = "200 OK", length: int | None = None, **headers: str) -> Behaviour:
    """A plain answer; `length` is the Content-Length where that is to be a lie."""
    stated = {"content-length": str(len(body) if length is None else length), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in stated.items()]
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "connection: close", "\r\n"])
    return raw(head.encode("utf-8", "surrogateescape") + body)


def redirect(location: str, status: str = "302 Found") -> Behaviour:
    """A redirect."""
    return answer(status=status, location=location)


def raw(data: bytes) -> Behaviour:
    """Just these bytes, then the end of the connection."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return behave


def reset(data: bytes = b"") -> Behaviour:
    """These bytes, then a reset instead of an orderly end."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.transport.abort()

    return behave


def endless(start: bytes, more: bytes, pause: float = 0.0) -> Behaviour:
    """These bytes, then more of others for ever, with a pause after each time."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """A behaviour that lets the client wait first."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await behaviour(writer)

    return behave

"""Web servers on loopback in a thread of their own, for the sites of the benches; each port is a host."""

import asyncio
import threading
from abc import ABC, abstractmethod
from types import TracebackType

from aiohttp import web


class ServedInThread(ABC):
    """A context in which servers run; subclasses say in `_serve` which."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "ServedInThread":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(timeout=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @abstractmethod
    async def _serve(self) -> None:
        """Open the servers, by `open_server`."""


async def open_server(routes: list[web.RouteDef]) -> str:
    """Routes in, the URL of a server on a free port that has them out."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = listening._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it has started
    return f"http://127.0.0.1:{port}"

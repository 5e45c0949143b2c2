"""Sites on loopback that publish as time goes by: so many entries a slot, on so many hosts, a third of them copies."""

import asyncio
import random
import time
from email.utils import formatdate
from html import escape

from aiohttp import web

from bench.in_thread import ServedInThread, open_server
from bench.scripted_site import paragraph

_PARAGRAPHS = 8


class GrowingSite(ServedInThread):
    """Served while the context lasts, in a thread; a port is a host, and each has one feed.

    `every` are the seconds after which each host has `entries` more; a feed lists those of the last `listed` slots.
    What is in `hanging` (numbers of hosts) answers no page until it is out of it.
    """

    def __init__(self, hosts: int, entries: int, every: float, listed: int = 4) -> None:
        super().__init__()
        self.hosts, self._entries, self._every, self._listed = hosts, entries, every, listed
        self.hanging: set[int] = set()
        self.urls: list[str] = []
        # stops growing at this number of slots
        self.ends_after = 2**40
        self._began = time.time()

    @property
    def slots(self) -> int:
        """How many slots' entries are there."""
        return min(int((time.time() - self._began) / self._every) + 1, self.ends_after)

    def __enter__(self) -> "GrowingSite":
        super().__enter__()
        return self

    def begin(self) -> None:
        """Begin again, with one slot's entries."""
        self._began = time.time()

    def all_urls(self) -> set[str]:
        """Every page there is by now."""
        return {
            f"{url}/{slot}/{item}" for url in self.urls for slot in range(self.slots) for item in range(self._entries)
        }

    async def _serve(self) -> None:
        for host in range(self.hosts):
            routes = [web.get("/feed", self._feed(host)), web.get("/{slot}/{item}", self._page(host))]
            self.urls.append(await open_server(routes))

    def _feed(self, host: int) -> "web.Handler":  # type: ignore[name-defined]
        async def handle(_request: web.Request) -> web.Response:
            last = self.slots
            items = "".join(
                self._item(host, slot, item)
                for slot in range(max(0, last - self._listed), last)
                for item in range(self._entries)
            )
            text = f"<rss version='2.0'><channel><title>Host {host}</title>{items}</channel></rss>"
            return web.Response(text=text, content_type="application/rss+xml")

        return handle

    def _item(self, host: int, slot: int, item: int) -> str:
        link = f"{self.urls[host]}/{slot}/{item}"
        at = formatdate(self._began + slot * self._every, usegmt=True)
        return f"<item><title>{_title(host, slot, item)}</title><link>{link}</link><pubDate>{at}</pubDate></item>"

    def _page(self, host: int) -> "web.Handler":  # type: ignore[name-defined]
        async def handle(request: web.Request) -> web.Response:
            slot, item = (int(request.match_info[name]) for name in ("slot", "item"))
            while host in self.hanging:
                await asyncio.sleep(0.05)
            return web.Response(text=page(host, slot, item), content_type="text/html")

        return handle


def _title(host: int, slot: int, item: int) -> str:
    return f"Report {slot}.{item} of host {host}"


def page(host: int, slot: int, item: int) -> str:
    """The page of an entry; every third entry is the same on all hosts, but for its title."""
    shared = item % 3 == 0
    rng = random.Random(f"{slot} {item}" if shared else f"{host} {slot} {item}")
    body = "".join(f"<p>{escape(paragraph(rng))}</p>" for _ in range(_PARAGRAPHS))
    title = _title(host, slot, item)
    return f"<!doctype html><html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}"

"""Saved pages as the sites that they are served from answer: HTTP, with as little of the machine as can be."""

import asyncio
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

FEED_PATH = "/feed.xml"
_PAGE = re.compile(r"/p(\d+)(?:/|$)")


def row_of(url: str) -> int | None:
    """The row that a served page's URL leads back to.

    >>> row_of("http://127.1.0.1:8000/p12/2019/news?a=1"), row_of("http://127.1.0.1:8000/feed.xml")
    (12, None)
    """
    match = _PAGE.match(urlsplit(url).path)
    return int(match[1]) if match else None


class Sites:
    """The answers of all sites."""

    def __init__(self, pages: Path, latency_ms: float) -> None:
        self._html = pq.read_table(pages, columns=["html"])["html"].combine_chunks()
        self._feeds: dict[tuple[str, int], bytes] = {}
        self.latency = latency_ms / 1000

    def add(self, address: tuple[str, int], feed: bytes) -> None:
        """Make a site known by the address it listens at."""
        self._feeds[address] = feed

    def answer(self, address: tuple[str, int], path: str) -> bytes:
        """What is asked of a site in; a whole answer with the saved bytes, the feed, or 404 out."""
        row = row_of(path)
        if row is not None and row < len(self._html):
            return _answer("200 OK", "text/html", self._html[row].as_buffer() or b"")
        if path == FEED_PATH:
            return _answer("200 OK", "application/rss+xml", self._feeds[address])
        return _answer("404 Not Found", "text/plain", b"not found")


def _answer(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return b"".join((head.encode(), body))


class Connection(asyncio.Protocol):
    """One client's connection, on which GET after GET is answered.

    By hand, because what a server of a library does beside costs twice the CPU time, of the cores that are measured.
    """

    def __init__(self, sites: Sites) -> None:
        self._sites, self._asked = sites, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer, and as which site."""
        self._transport: Any = transport
        self._address = transport.get_extra_info("sockname")

    def data_received(self, data: bytes) -> None:
        """Answer each request whose head is complete."""
        *heads, self._asked = (self._asked + data).split(b"\r\n\r\n")
        for head in heads:
            asyncio.get_running_loop().call_later(self._sites.latency, self._answer, head)

    def _answer(self, head: bytes) -> None:
        _, path, _ = head.decode("latin-1").split(" ", 2)
        self._transport.write(self._sites.answer(self._address, path))
        if b"\r\nconnection: close" in head.lower():
            self._transport.close()

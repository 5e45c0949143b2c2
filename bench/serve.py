"""Many news sites on loopback, made of one file of saved pages.

    python -m bench.serve PAGES.parquet --feeds FILE [--port N] [--latency MS]

Each site has its own loopback address, so that limits per host work as in the wild, and one feed at /feed.xml. A feed's
items carry a link and a GUID only: whatever else is said of an article must come from its page. A page is served with
the bytes that were saved, and no charset. Its URL is the original path and query behind /p<row>, which leads back to
the row. FILE gets the feeds' URLs, one a line, when all sites listen.
"""

import argparse
import asyncio
import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, NoReturn
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import pyarrow.parquet as pq

from bench.figures import ROOT
from bench.sites import FEED_PATH, Connection, Sites, row_of

_UNRESERVED = "/%:@!$&'()*+,;=~-._"
_LONGEST_PATH = 2_000
_START_SECONDS = 120


class Saved(NamedTuple):
    """Where one saved page belongs."""

    row: int
    id: str
    site: str
    url: str


@dataclass(frozen=True)
class Corpus:
    """The sites that are being served."""

    feeds_file: Path
    # page URL → id
    ids: dict[str, str] = field(repr=False)

    def id_of(self, url: str) -> str | None:
        """The id of the page behind a URL, however the query was rewritten; None for a foreign one."""
        return self._by_row.get(row_of(url))

    @cached_property
    def _by_row(self) -> dict[int | None, str]:
        return {row_of(url): id_ for url, id_ in self.ids.items()}


def read_saved(pages: Path) -> list[Saved]:
    """The rows of a file of saved pages, without their bytes."""
    table = pq.read_table(pages, columns=["id", "site", "url"])
    columns = (table[name].to_pylist() for name in ("id", "site", "url"))
    return [
        Saved(row, id_, site or urlsplit(url or "").hostname or "unknown", url or "")
        for row, (id_, site, url) in enumerate(zip(*columns, strict=True))
    ]


def by_site(saved: Sequence[Saved]) -> dict[str, list[Saved]]:
    """Saved pages under their site; sites in the order of their first page."""
    sites: dict[str, list[Saved]] = {}
    for page in saved:
        sites.setdefault(page.site, []).append(page)
    return sites


def address_of(number: int) -> str:
    """The loopback address of a site; never in 127.0.*, where the machine's own services live.

    >>> address_of(0), address_of(254), address_of(65_024)
    ('127.1.0.1', '127.1.1.1', '127.2.0.1')
    """
    rest, last = divmod(number, 254)
    high, middle = divmod(rest, 256)
    return f"127.{1 + high}.{middle}.{1 + last}"


def page_path(page: Saved) -> str:
    """The path and query under which a page is served.

    >>> page_path(Saved(7, "x", "e.org", "https://e.org/a b?q=1#top"))
    '/p7/a%20b?q=1'
    """
    parts = urlsplit(page.url.strip())
    target = quote(parts.path or "/", safe=_UNRESERVED) + (
        "?" + quote(parts.query, safe=_UNRESERVED + "?") if parts.query else ""
    )
    return f"/p{page.row}" + (target if target.startswith("/") and len(target) <= _LONGEST_PATH else "/")


def feed_xml(site: str, links: Sequence[str]) -> bytes:
    """An RSS 2.0 feed whose items carry a link and a GUID, nothing else."""
    items = "".join(f"<item><link>{link}</link><guid>{link}</guid></item>\n" for link in map(escape, links))
    head = f"<title>{escape(site)}</title><link>http://{escape(site)}/</link><description>Saved pages</description>"
    channel = f"<channel>{head}\n{items}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0">{channel}</rss>\n'.encode()


# --- the server ---


def listening(sites: int, port: int) -> list[socket.socket]:
    """One listening socket per site: each its own address, all one port (0: a free one).

    Where a machine has no loopback address but 127.0.0.1, each site gets its own port instead.
    """
    _raise_file_limit(2 * sites + 4096)
    if not _has_aliases():
        return [_bound("127.0.0.1", port + number if port else 0) for number in range(sites)]
    addresses = [address_of(number) for number in range(sites)]
    # a port that is free at the first address may be taken at another
    tries = (_on_one_port(addresses, port) for _ in range(1 if port else 20))
    return next(filter(None, tries), None) or _no_port(port)


def _raise_file_limit(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY not in (soft, hard):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    elif soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _has_aliases() -> bool:
    try:
        _bound(address_of(0), 0).close()
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return False
        raise
    return True


def _on_one_port(addresses: Sequence[str], port: int) -> list[socket.socket] | None:
    """A socket per address, or None where the port is taken at one of them."""
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        try:
            for address in addresses:
                sockets.append(opened.enter_context(_bound(address, port)))
                port = port or sockets[0].getsockname()[1]
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return None
            raise
        opened.pop_all()
        return sockets


def _no_port(port: int) -> NoReturn:
    raise OSError(errno.EADDRINUSE, f"port {port or ''} is not free at all the addresses")


def _bound(address: str, port: int) -> socket.socket:
    return socket.create_server((address, port), backlog=128)


async def serve(pages: Path, feeds_file: Path, port: int, latency_ms: float, parent: int) -> None:
    """Serve until SIGTERM or SIGINT, or until the parent process ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    sites, answers = by_site(read_saved(pages)), Sites(pages, latency_ms)
    sockets = listening(len(sites), port)
    bases = [f"http://{address}:{port}" for address, port in (bound.getsockname() for bound in sockets)]
    for bound, base, (site, saved) in zip(sockets, bases, sites.items(), strict=True):
        answers.add(bound.getsockname(), feed_xml(site, [base + page_path(page) for page in saved]))
        await loop.create_server(lambda: Connection(answers), sock=bound)
    write_atomically(feeds_file, "".join(f"{base}{FEED_PATH}\n" for base in bases))
    while not stop.is_set() and os.getppid() == parent:
        await _wait(stop, 0.5)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except asyncio.TimeoutError:
        return


def write_atomically(path: Path, text: str) -> None:
    """A path and its text in; the file is there as a whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)


# --- for the other benchmarks ---


@contextmanager
def serving(pages_path: Path | str, latency_ms: float = 0) -> Iterator[Corpus]:
    """Serve a file of saved pages in a child process, for as long as the block lasts."""
    pages = Path(pages_path).resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="sites-") as folder:
        feeds = Path(folder, "feeds.txt")
        command = [sys.executable, "-m", "bench.serve", str(pages), "--feeds", str(feeds), "--latency", str(latency_ms)]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            _wait_for(feeds, process)
            yield Corpus(feeds, page_ids(pages, feeds))
        finally:
            process.terminate()
            process.wait()


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the sites do not come up (exit code {process.poll()})")
        time.sleep(0.02)


def page_ids(pages: Path, feeds_file: Path) -> dict[str, str]:
    """The file of saved pages and the feed list that its server wrote in; page URL → id out."""
    bases = [line.removesuffix(FEED_PATH) for line in feeds_file.read_text("utf-8").split()]
    sites = by_site(read_saved(pages)).values()
    return {base + page_path(page): page.id for base, saved in zip(bases, sites, strict=True) for page in saved}


def main(argv: Sequence[str] | None = None) -> int:
    """Serve as the command line says."""
    parent = os.getppid()
    parser = argparse.ArgumentParser(description="Serve saved pages as many news sites on loopback.")
    parser.add_argument("pages", type=Path, metavar="PAGES.parquet")
    parser.add_argument(
        "--feeds", type=Path, required=True, metavar="FILE", help="gets the feeds' URLs when all sites listen"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="of all sites; 0 takes a free one")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="milliseconds before every answer")
    options = parser.parse_args(argv)
    asyncio.run(serve(options.pages, options.feeds, options.port, options.latency, parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())

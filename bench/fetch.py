"""The pipeline's fetch stage beside a bare aiohttp loop, on the same pages in the same run.

    python -m bench.fetch [--pages N] [--hosts N] [--latency MS] [--in_flight N] [--rounds N] [--json FILE]

A server in another process answers every request after the latency with one gzipped page, on as many loopback addresses
as there are hosts. The stage is the real transform, FetchPages on Beam's embedded runner, with the pauses between
requests off and its limits set so that as many requests are in flight as in the bare loop: what is measured is what the
machinery costs, guards, turns, inflating and Beam included. It fetches once without asking for robots.txt, once with.
The bare loop is one session, a semaphore, and bodies read to their end. They take turns, and the median round counts.
CPU time is that of this process with all its threads; the server's is not in it.
"""

import asyncio
import gc
import gzip
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, NamedTuple

import aiohttp
import apache_beam as beam
from aiohttp import web
from apache_beam.metrics import Metrics, MetricsFilter

from bench.figures import arguments, print_table, stop_cleanly, write_json
from schemas.dating import Dating
from schemas.entry import Entry
from schemas.page import Page
from transforms.fetch.loop import close_loops
from transforms.fetch.page import PageRules
from transforms.fetch.settings import FetchSettings
from transforms.fetch.transform import FetchPages

_NOW = datetime(2026, 11, 25, tzinfo=timezone.utc)
_FEED = "http://e.example/feed"
_CONTESTANTS = ("bare", "stage", "stage with robots.txt")


@dataclass(frozen=True)
class Load:
    """What is fetched, and how."""

    pages: int
    hosts: int
    latency_s: float
    in_flight: int
    port: int = 0

    @property
    def urls(self) -> list[str]:
        """The pages, hosts by turns."""
        return [f"http://127.1.0.{n % self.hosts + 1}:{self.port}/{n}" for n in range(self.pages)]


class Round(NamedTuple):
    """One contestant's work on all pages."""

    wall_s: float
    cpu_s: float


def page() -> bytes:
    """A page of about 60 KB, of words that gzip can shorten as it does real ones."""
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(2, 9))) for _ in range(2_000)]
    return f"<!doctype html><html><body><p>{' '.join(rng.choices(words, k=9_500))}</p></body></html>".encode()


def serve(load: Load, ready: Any) -> None:
    """Answer until killed; the port goes into `ready` once it listens."""
    body = gzip.compress(page())
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html; charset=utf-8"}

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(load.latency_s)
        return web.Response(body=body, headers=headers)

    async def missing(_: web.Request) -> web.Response:
        return web.Response(status=404)

    async def run() -> None:
        app = web.Application()
        app.add_routes([web.get("/robots.txt", missing), web.get("/{page}", answer)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0, backlog=1_024)
        await site.start()
        ready.put(site._server.sockets[0].getsockname()[1])  # type: ignore[union-attr]  # it has started
        await asyncio.Event().wait()

    asyncio.run(run())


@contextmanager
def served(load: Load) -> Any:
    """The load with the port of its server, which ends with the context."""
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    server = context.Process(target=serve, args=(load, ready), daemon=True)
    server.start()
    try:
        yield replace(load, port=ready.get(timeout=30))
    finally:
        server.terminate()
        server.join()


def bare(load: Load) -> int:
    """Fetch all pages with nothing but aiohttp; the bytes got."""

    async def run() -> int:
        turns = asyncio.Semaphore(load.in_flight)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def one(url: str) -> int:
                async with turns, session.get(url) as response:
                    return len(await response.read())

            return sum(await asyncio.gather(*map(one, load.urls)))

    return asyncio.run(run())


def stage(load: Load, *, robots: bool) -> int:
    """Fetch all pages with FetchPages; the bytes got."""
    settings = FetchSettings(
        "Dateline-bench (bench@example.org)",
        ("127.0.0.0/8",),
        connections=load.in_flight,
        per_host=-(-load.in_flight // load.hosts),
        host_delay=0,
        host_requests=load.pages + 10,
    )
    rules = PageRules(no_robots=frozenset() if robots else frozenset({_FEED}))
    pipeline = beam.Pipeline(runner="FnApiRunner")
    # made in the graph: what Create is given is pickled and packed, which no run of the pipeline does
    fetched = pipeline | beam.Create([load]) | beam.FlatMap(_entries) | FetchPages(settings, rules)
    _ = fetched.pages | beam.Map(_count)
    result = pipeline.run()
    result.wait_until_finish()
    close_loops()
    (counted,) = result.metrics().query(MetricsFilter().with_name("bytes"))["counters"]
    return int(counted.committed)


def _count(got: Page) -> None:
    Metrics.counter("bench", "bytes").inc(len(got.html or b""))


def _entries(load: Load) -> list[Entry]:
    return [_entry(url) for url in load.urls]


def _entry(url: str) -> Entry:
    texts = dict.fromkeys(("source_name", "guid", "title", "summary", "content_html", "language", "entry_sha256"), "")
    return Entry(
        article_id=url,
        url=url,
        feed_url=_FEED,
        authors=(),
        tags=(),
        published=Dating(),
        updated=Dating(),
        run_id="bench",
        first_seen_at=_NOW,
        **texts,
    )


def timed(work: Callable[[], int], expected: int) -> Round:
    """One round of work. Raises AssertionError where it did not get everything."""
    wall, cpu = time.monotonic(), time.process_time()
    got = work()
    taken = Round(time.monotonic() - wall, time.process_time() - cpu)
    if got != expected:
        raise AssertionError(f"{got:,} of {expected:,} bytes were got")
    return taken


def contest(load: Load, rounds: int) -> dict[str, Round]:
    """The median round of each contestant."""
    works: dict[str, Callable[[], int]] = dict(
        zip(
            _CONTESTANTS,
            (lambda: bare(load), lambda: stage(load, robots=False), lambda: stage(load, robots=True)),
            strict=True,
        )
    )
    expected = load.pages * len(page())
    taken: dict[str, list[Round]] = {name: [] for name in works}
    for number in range(rounds):
        for name in _CONTESTANTS[number % 3 :] + _CONTESTANTS[: number % 3]:
            taken[name].append(timed(works[name], expected))
    return {
        name: Round(statistics.median(r.wall_s for r in done), statistics.median(r.cpu_s for r in done))
        for name, done in taken.items()
    }


def figures(load: Load, medians: dict[str, Round]) -> dict[str, dict[str, float]]:
    """Pages a second and CPU milliseconds a page of each, and both as ratios to the bare loop."""
    own = medians["bare"]
    return {
        name: {
            "pages_per_s": load.pages / taken.wall_s,
            "ratio": own.wall_s / taken.wall_s,
            "cpu_ms_per_page": 1_000 * taken.cpu_s / load.pages,
            "cpu_ratio": taken.cpu_s / own.cpu_s,
        }
        for name, taken in medians.items()
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the contest and print it."""
    stop_cleanly()
    parser = arguments("The fetch stage beside a bare aiohttp loop.")
    parser.add_argument("--pages", type=int, default=5_000, metavar="N", help="fetched in a round")
    parser.add_argument("--hosts", type=int, default=50, metavar="N", help="at most 250")
    parser.add_argument("--latency", type=float, default=100, metavar="MS", help="milliseconds before every answer")
    parser.add_argument("--in_flight", type=int, default=200, metavar="N", help="requests at a time")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of which the median counts")
    options = parser.parse_args(argv)
    # as in a run of the pipeline; the bare loop gains as much
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    with served(Load(options.pages, options.hosts, options.latency / 1_000, options.in_flight)) as load:
        timed(lambda: bare(replace(load, pages=load.hosts)), load.hosts * len(page()))  # warm
        timed(lambda: stage(replace(load, pages=load.hosts), robots=False), load.hosts * len(page()))
        found = figures(load, contest(load, options.rounds))
    columns = ["", "pages/s", "ratio", "CPU ms a page", "CPU ratio"]
    print_table(f"{load.pages:,} pages", columns, [[name, *row.values()] for name, row in found.items()])
    write_json(options.json, {"pages": load.pages, "contestants": found})
    return 0


if __name__ == "__main__":
    sys.exit(main())

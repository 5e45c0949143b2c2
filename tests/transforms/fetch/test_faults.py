"""With three connections in ten at fault, every page arrives, whole: in the run itself, or in one of the next."""

import asyncio
import gzip
import hashlib
import random
from collections import Counter

from bench.hostile import Behaviour, HostileServer, after, answer, raw, reset
from schemas.entry import Entry
from schemas.page import Page
from tests import makers
from tests.transforms.fetch.conftest import with_client
from transforms.errors import FetchError
from transforms.fetch.client import Client
from transforms.fetch.page import PageRules, fetch_page

PAGES, SHARE = 400, 0.3
RULES = PageRules(no_robots=frozenset({makers.FEED.url}))


def page(number: int) -> bytes:
    """The body of a page, unlike any other."""
    return random.Random(number).randbytes(2_000).hex().encode()


def faults(body: bytes) -> tuple[Behaviour, ...]:
    """Eight ways in which a connection may fail on the way to a body."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body)
    packed = gzip.compress(body)
    return (
        reset(),
        reset(head),
        reset(head + b"\r\n" + body[:1_000]),
        raw(head + b"\r\n" + body[:1_000]),
        raw(b"\x00garbage\r\n\r\n"),
        answer(status="503 Busy"),
        after(60, answer()),
        answer(packed[:-30], content_encoding="gzip"),
    )


def serve(server: HostileServer) -> list[Entry]:
    """Entries whose pages fail by chance, a seeded one, at each request."""
    chance, entries = random.Random(5), []
    for number in range(PAGES):
        body = page(number)
        tries: list[Behaviour] = []
        while chance.random() < SHARE:
            tries.append(chance.choice(faults(body)))
        entries.append(makers.entry(server.on(f"/{number}", *tries, answer(body))))
    return entries


def fetch_all(entries: list[Entry]) -> list[Page | FetchError]:
    """What one run gets of the pages."""

    async def one(entry: Entry, client: Client) -> Page | FetchError:
        try:
            return await fetch_page(entry, client, 100_000, RULES)
        except FetchError as error:
            return error

    async def work(client: Client) -> list[Page | FetchError]:
        return await asyncio.gather(*(one(entry, client) for entry in entries))

    got: list[Page | FetchError] = with_client(work, per_host=64, timeout=0.5)
    return got


def test_every_page_arrives_and_none_is_corrupt(server: HostileServer):
    """Most of what failed is tried again at once; the rest are passing failures, had by the runs that follow."""
    left, arrived, runs = serve(server), dict[str, bytes](), []
    while left:
        got = fetch_all(left)
        pages = [one for one in got if isinstance(one, Page)]
        assert all(one.passing for one in got if isinstance(one, FetchError))
        arrived |= {one.entry.url: one.html or b"" for one in pages}
        runs.append(len(pages))
        left = [entry for entry in left if entry.url not in arrived]

    hashes = {hashlib.sha256(body).digest() for body in arrived.values()}
    assert (len(arrived), sum(runs)) == (PAGES, PAGES)
    assert hashes == {hashlib.sha256(page(number)).digest() for number in range(PAGES)}
    asked = Counter(request.path for request in server.requests)
    failed_once = sum(times > 1 for times in asked.values())
    assert 0.2 * PAGES < failed_once < 0.4 * PAGES
    assert runs[0] > 0.9 * PAGES
    assert len(server.requests) > 1.2 * PAGES
    assert len(runs) <= 5

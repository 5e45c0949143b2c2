"""The deadline of a slot: what is not fetched by then is left for the next one, unseen and unlost."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bench.hostile import HostileServer, after, answer
from tests import makers
from tests.transforms.fetch.conftest import SETTINGS, with_client
from transforms import clock
from transforms.dead_letters import entry_letter
from transforms.errors import FetchError
from transforms.fetch.client import Client
from transforms.layout import new_run_id

RUN = "20261124T170000Z-00000000"
HANG = after(30, answer(b"too late"))


@pytest.fixture
def run_id() -> str:
    """A run whose slot starts now."""
    return new_run_id(clock.now())


def reasons(urls: list[str], run_id: str, **settings: float) -> tuple[list[str], float]:
    """What becomes of requests that are made at once, and the seconds until the last has ended."""

    async def work(client: Client) -> list[str]:
        import asyncio

        async def one(url: str) -> str:
            try:
                return str((await client.get(url, max_bytes=99, run_id=run_id)).status)
            except FetchError as error:
                return error.reason

        return list(await asyncio.gather(*(one(url) for url in urls)))

    started = time.monotonic()
    return with_client(work, **settings), time.monotonic() - started


def test_what_hangs_or_waits_is_left(server: HostileServer, run_id: str):
    """At the deadline a request without an answer ends, and one that waits for its turn, too; what came stays."""
    server.on("/hangs", HANG)
    server.on("/a", answer(b"a"))
    urls = [server.url + "/a", *[server.url + "/hangs"] * 8]

    got, seconds = reasons(urls, run_id, deadline=2.0, timeout=9.0)

    # the slot began within the second; the first that hang have had a third of its time
    assert got[0] == "200"
    assert set(got[1:]) <= {"timeout", "over_deadline"}
    assert "over_deadline" in got
    assert seconds < 3


def test_a_host_that_hangs_has_its_try(server: HostileServer, run_id: str):
    """A request that begins with the slot times out before the deadline, so that it counts as a try."""
    got, _ = reasons([server.on("/hangs", HANG)], run_id, deadline=6.0)

    assert got == ["timeout"]


def test_after_the_deadline_nothing_is_asked(server: HostileServer):
    """A slot that began long ago asks for nothing more."""
    url = server.on("/a", answer(b"a"))
    got, _ = reasons([url], new_run_id(clock.now() - timedelta(minutes=5)), deadline=60.0)

    assert got == ["over_deadline"]
    assert server.asked("/a") == 0


def test_without_a_deadline_a_slot_may_be_old(server: HostileServer):
    """A scheduled run takes the time it takes."""
    assert reasons([server.on("/a", answer(b"a"))], RUN)[0] == ["200"]


def test_its_letter_counts_no_try():
    """It is due in any later slot, however often this happens, and keeps when it was first seen."""
    entry = makers.entry("http://news.example/a", attempt=2)
    letter = entry_letter(entry, "fetch", FetchError("over_deadline"), makers.NOW)

    assert (letter.attempt, letter.final, letter.next_attempt_at) == (2, False, makers.SLOT.started_at)


def test_a_deadline_shortens_the_time_out():
    """A third of the deadline, where that is shorter."""
    assert replace(SETTINGS, deadline=6.0).request_seconds == 2
    assert replace(SETTINGS, deadline=600.0, timeout=20.0).request_seconds == 20

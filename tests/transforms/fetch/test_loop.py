"""All requests of a process go through one loop, which waits when nobody takes what it fetched."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import replace

import pytest

from bench.hostile import HostileServer, after, answer
from transforms.errors import FetchError
from transforms.fetch.client import Answer, Client
from transforms.fetch.loop import FetchLoop, close_loops, loop_of
from transforms.fetch.settings import FetchSettings


@pytest.fixture
def loop(settings: FetchSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FetchLoop]:
    """A loop with room for four results."""
    monkeypatch.setattr("transforms.fetch.loop._ROOM", 4)
    made = FetchLoop(replace(settings, per_host=1))
    yield made
    made.close()


def get(loop: FetchLoop, url: str) -> "Future[Answer]":
    """Start one request."""

    async def work(client: Client) -> Answer:
        return await client.get(url, max_bytes=1_000)

    return loop.submit(work)


def soon(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within two seconds."""
    end = time.monotonic() + 2
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    return true()


def test_results_and_errors_come_back(loop: FetchLoop, server: HostileServer):
    """A future has the answer, or raises the FetchError."""
    assert get(loop, server.on("/a", answer(b"x"))).result(timeout=2).body == b"x"
    with pytest.raises(FetchError, match="http_404"):
        get(loop, server.url + "/missing").result(timeout=2)


def test_requests_wait_until_results_are_taken(loop: FetchLoop, server: HostileServer):
    """When the room is full no request starts until half of the results are taken."""
    futures = {get(loop, server.on("/a", answer(b"x"))) for _ in range(12)}

    assert soon(lambda: server.asked("/a") >= 4)
    time.sleep(0.1)
    full = server.asked("/a")
    assert 4 <= full <= 6

    for _ in range(full - 3):
        loop.taken()
    time.sleep(0.05)
    assert server.asked("/a") == full
    loop.taken()
    assert soon(lambda: server.asked("/a") > full)
    done = 0
    while futures:
        finished, futures = wait(futures, timeout=2, return_when="FIRST_COMPLETED")
        assert finished
        done += len(finished)
        for _ in finished:
            loop.taken()
    assert done == 12


def test_work_that_is_given_up_makes_room(loop: FetchLoop, server: HostileServer):
    """A cancelled request counts like a taken result, whether it had begun or not."""
    url = server.on("/a", after(5, answer(b"x")))
    for future in [get(loop, url) for _ in range(20)]:
        future.cancel()
        loop.taken()

    assert get(loop, server.on("/b", answer(b"y"))).result(timeout=2).body == b"y"
    assert soon(lambda: loop._waiting == 1)


def test_cpu_time_is_told_once(loop: FetchLoop, server: HostileServer):
    """The CPU time of the loop since the last question, in microseconds."""
    get(loop, server.on("/a", answer(b"x" * 900))).result(timeout=2)

    first, second = loop.cpu_us(), loop.cpu_us()

    assert 0 < first < 2_000_000
    assert second == 0


def test_a_process_has_one_loop_for_its_settings(settings: FetchSettings):
    """Feeds and pages share it; after the end of all, a new one is made."""
    ours = replace(settings, user_agent="one loop")
    first = loop_of(ours)
    assert loop_of(replace(settings, user_agent="one loop")) is first
    assert loop_of(settings) is not first

    close_loops()

    assert loop_of(ours) is not first
    close_loops()

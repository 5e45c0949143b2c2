"""Hosts get their requests by turns: so many at a time, so far apart, so much in one run."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.fake_time import run_in_fake_time
from transforms.errors import FetchError
from transforms.fetch.hosts import Hosts
from transforms.fetch.settings import FetchSettings

SETTINGS = FetchSettings("Dateline-test", connections=100, per_host=2, host_delay=0.25)


def started(*hosts: str, takes: float = 0.0, prepare: Callable[[Hosts], Any] = lambda _: None, **changes: Any) -> Any:
    """When each request started, in the order of asking, or its error; each takes so many seconds.

    "a robots.txt" asks host a for that.
    """

    async def work() -> list[Any]:
        turns = Hosts(replace(SETTINGS, **changes))
        prepare(turns)

        async def one(host: str) -> float:
            name, _, file = host.partition(" ")
            async with turns.turn(name, "run", is_robots=bool(file)):
                at = asyncio.get_running_loop().time()
                await asyncio.sleep(takes)
                return round(at, 6)

        return await asyncio.gather(*map(one, hosts), return_exceptions=True)

    return run_in_fake_time(work())


def reasons(results: list[Any]) -> list[str]:
    """The reasons of the errors, "" for what started."""
    return [one.reason if isinstance(one, FetchError) else "" for one in results]


def test_requests_to_one_host_start_a_pause_apart():
    """However quick the answers are."""
    assert started("a", "a", "a", "a") == [0, 0.25, 0.5, 0.75]


def test_hosts_do_not_wait_for_each_other():
    """The pause is each host's own."""
    assert started("a", "b", "c", "a") == [0, 0, 0, 0.25]


def test_a_host_has_two_requests_at_a_time():
    """The third waits until one of them is answered."""
    assert started("a", "a", "a", "a", takes=10) == [0, 0.25, 10, 10.25]


def test_no_more_requests_than_connections():
    """A further host waits, too; its turn then comes without another pause."""
    assert started("a", "b", "c", takes=10, connections=2) == [0, 0, 10]


def test_pages_do_not_wait_until_every_robots_txt_was_asked_for():
    """That gets half of the connections; a page that is asked for last starts at once."""
    asked = (f"{host} robots.txt" for host in "abc")

    assert started(*asked, "d", takes=10, connections=2) == [0, 10, 20, 0]
    assert started("a robots.txt", takes=10, connections=1) == [0]


def test_a_crawl_delay_lengthens_the_pause_up_to_a_limit():
    """A host may ask for more time between requests, not for less, and not for ever."""
    assert started("a", "a", prepare=lambda hosts: hosts.slow_down("a", 2)) == [0, 2]
    assert started("a", "a", prepare=lambda hosts: hosts.slow_down("a", 0.1)) == [0, 0.25]
    assert started("a", "a", prepare=lambda hosts: hosts.slow_down("a", 9_999)) == [0, 30]


def test_a_short_rest_is_waited_for():
    """A host that asks for a few seconds gets them, and its requests."""
    assert started("a", "b", prepare=lambda hosts: hosts.rest("a", 4)) == [4, 0]


def test_a_long_rest_is_an_error_that_says_until_when():
    """Whoever would wait longer is told when to come back; other hosts go on."""
    before = datetime.now(timezone.utc)

    refused, other = started("a", "b", prepare=lambda hosts: hosts.rest("a", 600))

    assert (refused.reason, other) == ("rate_limited", 0)
    assert timedelta(0) <= refused.retry_at - before - timedelta(seconds=600) < timedelta(seconds=60)


def test_a_rest_holds_for_requests_already_waiting():
    """What stands in the queue when the host asks for rest does not start."""

    async def work() -> list[str]:
        hosts = Hosts(SETTINGS)

        async def first() -> None:
            async with hosts.turn("a", "run"):
                await asyncio.sleep(1)
                hosts.rest("a", 600)

        async def later() -> None:
            async with hosts.turn("a", "run"):
                raise AssertionError("started")

        done = await asyncio.gather(first(), first(), later(), later(), return_exceptions=True)
        return [getattr(one, "reason", "") for one in done]

    assert run_in_fake_time(work()) == ["", "", "rate_limited", "rate_limited"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host_requests": 2}, "2 requests to a"),
        ({"host_patience": 0.5}, "0.5 s of waiting for a"),
    ],
)
def test_what_a_run_may_ask_of_a_host_ends(changes: dict[str, Any], said: str):
    """Beyond its budget a run asks nothing more of that host, and says so; other hosts have their own."""
    results = started("a", "a", "b", "a", "a", "a", takes=1, **changes)

    assert "over_budget" in reasons(results)
    assert results[0] == results[2] == 0
    assert said in next(str(one) for one in results if isinstance(one, FetchError))


@pytest.mark.parametrize(
    ("changes", "said"), [({"host_bytes": 10}, "10 bytes from a"), ({"run_bytes": 10}, "10 bytes")]
)
def test_bytes_are_counted_per_run(changes: dict[str, Any], said: str):
    """A run that has had its bytes gets no more; the next one starts anew."""

    async def work() -> tuple[str, bool]:
        hosts = Hosts(replace(SETTINGS, **changes))
        async with hosts.turn("a", "run 1"):
            hosts.received("a", "run 1", 10)
        with pytest.raises(FetchError, match="over_budget") as caught:
            async with hosts.turn("a", "run 1"):
                pass
        async with hosts.turn("a", "run 2"):
            return str(caught.value), True

    assert run_in_fake_time(work())[0].endswith(said)


def test_a_request_that_fails_gives_its_turn_back():
    """Errors use up no connection."""

    async def work() -> None:
        hosts = Hosts(replace(SETTINGS, per_host=1))

        async def failing() -> None:
            async with hosts.turn("a", "run"):
                raise FetchError("timeout")

        await asyncio.gather(*(failing() for _ in range(5)), return_exceptions=True)
        async with hosts.turn("a", "run"):
            pass

    run_in_fake_time(work())


def test_a_request_given_up_while_waiting_is_not_counted():
    """Cancelled work leaves no trace: the queue moves on."""

    async def work() -> None:
        hosts = Hosts(replace(SETTINGS, per_host=1))

        async def hold() -> None:
            async with hosts.turn("a", "run"):
                await asyncio.sleep(1)

        first, second, third = (asyncio.create_task(hold()) for _ in range(3))
        await asyncio.sleep(0.5)
        second.cancel()
        await asyncio.gather(first, third)
        assert hosts._state("a").waiting == 0

    run_in_fake_time(work())

"""The client does as servers ask: it waits, slows down, stays away, and tells nobody's secret to another."""

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bench.hostile import HostileServer, answer, redirect
from tests.transforms.fetch.conftest import SETTINGS, failure, fetch, with_client
from transforms.errors import FetchError
from transforms.fetch.client import Client


def in_turn(*urls: str, **wish: Any) -> list[Any]:
    """What one client gives for each URL, one after the other: status or reason."""

    async def one(client: Client, url: str) -> Any:
        try:
            return (await client.get(url, max_bytes=1_000, **wish)).status
        except FetchError as error:
            return error.reason

    async def work(client: Client) -> list[Any]:
        return [await one(client, url) for url in urls]

    return with_client(work)


@pytest.mark.parametrize("status", ["429 Slow down", "503 Busy"])
def test_a_server_that_says_when_is_not_asked_before(server: HostileServer, status: str):
    """The error carries the time; nothing is tried again, and other requests to the host are refused unsent."""
    server.on("/a", answer(status=status, retry_after="120"))
    before = datetime.now(timezone.utc)

    error = failure(server.url + "/a")

    assert error.retry_at is not None
    assert timedelta(0) <= error.retry_at - before - timedelta(seconds=120) < timedelta(seconds=30)
    assert server.asked("/a") == 1


def test_the_whole_host_rests(server: HostileServer):
    """Whatever else is wanted there waits for another run; another host does not."""
    server.on("/a", answer(status="429 Slow down", retry_after="120"))
    with HostileServer() as other:
        other.on("/c", answer(b"x"))
        got = in_turn(server.url + "/a", server.url + "/b", other.url + "/c")

    assert got == ["rate_limited", "rate_limited", 200]
    assert server.asked("/b") == 0


def test_a_429_without_a_time_rests_a_minute(server: HostileServer):
    """The next request is not sent, and says when the host may be asked again."""
    server.on("/a", answer(status="429 Slow down"))

    async def work(client: Client) -> FetchError:
        for path in ("/a", "/b"):
            with pytest.raises(FetchError) as caught:
                await client.get(server.url + path, max_bytes=9)
        return caught.value

    error = with_client(work)
    assert error.retry_at is not None
    assert error.retry_at - datetime.now(timezone.utc) > timedelta(seconds=30)
    assert server.asked("/b") == 0


def test_retry_after_0_is_no_rest(server: HostileServer):
    """The host is asked on; the failed request itself is left to a later run."""
    server.on("/a", answer(status="429 Slow down", retry_after="0"))
    server.on("/b", answer(b"x"))

    assert in_turn(server.url + "/a", server.url + "/b") == ["rate_limited", 200]


def test_a_503_without_a_time_is_tried_again(server: HostileServer):
    """A failing server may be well in a second."""
    server.on("/a", answer(status="503 Busy"), answer(b"x"))

    assert fetch(server.url + "/a").body == b"x"


def test_starts_are_a_pause_apart(server: HostileServer):
    """Measured at the server's side of the wire: by what a client with a pause needs at least."""
    urls = [server.on(f"/{n}", answer(b"x")) for n in range(4)]

    async def work(client: Client) -> float:
        started = time.monotonic()
        await asyncio.gather(*(client.get(url, max_bytes=9) for url in urls))
        return time.monotonic() - started

    assert with_client(work, host_delay=0.1) >= 0.3


def test_a_secret_stays_with_its_origin(server: HostileServer):
    """A redirect to another path carries it, one to another port of the same host does not."""
    with HostileServer() as other:
        server.on("/a", redirect("/b"))
        server.on("/b", redirect(other.on("/c", answer(b"x"))))

        in_turn(server.url + "/a", private={"Authorization": "Bearer s3cret"})

        sent = [request.headers.get("authorization") for request in (*server.requests, *other.requests)]
    assert sent == ["Bearer s3cret", "Bearer s3cret", None]


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        (["301 Moved", "308 Moved"], True),
        (["301 Moved", "302 Found"], False),
        (["307 Elsewhere"], False),
        ([], False),
    ],
)
def test_only_permanent_redirects_move(server: HostileServer, statuses: list[str], moved: bool):
    """One that is not permanent, anywhere on the way, leaves the address as it was."""
    for number, status in enumerate(statuses):
        server.on(f"/{number}", redirect(f"/{number + 1}", status))
    last = server.on(f"/{len(statuses)}", answer(b"x"))

    assert fetch(server.url + "/0").moved_to == (last if moved else "")


def test_robots_txt_is_heeded_on_every_hop(server: HostileServer):
    """A redirect into what is disallowed is refused there; robots.txt was read once."""
    server.on("/robots.txt", answer(b"User-agent: *\nDisallow: /secret"))
    server.on("/a", redirect("/secret/b"))
    server.on("/secret/b", answer(b"x"))

    assert in_turn(server.url + "/a", server.url + "/secret/c", robots=True) == ["robots_disallowed"] * 2
    assert [request.path for request in server.requests] == ["/robots.txt", "/a"]


def test_a_long_robots_txt_is_read_to_its_limit(server: HostileServer):
    """Of 600 KiB the first 500 count; the others are not waited for."""
    rules = b"User-agent: *\nDisallow: /secret\n" + b"# more\n" * 90_000
    server.on("/robots.txt", answer(rules + b"Disallow: /\n"))
    server.on("/a", answer(b"x"))

    assert in_turn(server.url + "/a", server.url + "/secret", robots=True) == [200, "robots_disallowed"]


def test_what_is_given_up_counts_against_the_budget(server: HostileServer):
    """A host that sends too much again and again is not asked for ever."""
    server.on("/a", answer(b"x" * 5_000))

    async def work(client: Client) -> list[str]:
        return [await reason(client) for _ in range(3)]

    async def reason(client: Client) -> str:
        with pytest.raises(FetchError) as caught:
            await client.get(server.url + "/a", max_bytes=4_000)
        return caught.value.reason

    assert with_client(work, host_bytes=4_000) == ["body_too_large", "over_budget", "over_budget"]


def test_the_user_agent_names_dateline_and_the_contact(server: HostileServer):
    """Every request says who asks, robots.txt too."""
    server.on("/a", answer(b"x"))

    in_turn(server.url + "/a", robots=True)

    assert {request.headers["user-agent"] for request in server.requests} == {SETTINGS.user_agent}

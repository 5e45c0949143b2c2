"""The client follows, limits and names what servers do, and never believes them."""

import asyncio
import socket

import pytest

from bench.hostile import HostileServer, after, answer, redirect, reset
from tests.transforms.fetch.conftest import SETTINGS, failure, fetch, with_client
from transforms.errors import FetchError


def test_an_answer_has_what_the_server_said(server: HostileServer):
    """Status, headers in lower case, charset and body come back; our name goes out."""
    url = server.on("/a", answer(b"hello", Content_Type="Text/HTML; Charset='utf-8'", ETag='W/"x"'))

    got = fetch(url)

    assert (got.url, got.status, got.body, got.charset, got.headers["etag"]) == (url, 200, b"hello", "utf-8", 'W/"x"')
    assert server.requests[0].headers["user-agent"] == SETTINGS.user_agent


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server: HostileServer, status: int):
    """Every kind of redirect leads on, and the answer tells where it came from."""
    server.on("/dir/old", redirect("new?x=1", f"{status} Moved"))
    server.on("/dir/new?x=1", answer(b"here"))

    got = fetch(server.url + "/dir/old")

    assert (got.url, got.body) == (server.url + "/dir/new?x=1", b"here")


def chain(server: HostileServer, hops: int) -> str:
    """A chain of redirects; gives its first URL."""
    for n in range(hops):
        server.on(f"/{n}", redirect(f"/{n + 1}"))
    server.on(f"/{hops}", answer(b"end"))
    return server.url + "/0"


def test_five_redirects_are_followed_and_six_are_not(server: HostileServer):
    """The limit is five."""
    assert fetch(chain(server, 5)).body == b"end"
    assert failure(chain(server, 6)).reason == "too_many_redirects"
    assert server.asked("/6") == 0


def test_a_loop_ends_at_once(server: HostileServer):
    """A URL that was already visited is not asked again."""
    server.on("/a", redirect("/b"))
    server.on("/b", redirect("/a"))

    assert failure(server.url + "/a").reason == "redirect_loop"
    assert len(server.requests) == 2


def test_a_redirect_without_a_goal_is_no_redirect(server: HostileServer):
    """A redirect that names no place is a status of no use."""
    assert failure(server.on("/a", answer(status="302 Found"))).reason == "http_status"


BAD_REDIRECTS = {
    "file:///etc/passwd": "bad_scheme",
    "gopher://127.0.0.1:70/_x": "bad_scheme",
    "javascript:alert(1)": "bad_scheme",
    "http://user:hunter2@127.0.0.1/": "userinfo_in_url",
    "http://user:hunter2@[bad/": "bad_url",
    "http://user:hunter2@h\tost/": "url_control_char",
    "http://127.0.0.1:99999/": "bad_url",
    "http:///nowhere": "bad_url",
    "http://a/" + "x" * 5000: "url_too_long",
}


@pytest.mark.parametrize("location", BAD_REDIRECTS)
def test_a_redirect_to_what_may_not_be_fetched_is_refused(server: HostileServer, location: str):
    """It has its reason, the status of the answer, and no password in its text."""
    error = failure(server.on("/a", redirect(location)))

    assert (error.reason, error.http_status) == (BAD_REDIRECTS[location], 302)
    assert "hunter2" not in str(error)
    assert len(server.requests) == 1


STATUSES = {
    "401 Unauthorized": "http_403",
    "402 Payment Required": "http_403",
    "403 Forbidden": "http_403",
    "404 Not Found": "http_404",
    "410 Gone": "http_410",
    "418 Teapot": "http_4xx",
    "429 Too Many Requests": "rate_limited",
    "451 Unavailable": "http_403",
    "300 Choices": "http_status",
    "999 Denied": "http_status",
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_a_reason_and_not_tried_again(server: HostileServer, status: str):
    """Each has its word and its number, whatever the body says."""
    error = failure(server.on("/a", answer(b"sorry", status)))

    assert (error.reason, error.http_status) == (STATUSES[status], int(status[:3]))
    assert server.asked("/a") == 1


def test_a_304_answers_a_condition(server: HostileServer):
    """Validators go out as they are, and a 304 to them is an answer."""
    url = server.on("/a", answer(status="304 Not Modified"))

    got = fetch(url, headers={"If-None-Match": 'W/"ä"'})

    assert (got.status, got.body) == (304, b"")
    assert failure(url).reason == "http_status", "a 304 that nobody asked for is no answer"
    assert server.requests[0].headers["if-none-match"].encode("latin-1").decode() == 'W/"ä"'


def test_a_failing_server_is_tried_again(server: HostileServer):
    """503 twice and then 200 is a success; 503 for ever is a failure after three tries."""
    busy = answer(status="503 Busy")

    assert fetch(server.on("/a", busy, busy, answer(b"ok"))).body == b"ok"
    assert failure(server.on("/b", busy)).reason == "http_5xx"
    assert (server.asked("/a"), server.asked("/b")) == (3, 3)


def test_headers_that_are_no_text_can_be_stored(server: HostileServer):
    """Bytes that are not UTF-8 leave no half characters, which Parquet refuses."""
    got = fetch(server.on("/a", answer(b"x", etag='"\udcff\udcfe"')))

    assert got.headers["etag"].encode() == b'"??"'


def test_a_host_without_an_address_is_a_dns_error():
    """A name that does not exist says so."""
    assert failure("http://nowhere.invalid/").reason == "dns_error"


def test_a_refused_connection_is_a_connect_error():
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert failure(f"http://127.0.0.1:{port}/").reason == "connect_error"


def test_a_certificate_that_nobody_vouches_for_is_a_tls_error(self_signed):
    """No request is sent to who cannot prove its name."""
    with HostileServer(tls=self_signed) as server:
        assert failure(server.on("/", answer(b"x"))).reason == "tls_error"
        assert server.requests == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://user:hunter2@127.0.0.1/", "http://h:99999/", "", "x"])
def test_a_url_that_may_not_be_fetched_is_refused_before_anything(url: str):
    """The first URL is checked as redirects are, and no password is repeated."""
    error = failure(url)

    assert error.reason in ("bad_scheme", "userinfo_in_url", "bad_url")
    assert "hunter2" not in str(error)


def test_a_host_gets_two_requests_at_a_time(server: HostileServer):
    """Others go on meanwhile: a second host's answer does not wait for the first host's queue."""
    slow = server.on("/slow", after(0.1, answer(b"x")))

    async def work(client) -> list[str]:
        done: list[str] = []

        async def get(url: str, name: str) -> None:
            await client.get(url, max_bytes=100)
            done.append(name)

        with HostileServer("127.0.0.2") as other:
            quick = other.on("/", answer(b"y"))
            await asyncio.gather(*(get(slow, "slow") for _ in range(8)), *(get(quick, "quick") for _ in range(4)))
        return done

    done = with_client(work, allow_private_hosts=("127.0.0.0/8",))

    assert (server.peak, server.connections) == (2, 8)
    assert sorted(done[:4]) == ["quick"] * 4


def test_a_long_wait_for_a_busy_host_leaves_all_tries(server: HostileServer, monkeypatch: pytest.MonkeyPatch):
    """Time spent in the queue of a host counts neither as the server's nor against the tries."""
    server.on("/busy", after(0.4, answer(b"x")))
    server.on("/a", reset(), answer(b"ok"))

    async def work(client) -> bytes:
        queue = [asyncio.create_task(client.get(server.url + "/busy", max_bytes=9)) for _ in range(2)]
        await asyncio.sleep(0)
        got = await client.get(server.url + "/a", max_bytes=9)
        await asyncio.gather(*queue)
        return got.body

    assert with_client(work, per_host=1, timeout=0.6) == b"ok"


def test_a_closed_gate_holds_requests_back(server: HostileServer):
    """No request starts while the gate is closed; it goes out when the gate opens."""
    url = server.on("/a", answer(b"x"))

    async def work(client) -> tuple[int, bytes]:
        client._gate.clear()
        waiting = asyncio.create_task(client.get(url, max_bytes=9))
        await asyncio.sleep(0.1)
        before = len(server.requests)
        client._gate.set()
        return before, (await waiting).body

    assert with_client(work) == (0, b"x")


def test_errors_travel_between_processes():
    """A FetchError keeps its parts when pickled."""
    import pickle

    error = pickle.loads(pickle.dumps(FetchError("http_404", "x", 404)))

    assert (error.reason, error.detail, error.http_status) == ("http_404", "x", 404)

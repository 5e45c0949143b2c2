"""Whatever a server does to a body or a header, the client ends in time, within its memory, and with the right word."""

import gzip
import tracemalloc
import zlib

import pytest

from tests.transforms.fetch.conftest import failure, fetch
from tests.transforms.fetch.hostile import Behaviour, HostileServer, after, answer, endless, raw, redirect, reset

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TEXT = b"They met and they talked. " * 400


BREAKS: dict[str, tuple[Behaviour, str]] = {
    "closed without a word": (raw(b""), "connect_error"),
    "reset without a word": (reset(), "connect_error"),
    "reset in the body": (reset(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"), "truncated|connect_error"),
    "closed in the body": (answer(b"half", length=1000), "truncated"),
    "closed in a chunk": (raw(CHUNKED + b"a\r\nhalf"), "truncated"),
    "closed between chunks": (raw(CHUNKED + b"4\r\nhalf\r\n"), "truncated"),
    "gzip breaks off": (answer(gzip.compress(TEXT)[:-20], content_encoding="gzip"), "truncated"),
    "gzip breaks off at the close": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(TEXT)[:-20]),
        "truncated",
    ),
    "deflate breaks off": (answer(zlib.compress(TEXT)[:-20], content_encoding="deflate"), "truncated"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_connection_is_tried_again(server: HostileServer, name: str):
    """A body of which a part is missing is never taken for a whole one; three tries, and a later one may succeed."""
    behaviour, reasons = BREAKS[name]

    assert failure(server.on("/a", behaviour)).reason in reasons.split("|")
    # aiohttp asks once more by itself when a connection ends without a word
    assert server.asked("/a") in ((3, 6) if "without a word" in name else (3,))
    assert fetch(server.on("/b", behaviour, answer(b"whole"))).body == b"whole"


BAD_HTTP: dict[str, Behaviour] = {
    "garbage in place of a status": raw(b"\x00\x01garbage\r\n\r\n"),
    "another protocol": raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "an endless header": endless(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65_536),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", b"X-1: a\r\n" * 4_096),
    "two lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
    "a length and chunks": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "a length below zero": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"),
}


@pytest.mark.parametrize("name", BAD_HTTP)
def test_what_is_no_http_is_refused(server: HostileServer, name: str):
    """It is named so, at once, and not tried again."""
    assert failure(server.on("/a", BAD_HTTP[name])).reason == "bad_http"
    assert server.asked("/a") == 1


SLOW: dict[str, Behaviour] = {
    "never answers": after(60, answer()),
    "slow header": endless(b"HTTP/1.1 200 OK\r\nX: ", b"a", pause=0.05),
    "slow body": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a", pause=0.05),
    "slow chunks": endless(CHUNKED, b"1\r\na\r\n", pause=0.05),
    "only interim answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.05),
}


@pytest.mark.parametrize("name", SLOW)
def test_slowness_ends(server: HostileServer, name: str):
    """A server has so many seconds in all, however it spends them, and one try."""
    assert failure(server.on("/a", SLOW[name]), timeout=0.3).reason == "timeout"
    assert server.asked("/a") == 1


def test_redirects_share_the_time(server: HostileServer):
    """Hops that are each quick enough do not add up to more than the time-out."""
    for n in range(4):
        server.on(f"/{n}", after(0.25, redirect(f"/{n + 1}")))

    assert failure(server.url + "/0", timeout=0.6).reason == "timeout"
    assert server.asked("/3") == 0


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", "deflate", "identity"])
def test_a_coding_that_was_asked_for_is_undone(server: HostileServer, coding: str):
    """A coded body arrives plain."""
    coded = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}.get(coding.lower(), bytes)(TEXT)

    assert fetch(server.on("/a", answer(coded, content_encoding=coding))).body == TEXT


def test_a_bare_deflate_stream_is_read(server: HostileServer):
    """Some servers leave zlib's header out; an empty coded body is empty."""
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    url = server.on("/a", answer(bare.compress(TEXT) + bare.flush(), content_encoding="deflate"))

    assert fetch(url).body == TEXT
    assert fetch(server.on("/b", answer(content_encoding="gzip"))).body == b""


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "compress", "gzip, identity", "exi"])
def test_a_coding_that_was_not_asked_for_is_refused(server: HostileServer, coding: str):
    """What would arrive still packed is named, not handed on."""
    error = failure(server.on("/a", answer(gzip.compress(gzip.compress(TEXT)), content_encoding=coding)))

    assert (error.reason, error.http_status) == ("bad_encoding", 200)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_plain_body_announced_as_coded_is_refused(server: HostileServer, coding: str):
    """The body is not the stream that the header says."""
    assert failure(server.on("/a", answer(b"hello, plain", content_encoding=coding))).reason == "bad_encoding"
    assert server.asked("/a") == 1


def bomb(megabytes: int) -> bytes:
    """A gzip stream of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


TOO_LARGE: dict[str, Behaviour] = {
    "gzip bomb": answer(bomb(200), content_encoding="gzip"),
    "announced": answer(b"x", length=10**12),
    "endless body": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536),
    "endless chunks": endless(CHUNKED, b"1\r\nx\r\n" * 4_096),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_body_is_given_up_at_the_cap(server: HostileServer, name: str):
    """Whatever is announced or packed, no more memory is used than a few times the cap."""
    url = server.on("/a", TOO_LARGE[name])
    tracemalloc.start()
    try:
        error = failure(url, max_bytes=50_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (error.reason, error.http_status) == ("body_too_large", 200)
    assert peak < 8_000_000
    assert server.asked("/a") == 1


def test_a_body_of_just_the_cap_is_taken(server: HostileServer):
    """The cap itself is allowed, packed or not; one byte more is not."""
    url = server.on("/a", answer(TEXT))

    assert fetch(url, max_bytes=len(TEXT)).body == TEXT
    assert failure(url, max_bytes=len(TEXT) - 1).reason == "body_too_large"
    assert (
        fetch(server.on("/b", answer(gzip.compress(TEXT), content_encoding="gzip")), max_bytes=len(TEXT)).body == TEXT
    )

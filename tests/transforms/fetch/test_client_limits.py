"""Whatever a server does to a body or a header, the client ends in time, within its memory, and with the right word."""

import gzip
import tracemalloc
import zlib

import pytest

from bench.attacks import BAD_HTTP, BREAKS, SLOW, TEXT, TOO_LARGE
from bench.hostile import HostileServer, after, answer, redirect
from tests.transforms.fetch.conftest import failure, fetch


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_connection_is_tried_again(server: HostileServer, name: str):
    """A body of which a part is missing is never taken for a whole one; three tries, and a later one may succeed."""
    behaviour, reasons = BREAKS[name]

    assert failure(server.on("/a", behaviour)).reason in reasons.split("|")
    assert server.asked("/a") == 3
    assert fetch(server.on("/b", behaviour, answer(b"whole"))).body == b"whole"


@pytest.mark.parametrize("name", BAD_HTTP)
def test_what_is_no_http_is_refused(server: HostileServer, name: str):
    """It is named so; three tries, for what garbles a connection may pass."""
    assert failure(server.on("/a", BAD_HTTP[name])).reason == "bad_http"
    assert server.asked("/a") == 3


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

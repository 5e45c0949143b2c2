"""The HTTP client: a URL in, an `Answer` out, or a FetchError with a reason of the closed list.

Redirects are followed by hand, because every hop is a new wish to check. Bodies are read in pieces and given up at the
cap, after inflating, whatever Content-Length says. Inflating is done here, because aiohttp takes a gzip stream that
breaks off for a whole one.
"""

import asyncio
import re
import ssl
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import stamina
from aiohttp import hdrs

from transforms.errors import FetchError, RejectError
from transforms.fetch.guard import allowed_networks, socket_factory
from transforms.fetch.settings import FetchSettings
from transforms.urls import absolute_url, host_of

MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_CODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}
# what stands before the @ of a link, in a text about it
_USERINFO = re.compile(r"[^/\\\s'\"]*@")
_BLOCKED = re.compile(r"blocked_address|blocked_port")
# failures that may pass in a second
_SOON = {"connect_error", "dns_error", "truncated", "http_5xx"}
_STATUS_REASONS = {
    401: "http_403",
    402: "http_403",
    403: "http_403",
    404: "http_404",
    410: "http_410",
    429: "rate_limited",
    451: "http_403",
}


@dataclass(frozen=True)
class Answer:
    """A complete answer with a status of 200 to 299, or 304."""

    # after redirects
    url: str
    status: int
    # names in lower case
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    # from the request to the end of the body
    seconds: float = 0.0

    @property
    def charset(self) -> str:
        """The charset of the Content-Type header, "" where none is stated."""
        match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", self.headers.get("content-type", ""), re.I)
        return match[1] if match else ""


@dataclass(frozen=True)
class _Wish:
    max_bytes: int
    headers: Mapping[str, str]
    unwanted: tuple[str, ...]

    @property
    def conditional(self) -> bool:
        return not self.headers.keys().isdisjoint({hdrs.IF_NONE_MATCH, hdrs.IF_MODIFIED_SINCE})


class Client:
    """An aiohttp session with the guards; make it and use it inside one event loop.

    No request starts while `gate` is closed; those under way go on.
    """

    def __init__(self, settings: FetchSettings, gate: asyncio.Event) -> None:
        self._settings = settings
        self._gate = gate
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(settings.per_host))
        self._all = asyncio.Semaphore(settings.connections)
        connector = aiohttp.TCPConnector(
            limit=0, socket_factory=socket_factory(allowed_networks(settings.allow_private_hosts)), ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={hdrs.USER_AGENT: settings.user_agent, hdrs.ACCEPT_ENCODING: "gzip, deflate"},
            auto_decompress=False,
            max_line_size=16_384,
            max_field_size=16_384,
        )

    async def close(self) -> None:
        """End the session and its connections."""
        await self._session.close()

    async def get(
        self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None, unwanted: tuple[str, ...] = ()
    ) -> Answer:
        """Fetch a URL. Raises FetchError; one that passes in a second is tried again, with growing pauses.

        A body whose media type begins as one of `unwanted` does is not read: not_html.
        """
        wish = _Wish(max_bytes, headers or {}, unwanted)
        # no limit in time: the wait for a busy host's turn would use it up, and leave no second try
        async for attempt in stamina.retry_context(
            on=_passes_soon, attempts=self._settings.tries, wait_initial=0.3, wait_max=3, timeout=None
        ):
            with attempt:
                return await self._follow(url, wish)
        raise AssertionError("stamina returns or raises")  # pragma: no cover

    async def _follow(self, url: str, wish: _Wish) -> Answer:
        url, left = _checked(url), self._settings.timeout
        visited: set[str] = set()
        for _ in range(MAX_REDIRECTS + 1):
            if url in visited:
                raise FetchError("redirect_loop", url)
            visited.add(url)
            answer = await self._request(url, wish, left)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return _accepted(answer, wish)
            url, left = _hop(answer), left - answer.seconds
        raise FetchError("too_many_redirects", url)

    async def _request(self, url: str, wish: _Wish, seconds: float) -> Answer:
        async with self._hosts[host_of(url)], self._all:
            await self._gate.wait()
            started = time.monotonic()
            # aiohttp reads 0 as no limit
            timeout = aiohttp.ClientTimeout(total=max(seconds, 0.001), sock_connect=10)
            with _translated(url):
                async with self._session.get(
                    url, headers=wish.headers, allow_redirects=False, timeout=timeout
                ) as response:
                    body = await _body(response, wish)
                    return Answer(url, response.status, _flat(response), body, time.monotonic() - started)


def _flat(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Headers as text: aiohttp hands bytes that are not UTF-8 on as lone surrogates, which nothing can store."""
    return {name.lower(): value.encode("utf-8", "replace").decode() for name, value in response.headers.items()}


def _media_type(headers: Mapping[str, str]) -> str:
    """In lower case, "" where none is stated."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _checked(url: str, base: str = "") -> str:
    try:
        return absolute_url(url, base)
    except RejectError as error:
        raise FetchError(error.reason, _USERINFO.sub("", error.detail)) from error


def _hop(answer: Answer) -> str:
    try:
        return _checked(answer.headers["location"], answer.url)
    except FetchError as error:
        raise FetchError(error.reason, f"redirected from {answer.url}: {error.detail}", answer.status) from error


def _accepted(answer: Answer, wish: _Wish) -> Answer:
    status = answer.status
    if 200 <= status < 300 or (status == 304 and wish.conditional):
        return answer
    reason = _STATUS_REASONS.get(status) or (
        "http_5xx" if 500 <= status < 600 else "http_4xx" if 400 <= status < 500 else "http_status"
    )
    raise FetchError(reason, f"{answer.url} answers {status}", status)


async def _body(response: aiohttp.ClientResponse, wish: _Wish) -> bytes:
    if response.status in _REDIRECTS or response.status >= 400:
        return b""
    headers, status = _flat(response), response.status
    if wish.unwanted and _media_type(headers).startswith(wish.unwanted):
        raise FetchError("not_html", f"Content-Type {_media_type(headers)[:100]}", status)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise FetchError("bad_encoding", f"content coding {coding[:100]!r} was not asked for", status)
    if (response.content_length or 0) > wish.max_bytes:
        raise FetchError("body_too_large", f"{response.content_length:,} bytes announced", status)
    body, inflate = bytearray(), _Inflate(coding)
    async for piece in response.content.iter_chunked(65_536):
        body += inflate(piece, wish.max_bytes + 1 - len(body))
        if len(body) > wish.max_bytes:
            raise FetchError("body_too_large", f"more than {wish.max_bytes:,} bytes", status)
    if not inflate.complete:
        raise FetchError("truncated", f"the {coding} stream breaks off", status)
    return bytes(body)


class _Inflate:
    """Pieces of a coded body in, at most so many plain bytes of each out."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._stream: Any = None

    def __call__(self, piece: bytes, limit: int) -> bytes:
        if self._coding in ("", "identity"):
            return piece
        self._stream = self._stream or zlib.decompressobj(self._format(piece[0]))
        plain: bytes = self._stream.decompress(piece, limit)
        return plain

    def _format(self, first: int) -> int:
        """How zlib is to read it; what is called deflate comes with zlib's header or, against the standard, bare."""
        if self._coding != "deflate":
            return 16 + zlib.MAX_WBITS
        return zlib.MAX_WBITS if first & 0xF == zlib.DEFLATED else -zlib.MAX_WBITS

    @property
    def complete(self) -> bool:
        return self._stream is None or bool(self._stream.eof)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """Turn what aiohttp raises into FetchErrors; anything else is a bug and passes through."""
    try:
        yield
    except FetchError:
        raise
    except asyncio.TimeoutError as error:
        raise FetchError("timeout", f"{url}: no complete answer in time") from error
    except aiohttp.InvalidURL as error:
        raise FetchError("bad_url", str(error)) from error
    except zlib.error as error:
        raise FetchError("bad_encoding", f"{url}: {error}") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FetchError(_reason(error), f"{url}: {_cause(error)}") from error


def _cause(error: Exception) -> Exception:
    """What is behind a failed connection: aiohttp's own text leaves it out where it has no error number."""
    return error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error


def _reason(error: Exception) -> str:
    """The word for a failed request.

    >>> _reason(aiohttp.ServerDisconnectedError())
    'connect_error'
    """
    # several addresses that all fail become one plain OSError that only quotes them
    if blocked := _BLOCKED.search(str(_cause(error))):
        return blocked[0]
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns_error"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "tls_error"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "truncated"
    if isinstance(error, aiohttp.ClientResponseError | ValueError):
        return "bad_http"
    return "connect_error"


def _passes_soon(error: Exception) -> bool:
    return isinstance(error, FetchError) and error.reason in _SOON

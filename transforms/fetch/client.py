"""The HTTP client: a URL in, an `Answer` out, or a FetchError with a reason of the closed list.

Redirects are followed by hand, because every hop is a new wish to check. Bodies are read in pieces and given up at the
cap, after inflating, whatever Content-Length says.
"""

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import aiohttp
import stamina
from aiohttp import hdrs

from transforms.errors import FetchError, RejectError
from transforms.fetch.guard import BlockedError, allowed_networks, socket_factory
from transforms.urls import absolute_url, host_of

MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_CODINGS = {"", "identity", "gzip", "deflate", "br"}
_BLOCKED = re.compile(r"blocked_address|blocked_port")
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
class FetchSettings:
    """How feeds and pages are fetched."""

    user_agent: str
    # hosts and CIDR blocks that are not public and may be connected to all the same
    allow_private_hosts: tuple[str, ...] = ()
    # requests at a time, in all and per host
    connections: int = 64
    per_host: int = 2
    # seconds for one request with its redirects and body
    timeout: float = 20.0
    max_page_bytes: int = 5_000_000
    max_feed_bytes: int = 10_000_000
    # tries of a request whose failure may pass in a second, such as a reset connection
    tries: int = 3


@dataclass(frozen=True)
class Answer:
    """A complete answer with a status of 200 to 299, or 304."""

    # after redirects
    url: str
    status: int
    # names in lower case
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type, in lower case, "" where none is stated."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset of the Content-Type header, "" where none is stated."""
        match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", self.headers.get("content-type", ""), re.I)
        return match[1] if match else ""


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
            timeout=aiohttp.ClientTimeout(total=settings.timeout, sock_connect=10, sock_read=settings.timeout),
            max_line_size=16_384,
            max_field_size=16_384,
        )

    async def close(self) -> None:
        """End the session and its connections."""
        await self._session.close()

    async def get(self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch a URL. Raises FetchError; one that passes in a second is tried again, with growing pauses."""
        async for attempt in stamina.retry_context(
            on=_passes_soon, attempts=self._settings.tries, wait_initial=0.3, wait_max=3, timeout=60
        ):
            with attempt:
                return await self._follow(url, max_bytes, headers or {})
        raise AssertionError("stamina returns or raises")  # pragma: no cover

    async def _follow(self, url: str, max_bytes: int, headers: Mapping[str, str]) -> Answer:
        visited: set[str] = set()
        for _ in range(MAX_REDIRECTS + 1):
            if url in visited:
                raise FetchError("redirect_loop", url)
            visited.add(url)
            answer = await self._request(url, max_bytes, headers)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return _accepted(answer)
            url = _hop(answer)
        raise FetchError("too_many_redirects", url)

    async def _request(self, url: str, max_bytes: int, headers: Mapping[str, str]) -> Answer:
        async with self._hosts[host_of(url)], self._all:
            await self._gate.wait()
            with _translated(url):
                async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                    return Answer(url, response.status, _flat(response), await _body(response, max_bytes))


def _flat(response: aiohttp.ClientResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _hop(answer: Answer) -> str:
    try:
        return absolute_url(answer.headers["location"], answer.url)
    except RejectError as error:
        raise FetchError(error.reason, f"redirected from {answer.url}: {error.detail}", answer.status) from error


def _accepted(answer: Answer) -> Answer:
    status = answer.status
    if 200 <= status < 300 or status == 304:
        return answer
    reason = _STATUS_REASONS.get(status) or (
        "http_5xx" if 500 <= status < 600 else "http_4xx" if 400 <= status < 500 else "http_status"
    )
    raise FetchError(reason, f"{answer.url} answers {status}", status)


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    if response.status in _REDIRECTS or response.status >= 400:
        return b""
    coding = response.headers.get(hdrs.CONTENT_ENCODING, "").strip().lower()
    if coding not in _CODINGS:
        raise FetchError("bad_encoding", f"content coding {coding[:100]!r} was not asked for", response.status)
    if (response.content_length or 0) > max_bytes:
        raise FetchError(
            "body_too_large", f"{response.content_length:,} bytes announced, cap {max_bytes:,}", response.status
        )
    body = bytearray()
    async for piece in response.content.iter_chunked(65_536):
        body += piece
        if len(body) > max_bytes:
            raise FetchError("body_too_large", f"more than {max_bytes:,} bytes", response.status)
    return bytes(body)


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
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FetchError(_reason(error), f"{url}: {error}") from error


def _reason(error: Exception) -> str:
    """The word for a failed request.

    >>> _reason(aiohttp.ServerDisconnectedError())
    'connect_error'
    """
    blocked = _BLOCKED.search(str(error))
    if blocked or isinstance(error, BlockedError):
        return blocked[0] if blocked else "blocked_address"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns_error"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "tls_error"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "bad_encoding" if "content-encoding" in str(error) else "truncated"
    if isinstance(error, aiohttp.ClientResponseError | ValueError):
        return "bad_http"
    return "connect_error"


def _passes_soon(error: Exception) -> bool:
    return isinstance(error, FetchError) and error.reason in ("connect_error", "truncated", "http_5xx")

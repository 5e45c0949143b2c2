"""What a library raises for a failed request in, a FetchError with a word of the closed list out."""

import asyncio
import re
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from transforms.errors import FetchError

_BLOCKED = re.compile(r"blocked_address|blocked_port")
# failures that may pass in a second
_SOON = {"connect_error", "dns_error", "truncated", "bad_http", "http_5xx"}
_STATUS_REASONS = {
    401: "http_403",
    402: "http_403",
    403: "http_403",
    404: "http_404",
    410: "http_410",
    429: "rate_limited",
    451: "http_403",
}


def status_reason(status: int) -> str:
    """The word for a status that is no success.

    >>> status_reason(410), status_reason(502), status_reason(418)
    ('http_410', 'http_5xx', 'http_4xx')
    """
    if status in _STATUS_REASONS:
        return _STATUS_REASONS[status]
    return "http_5xx" if 500 <= status < 600 else "http_4xx" if 400 <= status < 500 else "http_status"


def passes_soon(error: Exception) -> bool:
    """Whether the same request may succeed in a second, and its server did not ask for longer."""
    return isinstance(error, FetchError) and error.reason in _SOON and error.retry_at is None


@contextmanager
def translated(url: str) -> Iterator[None]:
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

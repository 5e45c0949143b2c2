"""An answer's body in, its plain bytes out: read in pieces, inflated here, given up at the cap.

Inflating is done here, because aiohttp takes a gzip stream that breaks off for a whole one, and leaves a second coding
packed.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import aiohttp

from transforms.errors import FetchError

REDIRECTS = {301, 302, 303, 307, 308}
_CODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}


def headers_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Headers as text, names in lower case: aiohttp hands on what is not UTF-8 as lone surrogates, which nothing can
    store."""
    return {name.lower(): value.encode("utf-8", "replace").decode() for name, value in response.headers.items()}


async def read_body(
    response: aiohttp.ClientResponse,
    headers: Mapping[str, str],
    max_bytes: int,
    unwanted: tuple[str, ...],
    *,
    cut: bool,
) -> bytes:
    """Return a body of at most `max_bytes` bytes; of a longer one the beginning, where it may be `cut`.

    `headers` are the answer's, by `headers_of`.

    No body is read of a redirect or an error. Raises FetchError: not_html for one of the `unwanted` media types,
    bad_encoding, body_too_large, truncated; zlib.error, and what aiohttp raises, pass through.
    """
    if response.status in REDIRECTS or response.status >= 400:
        return b""
    status = response.status
    if unwanted and (kind := _media_type(headers)).startswith(unwanted):
        raise FetchError("not_html", f"Content-Type {kind[:100]}", status)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise FetchError("bad_encoding", f"content coding {coding[:100]!r} was not asked for", status)
    if (response.content_length or 0) > max_bytes and not cut:
        raise FetchError("body_too_large", f"{response.content_length:,} bytes announced", status)
    body, inflate = bytearray(), _Inflate(coding)
    async for piece in response.content.iter_chunked(65_536):
        body += inflate(piece, max_bytes + 1 - len(body))
        if len(body) > max_bytes:
            if cut:
                return bytes(body[:max_bytes])
            raise FetchError("body_too_large", f"more than {max_bytes:,} bytes", status)
    if not inflate.complete:
        raise FetchError("truncated", f"the {coding} stream breaks off", status)
    return bytes(body)


def _media_type(headers: Mapping[str, str]) -> str:
    """In lower case, "" where none is stated."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


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

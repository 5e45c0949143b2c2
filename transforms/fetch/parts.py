"""A sitemap index in, its sitemaps fetched and put together as one feed out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from schemas.parsed_feed import ParsedFeed
from transforms.errors import RejectError

MAX_ENTRIES = 1_000


@dataclass(frozen=True)
class Part:
    """One sitemap of an index, fetched and parsed."""

    parsed: ParsedFeed
    bytes: int
    cpu_us: int


@dataclass(frozen=True)
class Whole:
    """An index with all that its sitemaps list."""

    parsed: ParsedFeed
    bytes: int
    cpu_us: int
    # of the sitemaps that could not be had
    errors: tuple[RejectError, ...]


async def whole_feed(index: ParsedFeed, cpu_us: int, read: Callable[[str], Awaitable[Part]]) -> Whole:
    """Return the index with its sitemaps' entries, the newest thousand. Parsing the index took `cpu_us`;
    `read` fetches and parses one sitemap, by URL.

    Raises RejectError where none of them can be had.
    """
    urls = index.parts or ()
    got = await asyncio.gather(*map(read, urls), return_exceptions=True)
    parts = [one for one in got if isinstance(one, Part)]
    errors = tuple(_of_part(one, url) for one, url in zip(got, urls, strict=True) if not isinstance(one, Part))
    if errors and not parts:
        raise errors[0]
    merged = _merged(index, [part.parsed for part in parts])
    return Whole(merged, sum(part.bytes for part in parts), cpu_us + sum(part.cpu_us for part in parts), errors)


def _of_part(error: BaseException | Part, url: str) -> RejectError:
    if not isinstance(error, RejectError):
        raise error if isinstance(error, BaseException) else TypeError(error)
    return RejectError(error.reason, f"{url}: {error.detail}"[:500], error.http_status)


def _merged(index: ParsedFeed, parts: list[ParsedFeed]) -> ParsedFeed:
    entries = sorted(
        (entry for part in parts for entry in part.entries), key=lambda e: e.published.at or e.first_seen_at
    )
    kept = tuple(reversed(entries[-MAX_ENTRIES:]))
    newest = [part.newest_entry_at for part in parts if part.newest_entry_at]
    return replace(
        index,
        title=index.title or next((part.title for part in parts if part.title), ""),
        entries=kept,
        refusals=tuple(refusal for part in parts for refusal in part.refusals),
        left_out=sum(part.left_out for part in parts) + len(entries) - len(kept),
        newest_entry_at=max(newest, default=None),
        guid_trusted=all(part.guid_trusted for part in parts),
    )

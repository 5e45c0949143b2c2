"""Parsed feeds: what one feed body gives, on its way back from the process that parsed it."""

from dataclasses import dataclass
from datetime import datetime

from schemas.entry import Entry, Refusal


@dataclass(frozen=True)
class ParsedFeed:
    """What one feed body gives."""

    # the operator's title for the feed, else its own
    title: str
    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    # listed beyond the cap and left out
    left_out: int
    # the latest date that an entry states
    newest_entry_at: datetime | None
    guid_trusted: bool
    # seconds for which the feed asks to be left alone, 0 for none
    ttl_s: int = 0
    # of a sitemap index: URLs of the documents that hold its entries, newest first; None for any other feed
    parts: tuple[str, ...] | None = None

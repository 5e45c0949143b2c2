"""Entries: items of a feed as the feed states them, and what is already published of them."""

from dataclasses import dataclass
from datetime import datetime

from schemas.dating import Dating

# every word `entry_flags` may hold, with what it says
ENTRY_FLAGS = {
    "encoding_guessed": "the feed's bytes are neither UTF-8 nor what it declares: their encoding was guessed",
    "encoding_mismatch": "the feed declares another encoding, but is UTF-8, and was read so",
    "mojibake_suspected": "title or summary look as if UTF-8 had been read as Latin-1, such as Ã©: mended where a"
    " whole text is so, else left as they are",
    "bidi_control": "title or summary hold characters that turn the direction of what follows",
    "truncated": "title, summary or text were longer than what is kept",
    "redirect_link": "the link is a redirecting service's, such as Google News; left as it is",
}


@dataclass(frozen=True)
class Known:
    """The newest published row of an article: enough to tell an edit from a repetition."""

    # the feed whose statement entry_sha256 is the hash of
    feed_url: str
    entry_sha256: str
    content_sha256: str
    title: str
    revision_no: int
    cluster_id: str
    duplicate_of: str | None
    duplicate_kind: str | None
    first_seen_at: datetime
    # that published the row
    run_id: str


@dataclass(frozen=True)
class Entry:
    """One item of a feed; texts are plain (no mark-up) but for `content_html`."""

    # hash of the normalised link: the article's identity from here on
    article_id: str
    # the link, absolute, as the feed states it (tracking parameters kept)
    url: str
    feed_url: str
    # of the feed, or the operator's title for it
    source_name: str
    # "" where the feed gives none
    guid: str
    title: str
    summary: str
    # full text as HTML where the feed carries it, else ""
    content_html: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    published: Dating
    updated: Dating
    # of the feed or the operator's list, BCP 47, "" where unknown
    language: str
    # hash of what the feed states (title, texts, link, updated): another value means the feed edited it
    entry_sha256: str
    # the run that listed it, and the start of the slot that listed it first
    run_id: str
    first_seen_at: datetime
    # fetches that failed before this one
    attempt: int = 0
    # a dead letter stands for it, from which it is tried again
    retried: bool = False
    # the published row of the same id; None for an article never published
    known: Known | None = None
    # the GUID is one of its kind, in a feed whose GUIDs identify its entries
    guid_trusted: bool = False
    # words of ENTRY_FLAGS
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """An entry that leads to no page, such as one without a link: a dead letter once it is known to be new."""

    # hash of the feed and of what the entry states in place of a link
    article_id: str
    # "" where there is none
    url: str
    feed_url: str
    title: str
    # a key of REASONS
    reason: str
    detail: str
    run_id: str
    first_seen_at: datetime

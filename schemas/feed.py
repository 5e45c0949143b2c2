"""Feeds: as the operator lists them, and as earlier runs remember them."""

from dataclasses import dataclass

from schemas.slot import Slot


@dataclass(frozen=True)
class Feed:
    """One feed of the operator's list."""

    # absolute http(s) URL
    url: str
    # the operator's name for it, "" where the list gives none
    title: str = ""
    # the operator's labels; nested OPML folders become one tag each
    tags: tuple[str, ...] = ()
    # BCP 47, "" where unknown: decides where a text is too short to tell
    language: str = ""


@dataclass(frozen=True)
class FeedState:
    """What the newest `feed_runs` row says about a feed; the default is a feed never fetched."""

    # its name as far as known
    feed_title: str = ""
    etag: str = ""
    last_modified: str = ""
    # of the newest body, hex: finds an unchanged feed where the server sends no 304
    body_sha256: str = ""
    consecutive_failures: int = 0


@dataclass(frozen=True)
class Poll:
    """One feed to fetch in one slot."""

    feed: Feed
    state: FeedState
    slot: Slot

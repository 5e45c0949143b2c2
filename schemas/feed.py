"""Feeds: as the operator lists them, and as earlier runs remember them."""

from dataclasses import dataclass
from datetime import datetime

from schemas.slot import Slot


@dataclass(frozen=True)
class SecretRef:
    """Where a secret is kept; the secret itself is read when a request needs it, and stands in no record."""

    # env, file
    kind: str
    # of the environment variable, or the file's path
    name: str


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
    # its entries carry the article, so that no page is fetched
    full_text: bool = False
    # whether robots.txt is heeded for its pages
    robots: bool = True
    # seconds between polls, within which they are learned
    min_poll: int = 600
    max_poll: int = 86_400
    # of the requests for the feed itself, as are the secrets
    headers: tuple[tuple[str, str | SecretRef], ...] = ()
    user: str = ""
    password: SecretRef | None = None
    token: SecretRef | None = None


@dataclass(frozen=True)
class FeedState:
    """What the newest `feed_runs` row says about a feed; the default is a feed never fetched."""

    # its name as far as known
    feed_title: str = ""
    etag: str = ""
    last_modified: str = ""
    # of the newest body, hex: finds an unchanged feed where the server sends no 304
    body_sha256: str = ""
    # "" for a feed never fetched
    outcome: str = ""
    consecutive_failures: int = 0
    # failures in a row, each counted by how sure it is to last
    failure_weight: float = 0.0
    next_poll_at: datetime | None = None
    # the server asked to wait until then
    retry_after_at: datetime | None = None
    # seconds: as learned, 0 for not yet; as the server asks
    poll_interval_s: int = 0
    fresh_for_s: int = 0
    # where permanent redirects lead, since when
    moved_to: str = ""
    moved_at: datetime | None = None


@dataclass(frozen=True)
class Poll:
    """One feed to fetch in one slot."""

    feed: Feed
    state: FeedState
    slot: Slot


@dataclass(frozen=True)
class IssuedSlot:
    """A slot, and the feed list as it is at its start."""

    slot: Slot
    feeds: tuple[Feed, ...]

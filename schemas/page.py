"""Pages: the bytes behind an entry's link."""

from dataclasses import dataclass
from datetime import datetime

from schemas.entry import Entry


@dataclass(frozen=True)
class Page:
    """What a fetch gave for an entry: its HTML, or None where only the feed's own text is left to use."""

    entry: Entry
    # after redirects
    final_url: str
    # 0 where no answer came
    http_status: int
    # of the Content-Type header, "" where none
    charset: str
    # None: the page could not be had and the entry carries its full text
    html: bytes | None
    fetched_at: datetime
    # words of PAGE_FLAGS that are known before it is read
    flags: tuple[str, ...] = ()

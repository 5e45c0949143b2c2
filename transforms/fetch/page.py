"""The page behind an entry: its bytes, or the feed's own full text where the page cannot be had, or need not be."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.entry import Entry
from schemas.feed import Feed
from schemas.page import Page
from transforms import clock
from transforms.errors import FetchError
from transforms.fetch.client import Answer, Client

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
# media types that are not read
_UNWANTED = ("application/pdf", "image/", "video/", "audio/", "application/zip", "application/octet-stream")


@dataclass(frozen=True)
class PageRules:
    """What the operator says of pages, by the URL of the feed that lists them."""

    # feeds that carry the article, and feeds for whose pages robots.txt is not asked
    full_text: frozenset[str] = frozenset()
    no_robots: frozenset[str] = frozenset()

    @classmethod
    def of(cls, feeds: Iterable[Feed]) -> "PageRules":
        """The rules of a feed list."""
        feeds = tuple(feeds)
        return cls(
            frozenset(feed.url for feed in feeds if feed.full_text),
            frozenset(feed.url for feed in feeds if not feed.robots),
        )

    def only(self, feed_url: str) -> "PageRules":
        """What concerns one feed."""
        return PageRules(self.full_text & {feed_url}, self.no_robots & {feed_url})


_DEFAULT = PageRules()


async def fetch_page(entry: Entry, client: Client, max_bytes: int, rules: PageRules = _DEFAULT) -> Page:
    """Fetch the page of an entry; a Page without HTML where that fails, or need not be, and the entry carries its text.

    Raises FetchError where there is neither.
    """
    if entry.content_html and entry.feed_url in rules.full_text:
        return _of_feed(entry, 0)
    try:
        robots = entry.feed_url not in rules.no_robots
        answer = await get_page(entry.url, client, max_bytes, robots=robots, run_id=entry.run_id)
    except FetchError as error:
        if not entry.content_html or error.reason == "over_deadline":
            raise
        return _of_feed(entry, error.http_status)
    flags = ("downgraded",) if answer.downgraded else ()
    return Page(entry, answer.url, answer.status, answer.charset, answer.body, clock.now(), flags)


def _of_feed(entry: Entry, status: int) -> Page:
    return Page(entry, entry.url, status, "", None, clock.now())


async def get_page(url: str, client: Client, max_bytes: int, *, robots: bool, run_id: str = "") -> Answer:
    """Fetch a page. Raises FetchError, not_html for what its media type says is no text."""
    return await client.get(
        url, max_bytes=max_bytes, headers={"Accept": ACCEPT}, unwanted=_UNWANTED, robots=robots, run_id=run_id
    )

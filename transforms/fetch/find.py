"""A site's page in, the URLs that may be its feeds out."""

from urllib.parse import urljoin

from transforms.errors import FetchError
from transforms.fetch.client import Client
from transforms.fetch.discover import Found, discover_feeds, robots_sitemaps, usual_places

_MAX_BYTES = 5_000_000


async def find_feeds(url: str, client: Client) -> list[Found]:
    """Return what the page names, and the news sitemaps of its robots.txt; where it names none, the usual places.

    Raises FetchError where the page cannot be had.
    """
    page = await client.get(url, max_bytes=_MAX_BYTES, cut=True)
    named = discover_feeds(page.body, page.url) or usual_places(page.url)
    sitemaps = [one for one in await _sitemaps(page.url, client) if "news" in one.url.lower()]
    return list({one.url: one for one in (*named, *sitemaps)}.values())


async def _sitemaps(url: str, client: Client) -> list[Found]:
    robots = urljoin(url, "/robots.txt")
    try:
        answer = await client.get(robots, max_bytes=_MAX_BYTES, cut=True)
    except FetchError:  # most sites without one say so
        return []
    return robots_sitemaps(answer.body.decode("utf-8", "replace"), answer.url)

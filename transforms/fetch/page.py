"""The page behind an entry: its bytes, or the feed's own full text where the page cannot be had."""

from datetime import datetime, timezone

from schemas.entry import Entry
from schemas.page import Page
from transforms.errors import FetchError
from transforms.fetch.client import Answer, Client

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
# media types that are not read
_UNWANTED = ("application/pdf", "image/", "video/", "audio/", "application/zip", "application/octet-stream")


async def fetch_page(entry: Entry, client: Client, max_bytes: int) -> Page:
    """Fetch the page of an entry; a Page without HTML where that fails and the entry carries its full text.

    Raises FetchError where there is neither.
    """
    try:
        answer = await get_page(entry.url, client, max_bytes)
    except FetchError as error:
        if not entry.content_html:
            raise
        return Page(entry, entry.url, error.http_status, "", None, datetime.now(timezone.utc))
    return Page(entry, answer.url, answer.status, answer.charset, answer.body, datetime.now(timezone.utc))


async def get_page(url: str, client: Client, max_bytes: int) -> Answer:
    """Fetch a page. Raises FetchError, not_html for what its media type says is no text."""
    return await client.get(url, max_bytes=max_bytes, headers={"Accept": ACCEPT}, unwanted=_UNWANTED)

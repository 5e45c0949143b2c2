"""News sitemaps (sitemaps.org 0.9 with Google's news extension): a document in, the shape of a feed's entries out.

A sitemap lists `<url>`s, and is a feed as far as these carry `<news:news>`; an index lists sitemaps. Publishers get the
namespaces wrong as often as right, so elements go by their local names.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import chain
from typing import Any

from lxml import etree

from transforms.dates import read_date
from transforms.errors import ParseError, RejectError
from transforms.fetch.statement import Statement
from transforms.urls import absolute_url

# sitemaps of an index that are read: the newest; news of two days need no more
MAX_SITEMAPS = 10
_RECENT = timedelta(days=3)
_UNDATED = datetime.min.replace(tzinfo=timezone.utc)
_ROOT = re.compile(rb"<(?!\?|!)(?:[\w.-]+:)?(urlset|sitemapindex)\b")
_NO_OTHER_ROOT = re.compile(rb"<(?!\?|!)")


def looks_like_sitemap(body: bytes) -> bool:
    """Whether the first element is a sitemap's or an index's.

    >>> looks_like_sitemap(b"<?xml version='1.0'?><urlset>"), looks_like_sitemap(b"<rss><urlset>")
    (True, False)
    """
    first = _NO_OTHER_ROOT.search(body, 0, 100_000)
    return bool(first and _ROOT.match(body, first.start()))


def read_sitemap(body: bytes) -> tuple[str, str, list[Statement]]:
    """A news sitemap's publication, its language, and its entries, in the sitemap's order.

    Raises ParseError: not_a_feed, where no URL carries news.
    """
    root = _root(body)
    found = [(url, news) for url in _children(root, "url") for news in _children(url, "news")]
    if not found:
        raise ParseError("not_a_feed", "a sitemap without news")
    publication = next(_children(found[0][1], "publication"), None)
    name, language = (_text(publication, field) if publication is not None else "" for field in ("name", "language"))
    return name, language, [_statement(url, news) for url, news in found]


def read_index(body: bytes, url: str, now: datetime) -> list[str] | None:
    """The URLs of an index's sitemaps, newest first, those without a date last; None of a document that is no index.

    What was last changed days ago is left out: news sitemaps hold the news of two days.
    """
    root = _root(body)
    if _local(root) != "sitemapindex":
        return None
    stated = [(_text(sitemap, "loc"), _text(sitemap, "lastmod")) for sitemap in _children(root, "sitemap")]
    dated = {link: read_date(lastmod, source="feed", now=now).at or _UNDATED for link, lastmod in stated}
    recent = [link for link, at in dated.items() if at == _UNDATED or now - at <= _RECENT]
    newest = sorted(recent, key=lambda link: dated[link], reverse=True)
    return list(chain.from_iterable(_absolute(link, url) for link in newest))[:MAX_SITEMAPS]


def _root(body: bytes) -> Any:
    # screened beforehand: no entities, no giant tags
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(body, parser)
    if root is None:
        raise ParseError("not_a_feed", "no XML")
    return root


def _statement(url: Any, news: Any) -> Statement:
    link, keywords = _text(url, "loc"), _text(news, "keywords")
    return Statement(
        link=link,
        guid=link,
        title=_text(news, "title"),
        tags=tuple(word.strip() for word in keywords.split(",") if word.strip()),
        published=_text(news, "publication_date"),
        updated=_text(url, "lastmod"),
    )


def _absolute(link: str, base: str) -> Iterator[str]:
    try:
        yield absolute_url(link, base)
    except RejectError:  # an index may list what nobody can fetch; the others count
        return


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if _local(child) == name)


def _text(element: Any, name: str) -> str:
    child = next(_children(element, name), None)
    return "" if child is None else "".join(child.itertext()).strip()


def _local(element: Any) -> str:
    """The name without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""

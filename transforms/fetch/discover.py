"""A page's HTML in, the feeds that it names out; and where else feeds may be."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import html

from transforms.errors import RejectError
from transforms.urls import absolute_url

# tried where a site names none
USUAL_PLACES = (
    *("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json"),
    *("/news-sitemap.xml", "/sitemap-news.xml"),
)
_MAX_FOUND, _MAX_BYTES = 100, 5_000_000
_KINDS = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
}
_PATH = re.compile(r"(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom)(?:\.xml|\.json)?/?|/index\.xml)$", re.I)
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)


class Found(NamedTuple):
    """A URL that may be a feed."""

    url: str
    title: str
    # rss, atom, json, sitemap; "" for unknown
    kind: str


def discover_feeds(page: bytes, url: str) -> list[Found]:
    """Return what a page names as its feeds, then what it links to that looks like one; each once, at most 100.

    `url` is the page's own. A page that is none gives nothing.

    >>> discover_feeds(b'<link rel=alternate type="application/atom+xml" href=/a title=News>', "http://e.org/x")
    [Found(url='http://e.org/a', title='News', kind='atom')]
    """
    try:
        tree = html.document_fromstring(page[:_MAX_BYTES], html.HTMLParser(encoding="utf-8", huge_tree=False))
    except (ValueError, html.etree.ParserError):  # empty, or nothing but a comment
        return []
    found: dict[str, Found] = {}
    for one in (*_named(tree, url), *_linked(tree, url)):
        if len(found) < _MAX_FOUND:
            found.setdefault(one.url, one)
    return list(found.values())


def _named(tree: html.HtmlElement, url: str) -> Iterator[Found]:
    for link in tree.iter("link"):
        kind = _KINDS.get((link.get("type") or "").partition(";")[0].strip().lower())
        if kind and "alternate" in (link.get("rel") or "").lower().split():
            yield from _found(link.get("href"), url, link.get("title") or "", kind)


def _linked(tree: html.HtmlElement, url: str) -> Iterator[Found]:
    for anchor in tree.iter("a"):
        href = anchor.get("href") or ""
        if _PATH.search(href.partition("#")[0].partition("?")[0]):
            yield from _found(href, url, " ".join(anchor.text_content().split()), "")


def _found(href: str | None, base: str, title: str, kind: str) -> Iterator[Found]:
    try:
        if href and href.strip():
            yield Found(absolute_url(href, base).partition("#")[0], title[:200], kind)
    except RejectError:  # a link that nobody can follow
        return


def robots_sitemaps(robots_txt: str, url: str) -> list[Found]:
    """Return the sitemaps that a robots.txt names; `url` is its own.

    >>> robots_sitemaps("User-agent: *\\nSitemap: /news.xml", "http://e.org/robots.txt")
    [Found(url='http://e.org/news.xml', title='', kind='sitemap')]
    """
    stated = [match[1] for match in _SITEMAP.finditer(robots_txt)]
    found = {one.url: one for link in stated for one in _found(link, url, "", "sitemap")}
    return list(found.values())[:_MAX_FOUND]


def usual_places(url: str) -> list[Found]:
    """Return where the site of a URL may have feeds that it does not name."""
    site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    return [Found(site + path, "", "") for path in USUAL_PLACES]

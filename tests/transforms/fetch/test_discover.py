"""A site's feeds are found by what its pages name, by what they link to, and where feeds usually are."""

import pytest

from bench.hostile import HostileServer, answer
from tests.transforms.fetch.conftest import with_client
from transforms.errors import FetchError
from transforms.fetch.discover import Found, discover_feeds, robots_sitemaps, usual_places
from transforms.fetch.find import find_feeds

URL = "http://e.example/news/"


def urls(page: str) -> list[str]:
    """The URLs that a page gives."""
    return [found.url for found in discover_feeds(page.encode(), URL)]


def test_what_a_page_names_comes_first():
    """Links in the head in their order, then anchors that look like feeds; each once."""
    page = """<html><head>
    <link rel="stylesheet" href="/x.css"><link rel="alternate" hreflang="de" href="/de/">
    <link rel="alternate" type="application/rss+xml; charset=utf-8" title="All news" href="all.rss">
    <LINK REL="Alternate Home" TYPE="application/atom+xml" HREF="//feeds.e.example/atom">
    <link rel="alternate" type="application/feed+json" href="https://e.example/feed.json#top"></head>
    <body><a href="/sport/feed/">Sport <b>feed</b></a> <a href="all.rss">again</a> <a href="/about">About</a></body>"""

    assert discover_feeds(page.encode(), URL) == [
        Found("http://e.example/news/all.rss", "All news", "rss"),
        Found("http://feeds.e.example/atom", "", "atom"),
        Found("https://e.example/feed.json", "", "json"),
        Found("http://e.example/sport/feed/", "Sport feed", ""),
    ]


@pytest.mark.parametrize(
    ("href", "is_feed"),
    [
        ("/rss", True),
        ("/a/rss.xml?edition=eu", True),
        ("/a.rdf", True),
        ("/index.xml", True),
        ("/feeds-and-speeds", False),
        ("/page.xml", False),
        ("/about?next=/feed", False),
        ("mailto:rss@e.example", False),
        ("javascript:open('/feed')", False),
        ("http://user:pw@e.example/feed", False),
        ("http://[bad/feed", False),
        ("", False),
    ],
)
def test_anchors_are_judged_by_their_paths(href: str, is_feed: bool):
    """A path that ends as feeds end; nothing that cannot be fetched."""
    assert bool(urls(f'<a href="{href}">x</a>')) is is_feed


@pytest.mark.parametrize(
    "page",
    [
        "",
        "   ",
        "<!-- -->",
        "\x00\x01",
        "<link rel=alternate type=application/rss+xml>",
        "<" * 10_000,
        "<div>" * 50_000,
    ],
)
def test_what_is_no_page_names_none(page: str):
    """Nothing, bytes, a link without a goal, nesting without end: no feed and no error."""
    assert urls(page) == []


def test_no_more_than_a_hundred_are_given():
    """A page may name thousands."""
    assert len(urls("".join(f'<a href="/{n}/feed">x</a>' for n in range(1_000)))) == 100


def test_robots_txt_names_sitemaps():
    """In any case, anywhere, absolute or not; what is no URL is left out."""
    text = "User-agent: *\nsitemap: https://e.example/a.xml\n SITEMAP:/news.xml\nSitemap: ftp://e.example/c.xml\nSitemap:\n"

    assert [found.url for found in robots_sitemaps(text, "https://e.example/robots.txt")] == [
        "https://e.example/a.xml",
        "https://e.example/news.xml",
    ]


def test_a_site_that_names_feeds_is_believed(server: HostileServer):
    """The usual places are not tried then; a news sitemap of robots.txt comes along, another sitemap does not."""
    server.on("/", answer(b'<link rel="alternate" type="application/rss+xml" href="/all.rss">'))
    server.on("/robots.txt", answer(b"Sitemap: /sitemap.xml\nSitemap: /news-sitemap.xml"))

    found = with_client(lambda client: find_feeds(server.url + "/", client))

    assert [one.url for one in found] == [server.url + "/all.rss", server.url + "/news-sitemap.xml"]


def test_a_site_that_names_none_is_searched(server: HostileServer):
    """Feeds usually are in one of few places."""
    server.on("/", answer(b"<p>Welcome"))

    found = with_client(lambda client: find_feeds(server.url + "/", client))

    assert found == usual_places(server.url + "/")


def test_a_site_that_is_missing_is_an_error(server: HostileServer):
    """Nothing can be said of it."""
    with pytest.raises(FetchError, match="http_404"):
        with_client(lambda client: find_feeds(server.url + "/", client))

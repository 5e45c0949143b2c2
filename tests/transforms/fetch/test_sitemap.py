"""News sitemaps are feeds, an index leads to them, any other sitemap is none."""

from datetime import datetime, timedelta, timezone

import pytest

from schemas.parsed_feed import ParsedFeed
from tests.makers import FEED, SLOT
from transforms.errors import ParseError
from transforms.fetch.parse import parse_feed
from transforms.fetch.sitemap import MAX_SITEMAPS, looks_like_sitemap, read_index

NOW = SLOT.started_at
URL = "http://news.example/sitemap.xml"
RIGHT = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
NEWS = """<news:news><news:publication><news:name>Elbe Courier</news:name><news:language>de</news:language>
</news:publication><news:publication_date>2026-11-24T09:00:00+01:00</news:publication_date>
<news:title>Leaders &amp; aides meet</news:title><news:keywords>summit, Geneva</news:keywords></news:news>"""


def sitemap(*urls: str, namespaces: str = RIGHT) -> bytes:
    """A sitemap with these elements."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {namespaces}>{"".join(urls)}</urlset>'.encode()


def url(link: str = "http://news.example/1", news: str = NEWS) -> str:
    """An element of a sitemap."""
    return f"<url><loc>{link}</loc><lastmod>2026-11-24T10:00:00Z</lastmod>{news}</url>"


def index(*sitemaps: tuple[str, str]) -> bytes:
    """An index of sitemaps, each with its date."""
    listed = "".join(
        f"<sitemap><loc>{link}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>" for link, date in sitemaps
    )
    return f"<sitemapindex {RIGHT}>{listed}</sitemapindex>".encode()


def parse(body: bytes) -> ParsedFeed:
    """What a body gives."""
    return parse_feed(body, "", URL, FEED, SLOT)


def test_a_news_sitemap_is_a_feed():
    """Link, title, dates, tags, language and name are all there."""
    parsed = parse(sitemap(url()))
    (entry,) = parsed.entries

    assert (entry.url, entry.title, entry.tags) == (
        "http://news.example/1",
        "Leaders & aides meet",
        ("summit", "Geneva"),
    )
    assert entry.published.at == datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
    assert entry.updated.at == datetime(2026, 11, 24, 10, tzinfo=timezone.utc)
    assert entry.language == (FEED.language or "de")
    assert (parsed.guid_trusted, parsed.parts) == (True, None)


@pytest.mark.parametrize(
    "namespaces",
    [
        RIGHT.replace("http:", "https:"),
        RIGHT.replace("0.9", "0.84"),
        'xmlns:news="urn:other"',
        "",
        RIGHT.replace("xmlns:news", "xmlns:n"),
    ],
    ids=["https", "old", "other", "undeclared", "another prefix"],
)
def test_namespaces_need_not_be_right(namespaces: str):
    """Elements go by their names."""
    body = sitemap(url(), namespaces=namespaces)
    if "xmlns:n=" in namespaces:
        body = body.replace(b"news:", b"n:")

    assert [entry.title for entry in parse(body).entries] == ["Leaders & aides meet"]


def test_a_prefixed_root_is_seen():
    """Nor is the sitemap's own namespace always the default one."""
    body = sitemap(url()).replace(b"<url", b"<sm:url").replace(b"</url", b"</sm:url").replace(b"xmlns=", b"xmlns:sm=")

    assert len(parse(body).entries) == 1


@pytest.mark.parametrize(
    "body", [sitemap(url(news="")), sitemap(), sitemap("<url/>")], ids=["plain", "empty", "no loc"]
)
def test_a_sitemap_without_news_is_no_feed(body: bytes):
    """It lists pages of every kind."""
    with pytest.raises(ParseError, match="not_a_feed: a sitemap without news"):
        parse(body)


def test_only_what_carries_news_is_listed():
    """A section page between articles is left out; an article without a link is refused by itself."""
    parsed = parse(sitemap(url(), url("http://news.example/section", news=""), url("")))

    assert [entry.url for entry in parsed.entries] == ["http://news.example/1"]
    assert [refusal.reason for refusal in parsed.refusals] == ["no_link"]


def test_a_broken_sitemap_gives_what_is_whole():
    """One that breaks off, or holds a bare ampersand, is read as far as it goes."""
    whole = sitemap(url(), url("http://news.example/2"))

    assert len(parse(whole[: whole.rindex(b"<news:news>")]).entries) == 1
    assert next(entry.title for entry in parse(whole.replace(b"&amp;", b"&")).entries).startswith("Leaders")


def test_a_sitemap_beyond_the_cap_is_cut():
    """The newest thousand are listed, the others counted."""
    parsed = parse(sitemap(*(url(f"http://news.example/{n}") for n in range(1_002))))

    assert (len(parsed.entries), parsed.left_out) == (1_000, 2)


def test_an_index_gives_its_newest_sitemaps():
    """Newest first, those without a date last, relative ones absolute; what nobody can fetch is left out."""
    body = index(
        ("undated.xml", ""),
        ("http://news.example/b.xml", "2026-11-24"),
        ("http://news.example/a.xml", "2026-11-24T12:00:00+00:00"),
        ("ftp://news.example/c.xml", "2026-11-24"),
        ("http://news.example/b.xml", "2026-11-24"),
    )

    assert parse(body).parts == (
        "http://news.example/a.xml",
        "http://news.example/b.xml",
        "http://news.example/undated.xml",
    )
    assert parse(body).entries == ()


def test_old_sitemaps_of_an_index_are_left_out():
    """News sitemaps hold two days; archives go back for years."""
    days = [(f"http://news.example/{n}.xml", f"{NOW - timedelta(days=n):%Y-%m-%dT%H:%M:%SZ}") for n in range(6)]

    assert read_index(index(*days), URL, NOW) == [f"http://news.example/{n}.xml" for n in range(4)]


def test_no_more_than_ten_sitemaps_of_an_index_are_read():
    """An index may list tens of thousands."""
    many = index(*((f"http://news.example/{n}.xml", "") for n in range(50)))

    assert len(read_index(many, URL, NOW) or ()) == MAX_SITEMAPS


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (b"<urlset>", True),
        (b"<?xml version='1.0'?>\n<!-- made by x -->\n<?xml-stylesheet href='a'?><sitemapindex>", True),
        (b"<sm:urlset xmlns:sm='x'>", True),
        (b"<urlsets>", False),
        (b"<rss><channel><urlset/></channel></rss>", False),
        (b"urlset", False),
        (b"", False),
    ],
)
def test_a_sitemap_is_known_by_its_first_element(body: bytes, is_one: bool):
    """What a feed quotes does not make it one."""
    assert looks_like_sitemap(body) is is_one

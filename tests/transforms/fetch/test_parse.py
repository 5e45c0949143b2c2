"""Feeds of every kind become entries; what cannot be an article is refused one by one."""

import json
from dataclasses import replace

import pytest

from schemas.feed import Feed
from tests.makers import FEED, SLOT
from transforms.errors import ParseError
from transforms.fetch.parse import ParsedFeed, parse_feed

URL = "http://news.example/dir/feed.xml"


def rss(*items: str) -> bytes:
    """An RSS 2.0 feed with the items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str = "Hello", link: str = "http://e.org/1", extra: str = "") -> str:
    """An RSS item."""
    return f"<item><title>{title}</title><link>{link}</link>{extra}</item>"


def parse(body: bytes, feed: Feed = FEED) -> ParsedFeed:
    """What a body gives."""
    return parse_feed(body, "", URL, feed, SLOT)


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>Hello</title><id>tag:1</id>
<link rel="self" href="http://e.org/self"/><link rel="alternate" href="http://e.org/1"/><updated>2026-11-20T10:00:00Z</updated></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item rdf:about="http://e.org/1"><title>Hello</title><link>http://e.org/1</link></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": "1", "url": "http://e.org/1", "title": "Hello"}],
    }
).encode()


@pytest.mark.parametrize("body", [rss(item()), ATOM, RDF, JSON], ids=["rss", "atom", "rdf", "json"])
def test_every_kind_of_feed_is_read(body: bytes):
    """RSS, Atom, RDF and JSON Feed give the same entry."""
    (entry,) = parse(body).entries

    assert (entry.title, entry.url) == ("Hello", "http://e.org/1")
    assert entry.article_id == parse(rss(item())).entries[0].article_id


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><body>Hi</body></html>", "not_a_feed_html"),
        (b'{"error": "gone"}', "not_a_feed"),
        (b"{" * 100_000, "not_a_feed"),
        (b"%PDF-1.4", "not_a_feed"),
        (b'<opml version="2.0"><body/></opml>', "not_a_feed"),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, reason: str):
    """A web page, JSON of another kind and a PDF are no feeds."""
    with pytest.raises(ParseError) as caught:
        parse(body)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        (item(link=""), "no_link"),
        (item(link="javascript:alert(1)"), "bad_scheme"),
        (item(link="http://u:p@e.org/"), "userinfo_in_url"),
        (
            "<item><title>x</title><enclosure url='http://e.org/a.mp3' type='audio/mpeg' length='1'/></item>",
            "no_article_link",
        ),
    ],
)
def test_an_entry_that_leads_nowhere_is_refused_alone(stated: str, reason: str):
    """One bad entry is one refusal with an identity of its own; its neighbours are entries."""
    parsed = parse(rss(stated, item()))

    assert [refusal.reason for refusal in parsed.refusals] == [reason]
    assert len(parsed.entries) == 1
    assert parsed.refusals[0].article_id == parse(rss(stated)).refusals[0].article_id
    assert "u:p" not in repr(parsed.refusals)


def test_a_torn_feed_keeps_its_whole_entries():
    """Of a feed cut in the middle the entries before the cut are read."""
    body = rss(item(link="http://e.org/1"), item(link="http://e.org/2"), item(link="http://e.org/3"))

    urls = [entry.url for entry in parse(body[: body.index(b"http://e.org/3") - 20]).entries]

    assert urls == ["http://e.org/1", "http://e.org/2"]


def test_markup_and_controls_leave_the_title():
    """A title is one line of plain text."""
    (entry,) = parse(
        rss(item("&lt;b&gt;Big&lt;/b&gt; &lt;script&gt;x()&lt;/script&gt;A &amp;amp; B\n2026 ERROR"))
    ).entries

    assert entry.title == "Big A & B 2026 ERROR"


def test_the_longest_content_is_the_full_text():
    """Content much longer than a teaser is kept as the article's text; a teaser is not."""
    full = f"<content:encoded><![CDATA[<p>{'long ' * 200}</p>]]></content:encoded>"
    body = rss(
        item(extra=f"<description>short</description>{full}"),
        item(link="http://e.org/2", extra="<description>short</description>"),
    )
    body = body.replace(b'version="2.0"', b'version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"')

    first, second = parse(body).entries

    assert first.content_html.startswith("<p>long")
    assert first.summary == "short"
    assert second.content_html == ""


def test_only_the_newest_thousand_are_taken():
    """What a feed lists beyond the cap is left out, oldest first, and counted."""
    dated = [
        item(link=f"http://e.org/{n}", extra=f"<pubDate>{1 + n % 28} Oct 2026 10:00 GMT</pubDate>")
        for n in range(1_040)
    ]

    parsed = parse(rss(*dated))

    assert (len(parsed.entries), parsed.left_out) == (1_000, 40)
    assert min(e.published.at.day for e in parsed.entries if e.published.at) > 1


def test_guids_are_trusted_where_they_identify():
    """A feed whose GUIDs repeat is not trusted with them."""
    unique = [item(link=f"http://e.org/{n}", extra=f"<guid>{n}</guid>") for n in range(3)]
    repeated = [item(link=f"http://e.org/{n}", extra="<guid>same</guid>") for n in range(3)]

    assert parse(rss(*unique)).guid_trusted
    assert not parse(rss(*repeated)).guid_trusted


def test_an_edit_changes_the_statement_and_not_the_identity():
    """Another title is another statement of the same article."""
    before, after = (parse(rss(item(title))).entries[0] for title in ("Hello", "Hello again"))

    assert before.article_id == after.article_id
    assert before.entry_sha256 != after.entry_sha256


def test_the_operators_words_win():
    """Title and language of the feed list stand above the feed's own."""
    (entry,) = parse(rss(item()), Feed(FEED.url, "Mine", (), "fr")).entries

    assert (entry.source_name, entry.language) == ("Mine", "fr")


def test_garbage_that_breaks_the_parser_is_one_reason():
    """feedparser stumbles over a link that closes twice; found by fuzzing."""
    body = b"<rss><channel><item><link>htt</item>x</link><guid>g</guid><p{hannel></rss>"

    with pytest.raises(ParseError, match="parser_failed: KeyError"):
        parse(body)


def test_a_full_text_feed_is_believed():
    """What it carries is the article, however short, be it content or description; any other's teaser is none."""
    short = rss(item(extra="<description>Three lines are all there is.</description>"))

    (full,), (teased,) = (parse(short, feed).entries for feed in (replace(FEED, full_text=True), FEED))

    assert (full.content_html, teased.content_html) == ("Three lines are all there is.", "")

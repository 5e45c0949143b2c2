"""An article is what the feed states, filled up with what the page gives."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.article import Article, Extraction
from schemas.dating import Dating
from schemas.entry import Entry
from schemas.page import Page
from tests import makers
from transforms.errors import ExtractError
from transforms.extract.article import count_words, extract_article, publication
from transforms.extract.page import extract_page

TEXT = makers.prose(1, 12)
HTML = f"""<!doctype html><html lang="en"><head><title>Page title | Site</title>
<meta property="og:title" content="Page title"><meta property="og:site_name" content="The Site">
<meta name="author" content="Bo Page"><meta property="article:published_time" content="2026-11-24T08:00:00Z">
<meta property="article:modified_time" content="2026-11-24T09:30:00Z">
<link rel="canonical" href="http://news.example/canonical"></head>
<body><article><p>{TEXT[:400]}</p><p>{TEXT[400:]}</p></article></body></html>""".encode()


def page(entry: Entry | None = None, html: bytes | None = HTML, **changes) -> Page:
    """A fetched page."""
    made = Page(entry or makers.entry(), "http://www.news.example/final", 200, "utf-8", html, makers.NOW)
    return replace(made, **changes)


def found_in(html: bytes) -> Extraction:
    """What a page gives by itself."""
    return extract_page(html, url="http://e.example/", now=makers.NOW)


def bare(**changes) -> Entry:
    """An entry whose feed states next to nothing."""
    nothing = {"source_name": "", "title": "", "summary": "", "authors": (), "tags": (), "published": Dating()}
    return makers.entry(**{**nothing, **changes})


def test_what_the_feed_states_comes_first():
    """Its title, date, tags and summary are the article's, whatever the page says."""
    entry = makers.entry(updated=Dating(makers.NOW, "now", "feed", "second"))

    article = extract_article(page(entry))

    assert (article.title, article.summary, article.publisher_tags) == ("Leaders meet", "They met.", ("world",))
    assert (article.published_at, article.published_source) == (entry.published.at, "feed")
    assert (article.source_name, article.modified_at) == ("Example News", makers.NOW)


@pytest.mark.parametrize(
    ("fed", "given"),
    [
        (bare(), set()),
        (bare(tags=("summit",)), {"tags"}),
        (bare(published=Dating(makers.NOW, "x", "feed", "second")), {"published"}),
        (bare(published=Dating(None, "x", "feed", "none", ("date_unparsed",))), set()),
        (bare(updated=Dating(makers.NOW, "x", "feed", "second")), {"modified"}),
    ],
)
def test_what_the_feed_gave_is_not_read_again(fed: Entry, given: set[str], monkeypatch: pytest.MonkeyPatch):
    """A page is not asked for a date or for tags that the feed states in a way that can be trusted."""
    asked: list[set[str]] = []
    monkeypatch.setattr(
        "transforms.extract.article.extract_page", lambda *args, **how: asked.append(how["given"]) or found_in(HTML)
    )

    extract_article(page(fed))

    assert asked == [given]


def test_a_page_is_not_read_for_what_is_given():
    """Its dates and tags are left empty, and its article's sign, a date in the markup, is still known."""
    found = extract_page(HTML, url="http://e.example/", now=makers.NOW, given={"published", "modified", "tags"})

    assert (found.published, found.modified, found.publisher_tags) == (Dating(), Dating(), ())
    assert found.title == found_in(HTML).title


def test_the_page_fills_what_the_feed_leaves_out():
    """Title, name of the site, authors and dates are the page's where the feed has none."""
    article = extract_article(page(bare()))

    assert (article.title, article.source_name, article.authors) == ("Page title", "The Site", ("Bo Page",))
    assert article.published_at == makers.NOW.replace(hour=8)
    assert article.modified_at == makers.NOW.replace(hour=9, minute=30)
    assert article.published_source in ("meta", "jsonld", "page")


def test_last_edit_is_kept_as_stated():
    """The statement of the last edit and its place stay beside the time."""
    updated = Dating(makers.NOW, "Tue, 24 Nov 2026 17:00:00 GMT", "feed", "second")
    by_feed, by_page = extract_article(page(makers.entry(updated=updated))), extract_article(page())

    assert (by_feed.modified_raw, by_feed.modified_source) == (updated.raw, "feed")
    assert (by_page.modified_raw, by_page.modified_source) == ("2026-11-24T09:30:00Z", "meta")


@pytest.mark.parametrize(
    ("fed", "authors", "stated"),
    [
        (("By Ada Pen, Reuters",), ("Ada Pen",), "By Ada Pen, Reuters"),
        (("Ada Pen", "Cy Ink"), ("Ada Pen", "Cy Ink"), "Ada Pen | Cy Ink"),
        (("Reuters",), ("Bo Page",), "Bo Page"),
        (("admin",), ("Bo Page",), "Bo Page"),
        (("Example News",), ("Bo Page",), "Bo Page"),
        ((), ("Bo Page",), "Bo Page"),
    ],
)
def test_authors_of_the_feed(fed, authors, stated):
    """The feed's authors come first if they are persons, else the page's; the statement stays."""
    article = extract_article(page(makers.entry(authors=fed)))

    assert (article.authors, article.authors_raw) == (authors, stated)


def test_a_feed_that_knows_no_person():
    """Where the page names nobody, the feed's author counts whoever it is."""
    nobody = HTML.replace(b'<meta name="author" content="Bo Page">', b"")

    assert extract_article(page(makers.entry(authors=("Reuters",)), html=nobody)).authors == ("Reuters",)


def test_the_body_is_the_pages():
    """Body, canonical URL and domain are those of the page; identity and link are the entry's."""
    article = extract_article(page())

    assert "".join(article.body_text.split()) == "".join(TEXT.split())
    assert (article.source_domain, article.canonical_url) == ("news.example", "http://news.example/canonical")
    assert (article.article_id, article.url, article.http_status) == (
        makers.entry().article_id,
        makers.entry().url,
        200,
    )
    assert article.content_sha256 == hashlib.sha256(" ".join(article.body_text.split()).encode()).hexdigest()
    assert article.word_count == len(article.body_text.split())


def test_the_feed_may_name_an_agency():
    """An agency that the feed names as an entry's creator is credited beside those of the page."""
    html = HTML.replace(b"<article>", b"<article><p>By Agence France-Presse</p>")

    article = extract_article(page(makers.entry(authors=("EFE",)), html))

    assert [(a.agency, a.role, a.evidence) for a in article.agencies] == [
        ("afp", "author", "By Agence France-Presse"),
        ("efe", "author", "EFE"),
    ]


def test_the_feeds_text_is_the_body_where_there_is_no_page():
    """An article of the feed's own full text says so."""
    entry = makers.entry(content_html=f"<p>{TEXT}</p><script>alert(1)</script>")

    article = extract_article(page(entry, html=None, http_status=503))

    assert (article.body_text, article.extractor, article.http_status) == (TEXT, "feed", 503)


@pytest.mark.parametrize(
    ("html", "reason"),
    [(b"", "not_html"), (b"%PDF-1.7", "not_html"), (b"<html><body><div></div></body></html>", "no_text")],
)
def test_a_page_without_an_article_is_rejected(html: bytes, reason: str):
    """It has a reason of the closed list."""
    with pytest.raises(ExtractError) as caught:
        extract_article(page(html=html))

    assert caught.value.reason == reason


def found(at: str = ""):
    """What a page gives that states this date, or none."""
    html = HTML.replace(b"2026-11-24T08:00:00Z", at.encode())
    return extract_page(html, url="http://news.example/1", now=makers.NOW)


def test_a_date_that_cannot_be_trusted_gives_way_to_the_pages():
    """The page's date is taken and the feed's flags stay."""
    late = Dating(None, "2030", "feed", "none", ("date_future",))

    dating = publication(makers.entry(published=late), found("2026-11-24T08:00:00Z"))

    assert (dating.at, dating.flags) == (makers.NOW.replace(hour=8), ("date_future",))


def test_without_any_date_the_run_is_the_date():
    """The article is dated by its first sight, and flagged."""
    dating = publication(bare(), found())
    article = extract_article(page(bare(), html=HTML.replace(b"2026-11-24T08:00:00Z", b"")))

    assert (dating.at, dating.source, dating.precision, dating.flags) == (None, "first_seen", "none", ("date_missing",))
    assert (article.published_at, article.published_source) == (makers.SLOT.started_at, "first_seen")


def test_an_edit_is_the_next_revision():
    """A known article keeps its first sight and gets the next number."""
    first = makers.NOW - timedelta(days=3)

    article = extract_article(page(makers.entry(known=makers.known(revision_no=4, first_seen_at=first))))

    assert (article.revision_no, article.first_seen_at) == (5, first)
    assert extract_article(page()).revision_no == 1


def known_as(article: Article, **changes) -> Article:
    """The article as an edit of itself, published with these differences."""
    published = makers.known(title=article.title, content_sha256=article.content_sha256)
    return replace(article, known=replace(published, **changes))


def test_an_edit_without_effect_is_found_out():
    """The same title and text is no revision; another title or text is one; a new article is never unchanged."""
    article = extract_article(page())

    assert known_as(article).edits_nothing
    assert not known_as(article, title="Another").edits_nothing
    assert not known_as(article, content_sha256="0" * 64).edits_nothing
    assert not article.edits_nothing


def test_a_body_without_end_is_cut():
    """Half a million characters are enough for any article."""
    entry = makers.entry(content_html="<p>" + "word " * 120_000)

    assert len(extract_article(page(entry, html=None)).body_text) == 500_000


def test_half_characters_do_no_harm():
    """Text that cannot be stored as it is still gives an article."""
    entry = makers.entry(title="half \udcff", content_html=f"<p>{TEXT} \udcff</p>")

    assert extract_article(page(entry, html=None)).word_count > 100


@pytest.mark.parametrize(("language", "count"), [("en", 2), ("ja-JP", 8), ("", 2)])
def test_words_are_counted_as_the_language_has_them(language: str, count: int):
    """Characters where no blanks part the words."""
    assert count_words("日本語の 記事です", language) == count

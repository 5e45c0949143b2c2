"""Home, section, tag and search pages are refused; articles at such addresses, and lists of links, are not."""

import pytest

from tests.transforms.extract.pages import PROSE, html_page, json_ld, signs_of_page
from transforms.errors import ExtractError
from transforms.extract.rejects import check_article

# what a section's page has: headlines that are links, each with a teaser
TEASERS = "".join(
    f"<h3><a href='/{n}'>Council number {n} votes on the bridge</a></h3><p>The vote is on Monday.</p>"
    for n in range(12)
)
WEBSITE = '<meta property="og:type" content="website">'


def _reason(article, *, url, head=""):
    try:
        check_article(signs_of_page(html_page(before=article, head=head), url=url))
    except ExtractError as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "path", ["", "/", "/index.html", "/sport", "/world/europe/", "/tag/floods", "/thema/hochwasser/"]
)
def test_headlines(path):
    """Many linked headlines, at an overview's address, and no word of an article are an overview."""
    assert _reason(TEASERS, head=WEBSITE, url=f"https://news.example.org{path}") == "not_an_article"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:type" content="article">',
        '<meta property="article:published_time" content="2026-11-24T10:00:00Z">',
        json_ld('{"@type": "NewsArticle", "headline": "Floods"}'),
    ],
)
def test_called_an_article(head):
    """What its markup calls an article, or dates as one, is kept, whatever its address."""
    assert _reason(TEASERS, head=head, url="https://news.example.org/tag/floods") == ""


def test_article_address():
    """A list of links at an article's address is kept: it may be the week in links."""
    assert _reason(TEASERS, head=WEBSITE, url="https://news.example.org/2026/11/the-week-in-links") == ""
    assert _reason(TEASERS, head=WEBSITE, url="https://news.example.org/?p=31228") == ""


def test_text_at_an_overviews_address():
    """Paragraphs of text among the headlines keep a page, and so do few headlines."""
    prose = "".join(f"<p>{line}</p>" for line in PROSE * 3)

    assert _reason(prose + TEASERS, head=WEBSITE, url="https://news.example.org/sport") == ""
    assert _reason("", head=WEBSITE, url="https://news.example.org/sport") == ""


def test_declared():
    """Address and type of an overview are enough, one of them is not."""
    listing = json_ld('{"@type": "CollectionPage", "name": "Floods"}')

    assert _reason("", head=listing, url="https://news.example.org/tag/floods") == "not_an_article"
    assert _reason("", head=listing, url="https://news.example.org/2026/11/24/flood-in-town") == ""
    assert _reason("", url="https://news.example.org/tag/floods") == ""


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Search results for flood", "https://news.example.org/?s=flood"),
        ("Suchergebnisse: Hochwasser", "https://news.example.org/suche/hochwasser"),
        ("Résultats de recherche", "https://news.example.org/recherche?q=crue"),
        ("検索結果", "https://news.example.org/search?q=1"),
    ],
)
def test_search(title, url):
    """A search's address and the title of its results are a search page."""
    assert _reason("", head=f"<title>{title}</title>", url=url) == "not_an_article"


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Search for survivors goes on", "https://news.example.org/search-for-survivors"),
        ("Search results are getting worse, a study says", "https://news.example.org/2026/search-results"),
        ("Flood", "https://news.example.org/search/flood"),
    ],
)
def test_about_searches(title, url):
    """An article on a search has but its words, in title or address."""
    assert _reason("", head=f"<title>{title}</title>", url=url) == ""

"""Metadata come from JSON-LD first, then from meta tags, then from the visible page."""

import pytest

from tests.transforms.extract.pages import NOW, URL, html_page, json_ld, tree_of
from transforms.extract.metadata import clean_authors, read_metadata

NODE = """{"@type": "NewsArticle", "headline": "Flood &amp; rain", "description": "Two metres.",
 "datePublished": "2026-11-20T08:30:00+01:00", "dateModified": "2026-11-20T10:00:00Z",
 "author": [{"@type": "Person", "name": "Ann Writer"}, "By Bob Writer"], "publisher": {"name": "The Example"},
 "keywords": "flood, rain,flood", "inLanguage": "en-GB", "isAccessibleForFree": "False"}"""
TAGS = (
    '<meta property="og:title" content="Meta title"><meta name="description" content="Meta summary">'
    '<meta name="author" content="Carl Writer"><meta property="article:published_time" content="2026-11-19T07:00:00Z">'
    '<meta property="article:modified_time" content="2026-11-19T09:00:00Z">'
    '<meta property="article:tag" content="water"><meta property="article:tag" content="town, old">'
    '<meta property="og:site_name" content="Meta Site"><link rel="canonical" href="/world/flood?utm_source=x">'
)
SHOWN = (
    '<h1>Shown title</h1><div class="byline">By Dora Writer</div>'
    '<time datetime="2026-11-18T06:00:00Z">18 November</time>'
)


def _read(head="", before="", **kwargs):
    return read_metadata(tree_of(html_page(head=head, before=before, **kwargs)), url=URL, now=NOW)


class TestOrder:
    """Which of several statements counts."""

    def test_jsonld_first(self):
        """JSON-LD wins over meta tags and the page."""
        found = _read(json_ld(NODE) + TAGS, SHOWN)

        assert (found.title, found.summary, found.site_name) == ("Flood & rain", "Two metres.", "The Example")
        assert found.authors == ("Ann Writer", "Bob Writer")
        assert found.tags == ("flood", "rain")
        assert found.published.source == "jsonld"
        assert found.published.at.isoformat() == "2026-11-20T07:30:00+00:00"
        assert found.modified.at.isoformat() == "2026-11-20T10:00:00+00:00"
        assert found.paywalled

    def test_meta_tags_second(self):
        """Without JSON-LD the meta tags count."""
        found = _read(TAGS, SHOWN)

        assert (found.title, found.summary, found.site_name) == ("Meta title", "Meta summary", "Meta Site")
        assert found.authors == ("Carl Writer",)
        assert found.tags == ("water", "town, old")
        assert (found.published.source, found.published.raw) == ("meta", "2026-11-19T07:00:00Z")
        assert found.modified.source == "meta"
        assert not found.paywalled

    def test_page_last(self):
        """Without either, what the page shows counts."""
        found = _read(before=SHOWN)

        assert (found.title, found.authors) == ("Shown title", ("Dora Writer",))
        assert (found.published.source, found.published.raw) == ("page", "2026-11-18T06:00:00Z")
        assert found.bylines == ("By Dora Writer",)

    def test_field_by_field(self):
        """Each field falls back by itself."""
        found = _read(json_ld('{"@type": "Article", "headline": "Rain"}') + TAGS, SHOWN)

        assert (found.title, found.authors, found.published.source) == ("Rain", ("Carl Writer",), "meta")

    def test_nothing(self):
        """A page that states nothing gives nothing, and a date that is missing."""
        found = _read(lang="")

        assert (found.title, found.authors, found.tags, found.canonical_url, found.language) == ("", (), (), "", "")
        assert (found.published.at, found.published.flags) == (None, ("date_missing",))


class TestDates:
    """Which date is believed."""

    def test_untrusted_date(self):
        """A date that cannot be is passed over for the next one stated."""
        found = _read(json_ld(NODE.replace("2026-11-20T08", "1970-01-01T08")) + TAGS)

        assert found.published.source == "meta"

    def test_only_untrusted_dates(self):
        """If no date can be trusted, the first is kept as stated, with what is wrong."""
        found = _read('<meta name="date" content="1970-01-01">')

        assert (found.published.at, found.published.raw) == (None, "1970-01-01")
        assert "date_epoch" in found.published.flags


class TestTitle:
    """Titles without the site's name."""

    def test_site_name_is_cut(self):
        """The site's name behind the title is cut off."""
        assert _read(
            '<title>Flood in town | The Times</title><meta property="og:site_name" content="The Times">'
        ).title == ("Flood in town")

    def test_dash_in_a_title(self):
        """A dash that the site's name doesn't follow belongs to the title."""
        assert _read("<title>Flood - a town waits</title>").title == "Flood - a town waits"


class TestAuthors:
    """Names, and nothing else."""

    @pytest.mark.parametrize(
        ("stated", "authors"),
        [
            (["By Ann Writer"], ("Ann Writer",)),
            (["Von Anna Schreiber"], ("Anna Schreiber",)),
            (["Von Miller"], ("Von Miller",)),
            (["Par : Anne Auteur"], ("Anne Auteur",)),
            (["Ann Writer", "https://example.org/ann", "ann@example.org", "Ann Writer"], ("Ann Writer",)),
            (["Ann Writer and Bob Writer"], ("Ann Writer", "Bob Writer")),
            (["Fire and Rescue"], ("Fire and Rescue",)),
            (["Anna Schreiber (asc)"], ("Anna Schreiber",)),
            (["山田太郎"], ("山田太郎",)),
            (["", " ,"], ()),
        ],
    )
    def test_cleaning(self, stated, authors):
        """What leads to a name, links, addresses and initials go; two names in one are two."""
        assert clean_authors(stated) == authors

    def test_site_as_author(self):
        """A site that names itself as author gives way to a person named elsewhere."""
        own = (
            '{"@type": "Article", "headline": "x", "author": {"name": "Meta Site"}, "publisher": {"name": "Meta Site"}}'
        )

        assert _read(json_ld(own) + TAGS).authors == ("Carl Writer",)
        assert _read(json_ld(own)).authors == ("Meta Site",)

    def test_photographer(self):
        """The author of a picture is no byline."""
        found = _read(before='<figure><span class="author">Eve Lens</span></figure><p class="byline">By Ann Writer</p>')

        assert found.bylines == ("By Ann Writer",)


class TestAddress:
    """The address a page gives itself."""

    def test_canonical(self):
        """It is made absolute and normalised."""
        assert _read(TAGS).canonical_url == "https://news.example.org/world/flood"

    @pytest.mark.parametrize("href", ["javascript:void(0)", "http://[broken", "ftp://example.org/a", ""])
    def test_impossible_canonical(self, href):
        """One that leads nowhere counts as none."""
        assert _read(f'<link rel="canonical" href="{href}">').canonical_url == ""


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("de_AT", "", "de-AT"),
        ("", '<meta property="og:locale" content="pt_BR">', "pt-BR"),
        ("", json_ld('{"@type": "Article", "inLanguage": "fr"}'), "fr"),
        ("English", '<meta http-equiv="content-language" content="en">', "en"),
    ],
)
def test_language(lang, head, language):
    """The page's language is what its root, JSON-LD or meta tags say, as a tag of the standard."""
    assert _read(head, lang=lang).language == language


@pytest.mark.parametrize(
    ("value", "paywalled"),
    [("false", True), ('"http://schema.org/False"', True), ("true", False), ('"True"', False), ("{}", False)],
)
def test_paywalled(value, paywalled):
    """A page is paywalled if its JSON-LD says that it is not free, in any of the usual spellings."""
    assert _read(json_ld(f'{{"@type": "Article", "isAccessibleForFree": {value}}}')).paywalled is paywalled


def test_wrong_types_everywhere():
    """JSON-LD whose every value has a wrong type leaves the meta tags to speak."""
    fields = (
        "headline",
        "description",
        "datePublished",
        "dateModified",
        "author",
        "publisher",
        "keywords",
        "inLanguage",
    )
    for value in ("3", "{}", "[[]]", "null", "true", '{"name": {"name": []}}'):
        node = ", ".join(f'"{field}": {value}' for field in fields)

        assert _read(json_ld(f'{{"@type": "Article", {node}}}') + TAGS).title == "Meta title"

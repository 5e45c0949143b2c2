"""Metadata come from JSON-LD first, then from meta tags, then from the visible page."""

import pytest

from tests.transforms.extract.pages import NOW, URL, html_page, json_ld, tree_of
from transforms.extract.metadata import read_metadata

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
    '<h1>Shown title</h1><div class="byline">By Dora Penn</div><time datetime="2026-11-18T06:00:00Z">18 November</time>'
)


def _read(head="", before="", **kwargs):
    return read_metadata(tree_of(html_page(head=head, before=before, **kwargs)), url=URL, now=NOW)


class TestOrder:
    """Which of several statements counts."""

    def test_jsonld_first(self):
        """JSON-LD wins over meta tags and the page."""
        found = _read(json_ld(NODE) + TAGS, SHOWN)

        assert (found.title, found.summary, found.site_name) == ("Flood & rain", "Two metres.", "The Example")
        assert found.authors.names == ("Ann Writer", "Bob Writer")
        assert found.tags == ("flood", "rain")
        assert found.published.source == "jsonld"
        assert found.published.at.isoformat() == "2026-11-20T07:30:00+00:00"
        assert found.modified.at.isoformat() == "2026-11-20T10:00:00+00:00"
        assert found.paywalled

    def test_meta_tags_second(self):
        """Without JSON-LD the meta tags count."""
        found = _read(TAGS, SHOWN)

        assert (found.title, found.summary, found.site_name) == ("Meta title", "Meta summary", "Meta Site")
        assert found.authors.names == ("Carl Writer",)
        assert found.tags == ("water", "town, old")
        assert (found.published.source, found.published.raw) == ("meta", "2026-11-19T07:00:00Z")
        assert found.modified.source == "meta"
        assert not found.paywalled

    def test_page_last(self):
        """Without either, what the page shows counts."""
        found = _read(before=SHOWN)

        assert (found.title, found.authors.names) == ("Shown title", ("Dora Penn",))
        assert (found.published.source, found.published.raw) == ("page", "2026-11-18T06:00:00Z")
        assert found.bylines == ("By Dora Penn",)

    def test_field_by_field(self):
        """Each field falls back by itself."""
        found = _read(json_ld('{"@type": "Article", "headline": "Rain"}') + TAGS, SHOWN)

        assert (found.title, found.authors.names, found.published.source) == ("Rain", ("Carl Writer",), "meta")

    def test_nothing(self):
        """A page that states nothing gives nothing, and a date that is missing."""
        found = _read(lang="")

        assert (found.title, found.authors.names, found.tags, found.canonical_url) == ("", (), (), "")
        assert (found.language, found.image_url, found.section) == ("", "", "")
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

    @pytest.mark.parametrize(
        ("first", "second", "believed"),
        [
            ("2026-11-20", "2026-11-20T08:30:00+01:00", "second"),
            ("2026-11-20", "2026-11-23T08:30:00+01:00", "first"),
            ("2026-11-20T08:30:00", "2026-11-20T08:30:00+01:00", "second"),
            ("2026-11-20T08:30:00", "2026-11-20T08:51:07+01:00", "first"),
            ("2026-11-20T08:30:00+01:00", "2026-11-20T08:31:00+01:00", "first"),
        ],
    )
    def test_fuller_statement(self, first, second, believed):
        """A day without a time, or a time without a zone, gives way to a later statement of the same that has it."""
        found = _read(
            json_ld(f'{{"@type": "Article", "headline": "x", "datePublished": "{first}"}}')
            + f'<meta name="date" content="{second}">'
        )

        assert found.published.raw == {"first": first, "second": second}[believed]

    def test_date_of_another_node(self):
        """A date of the page's node of another type counts last; one of another article never."""
        nodes = '[{"@type": "ClaimReview", "datePublished": "2026-11-20 08:30"}, {"@type": "Article", "headline": "x"}]'

        assert _read(json_ld(nodes)).published.raw == "2026-11-20 08:30"
        assert _read(json_ld(nodes) + TAGS).published.source == "meta"
        assert _read(json_ld(nodes.replace("ClaimReview", "NewsArticle"))).published.raw == ""

    @pytest.mark.parametrize(
        "shown",
        [
            '<time datetime="2026-11-01">old</time><h1>Rain</h1><time datetime="2026-11-18T06:00:00Z">new</time>',
            '<time datetime="2026-11-01">old</time><time pubdate datetime="2026-11-18T06:00:00Z">new</time>',
            '<time datetime="2026-11-01"></time><b itemprop="datePublished" content="2026-11-18T06:00:00Z">new</b>',
        ],
    )
    def test_visible_date(self, shown):
        """Of the times in the page, a marked one counts first, then the first below the heading."""
        assert _read(before=shown).published.raw == "2026-11-18T06:00:00Z"


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
    """Where authors are looked for."""

    def test_site_as_author(self):
        """A site that names itself as author gives way to a person named elsewhere."""
        own = (
            '{"@type": "Article", "headline": "x", "author": {"name": "Meta Site"}, "publisher": {"name": "Meta Site"}}'
        )

        assert _read(json_ld(own) + TAGS).authors.names == ("Carl Writer",)
        assert _read(json_ld(own)).authors.names == ("Meta Site",)

    def test_statement_is_kept(self):
        """What was stated stays beside the names."""
        assert _read('<meta name="author" content="By Ann Smith, AFP">').authors == (
            ("Ann Smith",),
            ("By Ann Smith, AFP",),
        )

    def test_every_tag_of_a_name(self):
        """Several tags of one name list several authors; those of the next name are not added."""
        tags = '<meta name="author" content="{}"><meta name="author" content="{}"><meta name="byl" content="{}">'

        assert _read(tags.format("Ann Smith", "Bo Brown", "By Cy Jones")).authors.names == ("Ann Smith", "Bo Brown")

    def test_author_referred_to(self):
        """An author that the article's node only refers to is named where its own node stands."""
        graph = '[{"@type": "Article", "headline": "x", "author": {"@id": "#a"}}, {"@id": "#a", "name": "Ann Smith"}]'

        assert _read(json_ld(graph)).authors.names == ("Ann Smith",)

    @pytest.mark.parametrize(
        "shown",
        [
            '<p class="byline">By <a>Ann Smith</a><span>Sports Desk</span></p>',
            '<p class="postAuthor"><span>Ann Smith</span></p>',
            '<p>von <a href="/autoren/ann-smith">Ann Smith</a></p>',
            '<p><a rel="author" href="/x">Ann Smith</a></p>',
        ],
    )
    def test_below_the_heading(self, shown):
        """A byline or a link to an author's page names the author below the heading, in menus and comments not."""
        assert _read(before=f"<h1>Rain</h1>{shown}").authors.names == ("Ann Smith",)
        assert _read(before=f"{shown}<h1>Rain</h1>").authors.names == ()
        assert _read(before=f'<h1>Rain</h1><div class="comments">{shown}</div>').authors.names == ()

    def test_byline_that_names_nobody(self):
        """A line that begins with something else than a person is no statement of authors."""
        assert _read(before='<h1>Rain</h1><p class="author"><b>All posts</b> <b>Ann Smith</b></p>').authors.names == ()

    def test_photographer(self):
        """The author of a picture is no byline."""
        found = _read(before='<figure><span class="author">Eve Lens</span></figure><p class="byline">By Ann Smith</p>')

        assert found.bylines == ("By Ann Smith",)


class TestAddress:
    """The address a page gives itself."""

    def test_canonical(self):
        """It is made absolute and normalised."""
        assert _read(TAGS).canonical_url == "https://news.example.org/world/flood"

    @pytest.mark.parametrize("href", ["javascript:void(0)", "http://[broken", "ftp://example.org/a", ""])
    def test_impossible_canonical(self, href):
        """One that leads nowhere counts as none."""
        assert _read(f'<link rel="canonical" href="{href}">').canonical_url == ""


class TestImage:
    """The lead image's address."""

    @pytest.mark.parametrize(
        "image",
        [
            '"/a.jpg"',
            '["/a.jpg", "/b.jpg"]',
            '{"@type": "ImageObject", "url": "https://news.example.org/a.jpg"}',
            '[{"contentUrl": "//news.example.org/a.jpg"}]',
            '["data:image/png;base64,AAAA", "https://u:p@example.org/x.jpg", "/a.jpg"]',
        ],
    )
    def test_jsonld(self, image):
        """JSON-LD names it in many shapes; it is made absolute, and one with a secret or another scheme passed over."""
        assert _read(json_ld(f'{{"@type": "Article", "headline": "x", "image": {image}}}')).image_url == (
            "https://news.example.org/a.jpg"
        )

    def test_meta(self):
        """Without JSON-LD the tags for other sites count."""
        assert _read('<meta property="og:image" content="/og.jpg">').image_url == "https://news.example.org/og.jpg"
        assert _read('<meta name="twitter:image" content="javascript:x">').image_url == ""


class TestSection:
    """The part of the site."""

    def test_order(self):
        """JSON-LD counts first, then meta tags, then the breadcrumb."""
        node = '{"@type": "Article", "headline": "x", "articleSection": ["World", "Europe"]}'
        tag = '<meta property="article:section" content="Politics">'

        assert _read(json_ld(node) + tag).section == "World"
        assert _read(tag).section == "Politics"

    @pytest.mark.parametrize(("steps", "section"), [(["Home", "World", "Rain"], "World"), (["Home", "World"], "World")])
    def test_breadcrumb(self, steps, section):
        """The last step before the page itself is the section; the first is the site."""
        items = ", ".join(f'{{"@type": "ListItem", "item": {{"name": "{step}"}}}}' for step in steps)
        trail = f'{{"@type": "BreadcrumbList", "itemListElement": [{items}]}}'

        assert _read(json_ld(trail) + '<meta property="og:title" content="Rain">').section == section
        assert _read(json_ld(f'{{"@type": "WebPage", "breadcrumb": {trail}}}'), "<h1>Rain</h1>").section == section
        assert _read(json_ld('{"@type": "BreadcrumbList", "itemListElement": [{"name": "Home"}, 3]}')).section == ""


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

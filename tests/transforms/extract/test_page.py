"""The two entrances of the stage, end to end on small pages."""

import pickle
import subprocess
import sys

import pytest

from tests.transforms.extract.pages import NOW, PROSE, URL, html_page, json_ld
from transforms.errors import ExtractError
from transforms.extract.page import extract_fragment, extract_page

HEAD = json_ld(
    '{"@type": "NewsArticle", "headline": "Flood", "datePublished": "2026-11-20T08:30:00Z",'
    ' "author": "Ann Writer", "publisher": {"name": "The Example"}}'
)


def _extract(html, **kwargs):
    return extract_page(html, **{"url": URL, "now": NOW, **kwargs})


class TestPage:
    """A page's bytes in."""

    def test_article(self):
        """A page gives its text, what it states, its language and its agency."""
        first = "GENEVA (AP) — " + PROSE[0]
        found = _extract(html_page(first, *PROSE[1:], head=HEAD, before='<p class="byline">By Ann Writer</p>'))

        assert found.body_text.endswith("\n".join((first, *PROSE[1:])))
        assert (found.title, found.site_name, found.byline) == ("Flood", "The Example", "By Ann Writer")
        assert found.published.at.isoformat() == "2026-11-20T08:30:00+00:00"
        assert (found.language, found.language_source, found.extractor) == ("en", "text", "blocks")
        assert (found.dateline_text, found.dateline_place) == ("GENEVA (AP) —", "GENEVA")
        assert [(a.agency, a.role, a.evidence) for a in found.agencies] == [("ap", "author", "GENEVA (AP) —")]

    def test_idempotent(self):
        """The same page gives an equal result, which can be sent to another process."""
        found = _extract(html_page(head=HEAD))

        assert _extract(html_page(head=HEAD)) == found
        assert pickle.loads(pickle.dumps(found)) == found

    def test_charset(self):
        """The header's charset is used for the text."""
        german = "Über die Brücke fährt heute niemand, sagte der Bürgermeister am Montag."
        page = (
            html_page(german, "Die Schule bleibt geschlossen, bis das Wasser gefallen ist.", lang="de")
            .replace(b'<meta charset="utf-8">', b"")
            .decode()
            .encode("cp1252")
        )

        assert german in _extract(page, charset="windows-1252").body_text

    def test_caption(self):
        """The agency of a picture is not credited with the text."""
        figure = '<figure><figcaption>The bridge. (AP) <span class="author">AFP</span></figcaption></figure>'

        assert _extract(html_page(before=figure)).agencies == ()

    def test_credit_outside_the_body(self):
        """A credit that the extractor leaves out of the body is found beside it."""
        found = _extract(html_page(after="<aside><span>Quelle:</span> <b>dpa</b></aside>"))

        assert [agency.agency for agency in found.agencies] == ["dpa"]

    @pytest.mark.parametrize(
        ("html", "reason"),
        [
            (b"%PDF-1.7 <html>", "not_html"),
            (b"", "not_html"),
            (b"<html><body><div></div></body></html>", "no_text"),
            (b"<p>" * 61_000, "page_too_large"),
            (html_page("This page is gone.", head="<title>404 Not Found</title>"), "soft_404"),
            (html_page("Checking your browser.", head="<title>Just a moment...</title>"), "blocked_page"),
        ],
    )
    def test_rejects(self, html, reason):
        """What is no article is refused with its reason."""
        with pytest.raises(ExtractError) as caught:
            _extract(html)

        assert caught.value.reason == reason

    def test_endless_jsonld(self):
        """JSON-LD nested without end costs the metadata, not the article."""
        found = _extract(html_page(head=json_ld('{"@graph":[' * 100_000)))

        assert (found.title, found.authors) == ("", ())
        assert PROSE[0] in found.body_text


class TestFragment:
    """A feed's own full text in."""

    def _fragment(self, html, **kwargs):
        return extract_fragment(html, **{"url": URL, "now": NOW, **kwargs})

    def test_html(self):
        """All of its text is the body, and credits are read from it."""
        found = self._fragment("".join(f"<p>{line}</p>" for line in PROSE) + "<p>(dpa/afp)</p>")

        assert found.body_text.split("\n") == [*PROSE, "(dpa/afp)"]
        assert found.extractor == "feed"
        assert found.language == "en"
        assert [agency.agency for agency in found.agencies] == ["dpa", "afp"]

    def test_plain_text(self):
        """Plain text keeps its lines."""
        assert self._fragment("One line.\nAnother & more.").body_text == "One line.\nAnother & more."

    def test_language_of_the_feed(self):
        """A short one takes the feed's language."""
        found = self._fragment("<p>Kort.</p>", language_hint="sv")

        assert (found.language, found.language_source) == ("sv", "feed")

    @pytest.mark.parametrize("html", ["", "  ", "<p> </p>", "<img src='a.jpg'>", "<script>x()</script>"])
    def test_empty(self, html):
        """One without text is refused."""
        with pytest.raises(ExtractError, match="no_text"):
            self._fragment(html)


def test_light_import():
    """Importing the stage's core loads neither Beam nor the parser of odd dates: a child process starts fast."""
    code = "import sys, transforms.extract.page; print({'apache_beam', 'dateparser', 'pyarrow'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "set()"

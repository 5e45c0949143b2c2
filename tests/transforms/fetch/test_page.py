"""A page is fetched, or the feed's own text stands in for it."""

import pytest

from bench.hostile import HostileServer, answer, endless, redirect
from schemas.feed import Feed
from schemas.page import Page
from tests import makers
from tests.transforms.fetch.conftest import with_client
from transforms.errors import FetchError
from transforms.fetch.page import PageRules, fetch_page

EVERY_PAGE = PageRules()


def page_of(url: str, content_html: str = "", max_bytes: int = 100_000, rules: PageRules = EVERY_PAGE) -> Page:
    """The page of an entry with this link and full text."""
    entry = makers.entry(url, content_html=content_html)
    return with_client(lambda client: fetch_page(entry, client, max_bytes, rules))


def test_a_page_has_its_bytes_as_they_came(server: HostileServer):
    """Bytes, charset of the header, status and the URL after redirects; HTML is asked for."""
    server.on("/short", redirect("/long"))
    server.on("/long", answer(b"<p>caf\xe9", content_type="text/html; charset=ISO-8859-1"))

    page = page_of(server.url + "/short")

    assert (page.html, page.charset, page.http_status) == (b"<p>caf\xe9", "ISO-8859-1", 200)
    assert (page.final_url, page.entry.url) == (server.url + "/long", server.url + "/short")
    assert server.requests[-1].headers["accept"].startswith("text/html")


@pytest.mark.parametrize("kind", ["application/pdf", "Image/PNG", "video/mp4", "audio/mpeg; x=1", "application/zip"])
def test_another_medium_is_not_read(server: HostileServer, kind: str):
    """A PDF has no article to give, and not a byte of its body is waited for."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 10000000\r\n\r\n".encode()
    url = server.on("/a", endless(head, b"", pause=1))

    with pytest.raises(FetchError) as caught:
        page_of(url)

    assert (caught.value.reason, caught.value.http_status) == ("not_html", 200)
    assert server.asked("/a") == 1


@pytest.mark.parametrize("headers", [{}, {"content_type": "text/plain"}, {"content_type": "application/xhtml+xml"}])
def test_other_types_are_judged_by_their_bytes(server: HostileServer, headers: dict[str, str]):
    """A server that states no type, or a wrong one, may have a page all the same."""
    assert page_of(server.on("/a", answer(b"<p>x", **headers))).html == b"<p>x"


@pytest.mark.parametrize(("status", "number"), [("404 Not Found", 404), ("503 Busy", 503), ("429 Slow", 429)])
def test_the_feeds_text_stands_in_for_a_page_that_is_missing(server: HostileServer, status: str, number: int):
    """The page then has no HTML, the status of the failure, and the entry's own link."""
    url = server.on("/a", answer(status=status))

    page = page_of(url, content_html="<p>All of it.")

    assert (page.html, page.http_status, page.final_url, page.charset) == (None, number, url, "")


def test_the_feeds_text_stands_in_for_a_server_that_is_missing():
    """Also where no answer came at all: the status is 0."""
    page = page_of("http://nowhere.invalid/", content_html="<p>All of it.")

    assert (page.html, page.http_status) == (None, 0)


def test_without_either_there_is_an_error(server: HostileServer):
    """What is neither on the page nor in the feed cannot be had."""
    with pytest.raises(FetchError, match="body_too_large"):
        page_of(server.on("/a", answer(b"x" * 101)), max_bytes=100)


class TestRules:
    """What the operator says of a feed holds for its pages."""

    FEED = makers.entry().feed_url

    def test_a_full_text_feed_needs_no_page(self, server: HostileServer):
        """Its entries carry the article; one that does not is fetched like any other."""
        url, rules = server.on("/a", answer(b"<p>x")), PageRules(full_text=frozenset({self.FEED}))

        page = page_of(url, content_html="<p>All of it.", rules=rules)
        assert (page.html, page.http_status, server.requests) == (None, 0, [])
        assert page_of(url, rules=rules).html == b"<p>x"

    def test_robots_txt_is_heeded_unless_the_operator_says_otherwise(self, server: HostileServer):
        """The rules of the site decide; a feed's own setting leaves them unasked."""
        server.on("/robots.txt", answer(b"User-agent: *\nDisallow: /"))
        url = server.on("/a", answer(b"<p>x"))

        with pytest.raises(FetchError, match="robots_disallowed"):
            page_of(url)
        assert page_of(url, rules=PageRules(no_robots=frozenset({self.FEED}))).html == b"<p>x"

    def test_a_page_that_is_disallowed_may_be_in_the_feed(self, server: HostileServer):
        """The feed's own text is for whoever reads the feed."""
        server.on("/robots.txt", answer(b"User-agent: *\nDisallow: /"))

        assert page_of(server.on("/a", answer(b"<p>x")), content_html="<p>All of it.").html is None

    def test_rules_are_of_the_list(self):
        """They are kept by feed URL."""
        feeds = (Feed("http://a.example/"), Feed("http://b.example/", full_text=True, robots=False))

        assert PageRules.of(feeds) == PageRules(frozenset({"http://b.example/"}), frozenset({"http://b.example/"}))

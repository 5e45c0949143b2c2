"""A title is the headline alone: the site's name around it goes, wherever the page states it."""

import pytest

from transforms.extract.titles import choose_title, site_names, without_site

SITES = site_names(["The Times", "Times – All the News"], "https://www.the-times.example/a")


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Flood in town | The Times", "Flood in town"),
        ("Flood in town - the-times.example", "Flood in town"),
        ("Flood in town｜The Times", "Flood in town"),
        ("Flood in town – a report — The Times", "Flood in town – a report"),
        ("Flood in town | Times – All the News", "Flood in town"),
        ("The Times | Flood in town", "Flood in town"),
        ("Flood - a town waits", "Flood - a town waits"),
        ("The Times", "The Times"),
        ("Flood at The Times", "Flood at The Times"),
        ("", ""),
    ],
)
def test_site_is_cut(title, headline):
    """The site's name, its host or its motto goes behind any separator; what else follows one stays."""
    assert without_site(title, SITES) == headline


def _choose(jsonld="", meta=(), heading="", head=""):
    return choose_title(jsonld=jsonld, meta=meta, heading=heading, head=head, sites=SITES)


def test_order():
    """JSON-LD counts first, then meta tags, then the heading, then the page's title."""
    assert _choose("A", ["B", "C"], "D", "E") == "A"
    assert _choose("", ["B", "C"], "D", "E") == "B"
    assert _choose("", [], "D", "E") == "D"
    assert _choose("", [], "", "E | The Times") == "E"


def test_two_against_one():
    """A headline that the heading and the first meta tag agree on counts before JSON-LD's; quotes are no difference."""
    assert _choose("Search words", ["The Flood"], "The flood") == "The Flood"
    assert _choose("“Flood”", ["Flood | The Times"], "Flood") == "“Flood”"


def test_what_follows_the_heading():
    """What a meta tag adds to the visible heading is cut off, known as the site's name or not."""
    assert _choose("", ["Flood in town - National"], "Flood in town") == "Flood in town"
    assert _choose("", ["Flood in town hall"], "Flood in town") == "Flood in town hall"


def test_mark_up_in_a_title():
    """Tags inside a headline go."""
    assert _choose("A <em>great</em> flood, 3 < 4") == "A great flood, 3 < 4"


@pytest.mark.parametrize("url", ["", "http://[broken", "https://example.org/a"])
def test_any_address(url):
    """Names of a site are found for any address."""
    assert "thetimes" in site_names(["The Times"], url)

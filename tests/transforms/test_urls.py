"""Links: refused, made absolute, and brought to the form that identifies an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import ParseError, RejectError
from transforms.urls import absolute_url, canonical_url, host_of, without_secrets

FEED = "http://feeds.example/dir/feed.xml"


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("http://e.org/1", "http://e.org/1"),
        (" \n http://e.org/1 ", "http://e.org/1"),
        ("/a/1", "http://feeds.example/a/1"),
        ("1", "http://feeds.example/dir/1"),
        ("//e.org/1", "http://e.org/1"),
        ("http://e.org/a b?x=1&y=2", "http://e.org/a%20b?x=1&y=2"),
        ("http://bücher.example/1", "http://xn--bcher-kva.example/1"),
    ],
)
def test_a_link_becomes_absolute(link: str, absolute: str):
    """Relative links are joined, blanks encoded, other alphabets in the host become punycode."""
    assert absolute_url(link, FEED) == absolute


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("javascript:alert(1)", "bad_scheme"),
        ("file:///etc/passwd", "bad_scheme"),
        ("mailto:a@e.org", "bad_scheme"),
        ("http://a:b@e.org/1", "userinfo_in_url"),
        ("http://e.org/\r\nX-Evil: 1", "url_control_char"),
        ("http://e.org/" + "a" * 5000, "url_too_long"),
        ("http://", "bad_url"),
        ("http://e.org:99999/", "bad_url"),
        ("http://[::1", "bad_url"),
        ("http://e.org\\evil.example/", "bad_url"),
    ],
)
def test_a_bad_link_is_refused(link: str, reason: str):
    """Each kind of bad link has its own reason."""
    with pytest.raises(RejectError) as caught:
        absolute_url(link, FEED)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "link", ["http://ada:hunter2@e.org/1", "http://ada:hunter2@[bad/", "http://ada:hunter2@h\tost/"]
)
def test_a_refused_link_keeps_its_secret(link: str):
    """A password in a link is not repeated in the error."""
    with pytest.raises(RejectError) as caught:
        absolute_url(link, FEED)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://E.ORG:80/a", "http://e.org/a"),
        ("https://e.org:443", "https://e.org/"),
        ("http://e.org:8080/a", "http://e.org:8080/a"),
        ("http://e.org/1?utm_source=rss&id=3#top", "http://e.org/1?id=3"),
        ("http://e.org/1?fbclid=x", "http://e.org/1"),
        ("http://e.org/1?b=2&a=1", "http://e.org/1?a=1&b=2"),
        ("http://e.org/a//b?q=", "http://e.org/a//b?q="),
    ],
)
def test_an_article_has_one_identity(url: str, canonical: str):
    """Host case, default port, fragment and tracking parameters do not matter; everything else does."""
    assert canonical_url(url) == canonical


@given(
    st.from_regex(
        r"https?://[a-z]{1,8}\.org(:8080)?(/[A-Za-z0-9%._~ é-]{0,8}){0,3}(\?[a-z]{1,3}=[A-Za-z0-9 %&=+]{0,9})?",
        fullmatch=True,
    )
)
def test_the_canonical_form_is_stable(url: str):
    """Normalising twice gives what normalising once gave."""
    once = canonical_url(url)

    assert canonical_url(once) == once


def test_hosts_are_counted_with_their_port():
    """Two ports are two servers; the default port is none."""
    assert host_of("http://e.org:80/x") == "e.org"
    assert host_of("http://e.org:8080/x") == "e.org:8080"


def test_secrets_are_cut_out_of_urls():
    """User name and password leave, the rest stays."""
    assert without_secrets("http://u:p@e.org:81/x?y") == "http://e.org:81/x?y"


_LINKS = st.text(max_size=80) | st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
    st.sampled_from(
        ["e.example", "E.Example:80", "user:pw@e.example", "[::1]:443", "bücher.example", "e.example:99999", ""]
    ),
    st.text("/ab%20..é?&=;\\\t", max_size=20),
    st.sampled_from(["", "?utm_source=x&id=3", "?id=3&fbclid=y", "?a=&&b", "?%zz"]),
    st.sampled_from(["", "#top", "#" + "x" * 50]),
)


@given(_LINKS)
def test_no_link_breaks_it(link: str):
    """Whatever stands in a feed is refused with a reason or becomes a URL that is safe to request and to store."""
    try:
        url = absolute_url(link, "http://feeds.example/dir/f")
        identity = canonical_url(url)
    except ParseError:
        return

    assert url.startswith(("http://", "https://"))
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    assert "@" not in url.split("/")[2]
    assert absolute_url(url, "http://other.example/") == url
    assert canonical_url(identity) == identity


@given(
    st.permutations(["id=3", "utm_source=a", "fbclid=b", "page=2"]),
    st.sampled_from(["http://e.example", "HTTP://E.EXAMPLE:80", "http://e.example:80"]),
)
def test_an_identity_does_not_hang_on_chance(query: list[str], site: str):
    """Order of parameters, what trackers add, case and port of the host: one article."""
    assert canonical_url(f"{site}/a?{'&'.join(query)}#x") == "http://e.example/a?id=3&page=2"

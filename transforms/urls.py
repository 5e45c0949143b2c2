"""Links: what is refused, and the one form under which a link identifies an article."""

import re
from functools import lru_cache
from importlib.resources import files
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string, url_query_cleaner

from transforms.errors import ParseError

MAX_URL = 4096
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DEFAULT_PORT = {"http": 80, "https": 443}


def _words(name: str) -> list[str]:
    """The words of a packaged list, one a line."""
    lines = files(__package__).joinpath("data", name).read_text("utf-8").splitlines()
    return [word for line in lines if (word := line.partition("#")[0].strip())]


_TRACKING = _words("tracking.txt")
_EXACT = frozenset(word for word in _TRACKING if not word.endswith("*"))
_PREFIXES = tuple(word[:-1] for word in _TRACKING if word.endswith("*"))
_REDIRECTS = tuple(_words("redirects.txt"))


def is_tracking(name: str) -> bool:
    """Whether a query parameter only tells how a reader came, not which article is meant.

    >>> is_tracking("utm_source"), is_tracking("id")
    (True, False)
    """
    name = name.lower()
    return name in _EXACT or name.startswith(_PREFIXES)


def absolute_url(link: str, base: str) -> str:
    """A link as a page or feed states it, and where it stands, in; an absolute http(s) URL out, safe to request.

    Surrounding white space is dropped, inner blanks and other characters are percent-encoded, an IDN host becomes
    punycode. Raises ParseError: url_control_char, url_too_long, bad_scheme, bad_url, userinfo_in_url.

    >>> absolute_url("../a b?100%", "http://e.org/x/y")
    'http://e.org/a%20b?100%25'
    """
    link = link.strip()
    if _CONTROL.search(link):
        raise ParseError("url_control_char", repr(without_secrets(link)[:100]))
    if len(link) > MAX_URL:
        raise ParseError("url_too_long", f"{len(link):,} characters")
    try:
        stated = urlsplit(link)
        joined = link if stated.scheme in _DEFAULT_PORT else urljoin(base, link)  # "http:" alone is not the base
        _check(urlsplit(joined))
        # a % that escapes nothing would become an escape with what follows it
        safe: str = safe_url_string(_STRAY.sub("%25", joined))
        _check_host(safe)
        return safe
    except ValueError as error:  # urllib and idna say so of impossible hosts and ports
        raise ParseError("bad_url", f"{without_secrets(link)[:200]!r}: {error}") from error


def _check_host(safe: str) -> None:
    """Refuse what is no host even as punycode; w3lib hands it on as it is."""
    host = urlsplit(safe).hostname or ""
    if not host.isascii() or not host.isprintable() or any(character in host for character in ' <>"{}|^`'):
        raise ParseError("bad_url", f"{host[:100]!r} is no host")


def _check(parts: SplitResult) -> None:
    if parts.scheme not in _DEFAULT_PORT:
        raise ParseError("bad_scheme", f"{parts.scheme or 'no scheme'}: is neither http nor https")
    if parts.username is not None or parts.password is not None:
        raise ParseError("userinfo_in_url", parts.hostname or "")
    if not parts.hostname or "\\" in parts.netloc:
        raise ParseError("bad_url", "no host")
    _ = parts.port  # raises ValueError outside 0–65535


def canonical_url(url: str) -> str:
    """An absolute URL in; the form that identifies what it leads to out. Idempotent.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters, the others sorted and encoded
    one way (w3lib). An empty parameter and a double slash stay, because they may matter. Raises ParseError as
    `absolute_url` does.

    >>> canonical_url("HTTP://E.org:80/a?utm_source=x&id=3#top")
    'http://e.org/a?id=3'
    """
    parts = urlsplit(absolute_url(url, url))
    port = "" if parts.port in (None, _DEFAULT_PORT[parts.scheme]) else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
    clean = urlunsplit((parts.scheme, host + port, parts.path or "/", parts.query, ""))
    tracking = [name for name in _parameter_names(parts.query) if is_tracking(name)]
    cleaned: str = canonicalize_url(
        url_query_cleaner(clean, tracking, remove=True, unique=False) if tracking else clean
    )
    return cleaned


def _parameter_names(query: str) -> list[str]:
    return [pair.partition("=")[0] for pair in query.split("&") if pair]


def is_redirect(url: str) -> bool:
    """Whether an absolute URL is a redirecting service's, which says nothing of where it leads.

    >>> is_redirect("https://news.google.com/rss/articles/CBMi?oc=5"), is_redirect("https://e.org/t.co/")
    (True, False)
    """
    parts = urlsplit(url)
    return ((parts.hostname or "").removeprefix("www.") + parts.path).startswith(_REDIRECTS)


@lru_cache(maxsize=4_096)  # a fetch asks for it again and again
def host_of(url: str) -> str:
    """The host of a URL with its port where that is not the default: what per-host limits count.

    >>> host_of("https://www.e.org/a"), host_of("http://e.org:8080/")
    ('www.e.org', 'e.org:8080')
    """
    parts = urlsplit(url)
    port = "" if parts.port in (None, _DEFAULT_PORT.get(parts.scheme)) else f":{parts.port}"
    return (parts.hostname or "") + port


def same_origin(url: str, other: str) -> bool:
    """Whether two URLs have scheme, host and port in common, so that what is secret to one may be told to the other.

    >>> same_origin("https://e.org/a", "https://E.org:443/b"), same_origin("https://e.org/a", "http://e.org/a")
    (True, False)
    """
    return urlsplit(url).scheme == urlsplit(other).scheme and host_of(url) == host_of(other)


_USERINFO = re.compile(r"(//)[^/?#]*@")


def without_secrets(url: str) -> str:
    """A URL, or what was meant to be one, fit for a log or a row: user name and password cut out.

    >>> without_secrets("http://a:b@e.org/x")
    'http://e.org/x'
    """
    return _USERINFO.sub(r"\1", url, count=1)

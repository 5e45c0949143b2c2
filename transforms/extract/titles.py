"""What a page states as its title in several places, the headline without the site's name out."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_SEPARATOR = re.compile(r"\s+[|–—·•»«/:-]+\s+|\s*[|ㅣ｜]\s*")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST = 500


def folded(text: str) -> str:
    """A text's letters and digits alone: what makes two spellings of a name or headline the same.

    >>> folded("n-tv.de") == folded("NTV.de")
    True
    """
    return _NO_LETTER.sub("", text.casefold())


def site_names(stated: Iterable[str], url: str) -> frozenset[str]:
    """Names that a site has, folded: those it states, its host, and the parts of its host.

    >>> sorted(site_names(["The Example"], "https://www.example.org/a"))
    ['example', 'exampleorg', 'theexample']
    """
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # a malformed host
        host = ""
    names = (folded(name) for name in (*stated, host, *host.split(".")[:-1]))
    return frozenset(name for name in names if len(name) > 1)


def without_site(title: str, sites: frozenset[str]) -> str:
    """A title in, the same without the site's name behind or before it out.

    >>> without_site("Flood in town - a report | The Times", frozenset({"thetimes"}))
    'Flood in town - a report'
    """
    separators = list(_SEPARATOR.finditer(title := title[:_LONGEST]))
    if separators and folded(title[: separators[0].start()]) in sites:
        return title[separators[0].end() :]
    behind = (s.start() for s in separators if s.start() and folded(title[s.end() :]) in sites)
    return title[: next(behind, None)]


def choose_title(*, jsonld: str, meta: Iterable[str], heading: str, head: str, sites: frozenset[str]) -> str:
    """The headline: JSON-LD's, unless the visible heading and the first meta tag agree on another one.

    Where only tags for other sites and the page's <title> are left, what they add to the heading is cut off.

    >>> choose_title(jsonld="Rain", meta=["Flood"], heading="Flood", head="Flood | X", sites=frozenset())
    'Flood'
    """
    stated = [without_site(_TAG.sub("", title), sites) for title in (jsonld, *meta, heading, head)]
    first, social, shown = stated[0], stated[1:-2], stated[-2]
    if shown and social and folded(social[0]) == folded(shown) != folded(first):
        first = social[0]
    title = first or next((title for title in (*social, shown, stated[-1]) if title), "")
    return shown if shown and title.startswith(shown) and _SEPARATOR.match(title, len(shown)) else title

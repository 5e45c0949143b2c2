"""A page's tree in, out what the markup of the visible page points out: headings, bylines, times; in one walk."""

import re
from collections.abc import Iterator
from itertools import chain, dropwhile, islice
from typing import Any, NamedTuple

from lxml import etree

from transforms.extract.titles import folded
from transforms.extract.tree import squash

# what headings and bylines stand in; all other tags are skipped in C
_TAGS = ("h1", "div", "span", "a", "p", "li", "ul", "address")
# a few: the parents of many attributes are found in quadratic time
_DATED: Any = etree.XPath("(//@itemprop[contains(., 'datePublished')])[position() < 9]/parent::*[not(self::meta)]")
_BYLINE = re.compile("byline|author|autor", re.I)
# where links to authors lead, such as /autoren/anna-schreiber
_AUTHOR_LINK = re.compile(r"/(?:aut(?:h?or|eur)(?:[es]n?|i)?|people|staff|profile)/[^/]", re.I)
_PICTURE = re.compile("caption|photo|foto|image|imagen|picture|media|gallery|slide", re.I)
# what is no article's own: its readers' comments, other articles, the margins
_ELSEWHERE = re.compile("comment|kommentar|related|teaser|sidebar|widget|recommend|popular|footer", re.I)
_FIGURES = ("figure", "figcaption")
_LONGEST_BYLINE = 200
# bylines of a page that are looked at for agencies, and below the heading for authors
_MOST, _NEAR = 12, 4


class Markup(NamedTuple):
    """The heading of a page, None for none, and its elements marked as bylines: above the heading, and below."""

    heading: Any
    above: list[Any]
    below: list[Any]


def read_markup(tree: Any, sites: frozenset[str]) -> Markup:
    """Return the marked elements of a page, in page order; no heading is the site's name (`sites`, folded)."""
    named = (h1 for h1 in tree.iter("h1") if (name := folded(h1.text_content())) and name not in sites)
    heading, bylines, above = next(named, None), list[Any](), 0
    known: dict[str | None, bool] = {None: False}  # pages repeat classes, and a look here costs less than a search
    for element in tree.iter(*_TAGS):
        name, item, link = element.get("class"), element.get("itemprop"), element.get("rel")
        if name not in known:
            known[name] = _BYLINE.search(name) is not None
        if element is heading:
            above = len(bylines)
        elif known[name] or (item and "author" in item) or (link and "author" in link):
            bylines.append(element)
    return Markup(heading, bylines[:above], bylines[above:])


def byline_texts(markup: Markup) -> tuple[str, ...]:
    """The lines of a page that are marked as bylines, each once; not those of who took a picture."""
    elements = islice(chain(markup.above, markup.below), _MOST)
    lines = (squash(element.text_content()) for element in elements if not _is_inside(element, _PICTURE))
    return tuple(dict.fromkeys(line for line in lines if 1 < len(line) <= _LONGEST_BYLINE))


def author_lines(tree: Any, markup: Markup) -> Iterator[list[str]]:
    """The bylines below the heading, then the first link to an author there, each as its pieces of text.

    Above the heading stand menus. Between names, or a name and a role, often nothing stands but the end of an element.
    """
    below = chain(markup.below[:_NEAR], islice(_author_links(tree, markup), 1))
    for element in below:
        if not (_is_inside(element, _PICTURE) or _is_inside(element, _ELSEWHERE)):
            pieces = (squash(piece).strip(" ,;|") for piece in islice(element.itertext(), 40))
            yield [piece for piece in pieces if piece and len(piece) <= _LONGEST_BYLINE]


def _author_links(tree: Any, markup: Markup) -> Iterator[Any]:
    below = _from(tree.iter("h1", "a"), markup.heading)
    return (a for a in below if "author" in a.get("rel", "") or _AUTHOR_LINK.search(a.get("href", "")))


def page_dates(tree: Any, markup: Markup) -> Iterator[str]:
    """The date of publication by the visible page: a marked one, else the first below the heading or in the article."""
    times = list(tree.iter("time"))
    marked = (time for time in times if time.get("pubdate") is not None)
    below = _from(tree.iter("h1", "time"), markup.heading) if markup.heading is not None else ()
    inside = (time for time in times if next(time.iterancestors("article"), None) is not None)
    stated = (e.get("datetime") or e.get("content") or "" for e in chain(_DATED(tree), marked, below, inside))
    yield from islice((squash(value) for value in stated if value), 1)


def _from(elements: Iterator[Any], first: Any) -> Iterator[Any]:
    """The elements from the first heading on; all of them, if the page has none."""
    return elements if first is None else dropwhile(lambda element: element is not first, elements)


def _is_inside(element: Any, kind: re.Pattern[str]) -> bool:
    """Whether an element, or one that it is in, is of a kind by its class; figures are pictures."""
    near = chain([element], islice(element.iterancestors(), 5))
    return any(kind.search(e.get("class", "")) or (kind is _PICTURE and e.tag in _FIGURES) for e in near)

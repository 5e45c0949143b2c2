"""A page's tree in, what it states beside the body out: JSON-LD first, then meta tags, then the visible page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from schemas.dating import Dating
from transforms.dates import read_date
from transforms.errors import RejectError
from transforms.extract.jsonld import Node, article_node, names, string, strings
from transforms.extract.language import language_tag
from transforms.extract.tree import squash
from transforms.urls import canonical_url

_TITLE = ("og:title", "twitter:title")
_SUMMARY = ("og:description", "description", "twitter:description")
_AUTHOR = ("author", "article:author", "parsely-author", "dc.creator")
_SITE = ("og:site_name", "application-name")
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "date", "parsely-pub-date"),
    *("dc.date.issued", "cxenseparse:recs:publishtime", "publish-date", "pubdate"),
)
_MODIFIED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "last-modified")

_META: Any = etree.XPath("//meta[@content]")
_TIMES: Any = etree.XPath(
    "//time[@datetime and (@pubdate or contains(@itemprop, 'datePublished'))] | //article//time[@datetime]"
    " | //h1/following::time[@datetime][1]"
)
_BYLINES: Any = etree.XPath(  # by attribute, which is twice as fast as by element
    "//@class[contains(., 'byline') or contains(., 'author') or contains(., 'autor')]/.."
    " | //@itemprop[contains(., 'author')]/.. | //@rel[contains(., 'author')]/.."
)
_LEAD = re.compile(
    r"\W*(?:(?:(?:[Ww]ritten )?[Bb]y|BY|[Pp]or|[Pp]ar|di|af|av|door|Text|Auto(?:re?|r/in)|Auteur)\b\s*:?\s+"
    r"|[Vv]on\s+(?=\S+\s\S))?"
)
_FULL_NAME = r"[^\W\d_a-z][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){1,3}"
_PAIR = re.compile(rf"({_FULL_NAME})\s(?:and|und|og|och|y|et|e)\s({_FULL_NAME})")
_BY_NAME = re.compile(rf"(?:[Bb]y|BY|[Vv]on|[Pp]or|[Pp]ar)\s{_FULL_NAME}")
_INITIALS = re.compile(r"\s*\([^()]{1,6}\)$")
_NO_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net)/", re.I)
_PICTURE = re.compile("caption|photo|foto|image|imagen|picture|media|gallery|slide", re.I)
_LONGEST_BYLINE = 200
# of a title, an author, a tag; and how many authors or tags
_LONGEST, _MOST = 500, 100

# meta tags by lower-case name, each with its values in page order
Meta = dict[str, list[str]]


@dataclass(frozen=True)
class Metadata:
    """What a page states beside its body; "" and empty tuples stand for nothing found."""

    title: str
    summary: str
    authors: tuple[str, ...]
    # lines of the page that are marked as bylines, in page order
    bylines: tuple[str, ...]
    tags: tuple[str, ...]
    site_name: str
    canonical_url: str
    published: Dating
    modified: Dating
    # BCP 47
    language: str
    paywalled: bool


def read_metadata(tree: Any, *, url: str, now: datetime) -> Metadata:
    """Return what the page states; `url` is its own, `now` the run's clock. Call it before anything is dropped."""
    node, meta = article_node(tree), _meta_tags(tree)
    site = _first([*names(node.get("publisher")), *_values(meta, _SITE)])
    language, bylines = _language(tree, node, meta), _bylines(tree)

    def dated(**stated: Iterable[str]) -> Dating:
        sources = ((source, value) for source, values in stated.items() for value in values)
        return _best(read_date(value, source=source, now=now, language=language) for source, value in sources)

    return Metadata(
        title=_title(tree, node, meta, site)[:_LONGEST],
        summary=_first([string(node.get("description")), *_values(meta, _SUMMARY)])[: 10 * _LONGEST],
        authors=_authors(node, meta, site, bylines),
        bylines=bylines,
        tags=_tags(node, meta),
        site_name=site,
        canonical_url=_canonical(tree, meta, url),
        published=dated(
            jsonld=strings(node.get("datePublished")), meta=_values(meta, _PUBLISHED), page=_page_dates(tree)
        ),
        modified=dated(jsonld=strings(node.get("dateModified")), meta=_values(meta, _MODIFIED)),
        language=language,
        # false, "False" or "http://schema.org/False"
        paywalled=str(node.get("isAccessibleForFree")).lower().endswith("false"),
    )


def head_title(tree: Any) -> str:
    """Return the page's <title>, which on error pages says more than the title that its meta tags keep."""
    return squash(tree.findtext(".//title") or "")


def _authors(node: Node, meta: Meta, site: str, bylines: Iterable[str]) -> tuple[str, ...]:
    """The authors of the first place that names any beside the site itself, else the site."""
    places = (names(node.get("author")), _values(meta, _AUTHOR), [b for b in bylines if _BY_NAME.fullmatch(b)][:1])
    stated = [authors for place in places if (authors := clean_authors(place))]
    return next((a for a in stated if {n.lower() for n in a} != {site.lower()}), stated[0] if stated else ())


def clean_authors(stated: Iterable[str]) -> tuple[str, ...]:
    """Authors as stated in; their names out, each once: without "By", links and addresses.

    >>> clean_authors(["By Ann Writer", "https://example.org/ann", "Ann Writer"])
    ('Ann Writer',)
    """
    parts = (part for name in stated for part in _persons(squash(name)))
    cleaned = (_INITIALS.sub("", part).strip(" ,;|") for part in parts if not _NO_NAME.search(part))
    return _distinct(cleaned)


def _persons(stated: str) -> list[str]:
    """One author as stated in; the name without what leads to it, or two names stated as one, out."""
    name = _LEAD.sub("", stated, count=1)
    pair = _PAIR.fullmatch(name)
    return [pair[1], pair[2]] if pair else [name]


def _meta_tags(tree: Any) -> Meta:
    tags: Meta = {}
    for element in _META(tree):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        tags.setdefault((name or "").lower(), []).extend(strings(element.get("content")))
    return tags


def _values(meta: Meta, keys: Iterable[str]) -> list[str]:
    """The first value of each of these tags."""
    return [meta[key][0] for key in keys if meta.get(key)]


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    """The values that are not empty, each once, in bounds that no honest page passes."""
    return tuple(dict.fromkeys(value for value in values if value and len(value) <= _LONGEST))[:_MOST]


def _first(candidates: Iterable[str]) -> str:
    return next((c for c in candidates if c), "")


def _title(tree: Any, node: Node, meta: Meta, site: str) -> str:
    """The headline, without the site's name behind it."""
    headings = (squash(h.text_content()) for h in tree.iterfind(".//h1"))
    title = _first(chain([string(node.get("headline")), *_values(meta, _TITLE)], headings)) or head_title(tree)
    cut = re.sub(rf"\s+[|–—-]\s+{re.escape(site)}$", "", title, flags=re.I) if site else title
    return cut or title


def _language(tree: Any, node: Node, meta: Meta) -> str:
    root = tree.getroottree().getroot()
    stated = (root.get("lang"), root.get("xml:lang"), string(node.get("inLanguage")))
    return _first(language_tag(s or "") for s in (*stated, *_values(meta, ("og:locale", "content-language"))))


def _tags(node: Node, meta: Meta) -> tuple[str, ...]:
    """The publisher's own tags, of the first place that has any."""
    stated = (
        strings(node.get("keywords")) or meta.get("article:tag") or _values(meta, ("news_keywords", "keywords"))[:1]
    )
    parts = stated if len(stated) > 1 else [part for s in stated for part in s.split(",")]
    return _distinct(squash(part) for part in parts)


def _canonical(tree: Any, meta: Meta, url: str) -> str:
    """The address the page gives itself, normalised; "" for none or an impossible one."""
    links = (squash(link.get("href") or "") for link in tree.iterfind('.//link[@rel="canonical"]'))
    stated = _first(chain(links, _values(meta, ("og:url",))))
    try:
        return canonical_url(urljoin(url, stated)) if stated else ""
    except (RejectError, ValueError):  # ValueError: urljoin on a malformed host
        return ""


def _page_dates(tree: Any) -> Iterator[str]:
    yield from (squash(element.get("datetime")) for element in _TIMES(tree)[:1])


def _best(datings: Iterable[Dating]) -> Dating:
    """The first date to be trusted, else the first that was stated at all; no further one is read, for that is slow."""
    distrusted = Dating(flags=("date_missing",))
    for dating in datings:
        if dating.at:
            return dating
        distrusted = distrusted if distrusted.raw else dating
    return distrusted


def _bylines(tree: Any) -> tuple[str, ...]:
    lines = (squash(element.text_content()) for element in _BYLINES(tree)[:12] if not _is_of_picture(element))
    return tuple(dict.fromkeys(line for line in lines if 1 < len(line) <= _LONGEST_BYLINE))


def _is_of_picture(element: Any) -> bool:
    """Whether an element marked as an author names who took a picture."""
    near = [element, *islice(element.iterancestors(), 4)]
    return any(e.tag in ("figure", "figcaption") or _PICTURE.search(e.get("class") or "") for e in near)

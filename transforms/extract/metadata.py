"""A page's tree in, what it states beside the body out: JSON-LD first, then meta tags, then the visible page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
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

_META = etree.XPath("//meta[@content]")
_TIMES = etree.XPath(
    "//time[@datetime and (@pubdate or contains(@itemprop, 'datePublished'))] | //article//time[@datetime]"
    " | //h1/following::time[@datetime][1]"
)
_BYLINES = etree.XPath(  # by attribute, which is twice as fast as by element
    "//@class[contains(., 'byline') or contains(., 'author') or contains(., 'autor')]/.."
    " | //@itemprop[contains(., 'author')]/.. | //@rel[contains(., 'author')]/.."
)
_LEAD = re.compile(r"(?:written by|by|von|por|par|di|af|av|door|text|autore?|auteur)\b\s*:?\s+|\W+", re.I)
_NO_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net)/", re.I)
_PICTURE = re.compile("caption|photo|foto|image|imagen|picture|media|gallery|slide", re.I)
_LONGEST_BYLINE = 200

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
    language = _language(tree, node, meta)

    def dated(stated: str, source: str) -> Dating:
        return read_date(stated, source=source, now=now, language=language)

    modified = [
        dated(string(node.get("dateModified")), "jsonld"),
        *(dated(v, "meta") for v in _values(meta, _MODIFIED)),
    ]
    published = [
        dated(string(node.get("datePublished")), "jsonld"),
        *(dated(v, "meta") for v in _values(meta, _PUBLISHED)),
    ]
    if not any(dating.at for dating in published):
        published += [dated(stated, "page") for stated in _page_dates(tree)]
    return Metadata(
        title=_title(tree, node, meta, site),
        summary=_first([string(node.get("description")), *_values(meta, _SUMMARY)]),
        authors=clean_authors([*names(node.get("author"))] or _values(meta, _AUTHOR)),
        bylines=_bylines(tree),
        tags=_tags(node, meta),
        site_name=site,
        canonical_url=_canonical(tree, meta, url),
        published=_best(published),
        modified=_best(modified),
        language=language,
        paywalled=string(node.get("isAccessibleForFree")).lower() == "false"
        or node.get("isAccessibleForFree") is False,
    )


def head_title(tree: Any) -> str:
    """Return the page's <title>, which on error pages says more than the title that its meta tags keep."""
    return squash(tree.findtext(".//title") or "")


def clean_authors(stated: Iterable[str]) -> tuple[str, ...]:
    """Authors as stated in; their names out, each once: without "By", links and addresses.

    >>> clean_authors(["By Ann Writer", "https://example.org/ann", "Ann Writer"])
    ('Ann Writer',)
    """
    cleaned = (_LEAD.sub("", name, count=1) if _LEAD.match(name) else name for name in stated)
    return tuple(dict.fromkeys(squash(n) for n in cleaned if n.strip() and not _NO_NAME.search(n)))


def _meta_tags(tree: Any) -> Meta:
    tags: Meta = {}
    for element in _META(tree):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        tags.setdefault((name or "").lower(), []).extend(strings(element.get("content")))
    return tags


def _values(meta: Meta, keys: Iterable[str]) -> list[str]:
    """The first value of each of these tags."""
    return [meta[key][0] for key in keys if meta.get(key)]


def _first(candidates: Iterable[str]) -> str:
    return next((c for c in candidates if c), "")


def _title(tree: Any, node: Node, meta: Meta, site: str) -> str:
    """The headline, without the site's name behind it."""
    headings = (squash(h.text_content()) for h in tree.iterfind(".//h1"))
    title = _first([string(node.get("headline")), *_values(meta, _TITLE), *headings, head_title(tree)])
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
    return tuple(dict.fromkeys(squash(part) for part in parts if part.strip()))


def _canonical(tree: Any, meta: Meta, url: str) -> str:
    """The address the page gives itself, normalised; "" for none or an impossible one."""
    links = (link.get("href") for link in tree.iterfind('.//link[@rel="canonical"]'))
    stated = _first([*(squash(link or "") for link in links), *_values(meta, ("og:url",))])
    try:
        return canonical_url(urljoin(url, stated)) if stated else ""
    except (RejectError, ValueError):  # ValueError: urljoin on a malformed host
        return ""


def _page_dates(tree: Any) -> list[str]:
    return [squash(element.get("datetime")) for element in _TIMES(tree)[:1]]


def _best(datings: list[Dating]) -> Dating:
    """The first date to be trusted, else the first that was stated at all."""
    return next((d for d in datings if d.at), None) or next((d for d in datings if d.raw), datings[0])


def _bylines(tree: Any) -> tuple[str, ...]:
    lines = (squash(element.text_content()) for element in _BYLINES(tree)[:12] if not _is_of_picture(element))
    return tuple(dict.fromkeys(line for line in lines if 1 < len(line) <= _LONGEST_BYLINE))


def _is_of_picture(element: Any) -> bool:
    """Whether an element marked as an author names who took a picture."""
    near = [element, *islice(element.iterancestors(), 4)]
    return any(e.tag in ("figure", "figcaption") or _PICTURE.search(e.get("class") or "") for e in near)

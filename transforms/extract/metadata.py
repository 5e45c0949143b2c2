"""A page's tree in, what it states beside the body out: JSON-LD first, then meta tags, then the visible page."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from schemas.dating import Dating
from transforms.dates import read_date
from transforms.extract.authors import Authors, choose_authors, line_authors
from transforms.extract.jsonld import Node, article_node, by_id, is_article, names, page_nodes, string, strings, types
from transforms.extract.language import language_tag
from transforms.extract.links import lead_image, own_address
from transforms.extract.markup import Markup, author_lines, byline_texts, page_dates, read_markup
from transforms.extract.metatags import Meta, meta_tags, values
from transforms.extract.paywall import states_paywall
from transforms.extract.sections import publisher_tags, section
from transforms.extract.sources import stated_sources
from transforms.extract.titles import choose_title, site_names
from transforms.extract.tree import squash

_TITLE = ("og:title", "twitter:title")
_SUMMARY = ("og:description", "description", "twitter:description")
_AUTHOR = (
    *("author", "article:author", "dc.creator", "dcterms.creator", "dc:creator", "article:author_name", "byl"),
    *("parsely-author", "sailthru.author", "cxenseparse:author"),
)
_SITE = ("og:site_name", "application-name")
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "date", "parsely-pub-date"),
    *("dc.date.issued", "dcterms.issued", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publish-date"),
    *("article:published", "og:pubdate", "pubdate", "publishdate", "sailthru.date", "dc.date", "dcterms.date"),
)
_MODIFIED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "last-modified"),
    *("dcterms.modified", "article:modified", "cxenseparse:modified_time", "updated-date"),
)
# characters of a title; names of a site and dates that are looked at
_LONGEST, _MOST_NAMES, _MOST_DATES = 500, 20, 5
# two statements of one moment lie no further apart: one without a time; one without a zone, which is whole quarters
_SAME_DAY, _SAME_CLOCK = timedelta(hours=38), timedelta(hours=14)
_QUARTER, _MINUTE = timedelta(minutes=15), timedelta(minutes=1)


@dataclass(frozen=True)
class Metadata:
    """What a page states beside its body; "" and empty tuples stand for nothing found."""

    title: str
    summary: str
    authors: Authors
    # lines of the page that are marked as bylines, in page order
    bylines: tuple[str, ...]
    # whose text it is besides the authors': provider, publisher, holder of the rights
    sources: tuple[str, ...]
    tags: tuple[str, ...]
    section: str
    site_name: str
    canonical_url: str
    # absolute, http or https
    image_url: str
    published: Dating
    modified: Dating
    # its markup states a date of publication
    dated: bool
    # BCP 47
    language: str
    paywalled: bool
    # what the page says that it is, in lower case: types of its own JSON-LD nodes, its og:type as "og:article"
    types: frozenset[str]


def read_metadata(tree: Any, *, url: str, now: datetime, given: Container[str] = ()) -> Metadata:
    """Return what the page states; `url` is its own, `now` the run's clock. Call it before anything is dropped.

    Of `published`, `modified` and `tags`, those `given` elsewhere are not read. All else is needed, whatever the feed
    gave: the title and the summary find the body, the authors name agencies.
    """
    nodes, meta = page_nodes(tree), meta_tags(tree)
    node, known = article_node(nodes, url), by_id(nodes)
    # a publisher that is only referred to is often the company behind the site
    stated_sites = [*names(node.get("publisher")), *values(meta, _SITE), *names(node.get("publisher"), known)]
    sites, language = site_names(stated_sites[:_MOST_NAMES], url), _language(tree, node, meta)
    markup = read_markup(tree, sites)
    published_ld, published_meta = strings(node.get("datePublished")), values(meta, _PUBLISHED)
    title = _title(tree, node, meta, markup, sites)

    def dated(field: str, **stated: Iterable[str]) -> Dating:
        if field in given:
            return Dating()
        sources = ((source, value) for source, found in stated.items() for value in found)
        found = islice(sources, _MOST_DATES)
        return _best(read_date(value, source=source, now=now, language=language) for source, value in found)

    return Metadata(
        title=title,
        summary=_first([string(node.get("description")), *values(meta, _SUMMARY)])[: 10 * _LONGEST],
        authors=choose_authors(_author_places(tree, node, known, meta, markup), sites),
        bylines=byline_texts(markup),
        sources=stated_sources(node, known, meta),
        tags=() if "tags" in given else publisher_tags(node, meta),
        section=section(node, nodes, known, meta, title),
        site_name=_first(stated_sites),
        canonical_url=own_address(tree, meta, url),
        image_url=lead_image(node, known, meta, url),
        published=dated(
            "published",
            jsonld=published_ld,
            meta=published_meta,
            page=chain(_dates_beside(nodes), page_dates(tree, markup)),
        ),
        dated=bool(published_ld or published_meta),
        modified=dated("modified", jsonld=strings(node.get("dateModified")), meta=values(meta, _MODIFIED)),
        language=language,
        paywalled=states_paywall(nodes, meta),
        types=_types(nodes, meta),
    )


def head_title(tree: Any) -> str:
    """Return the page's <title>, which on error pages says more than the title that its meta tags keep."""
    return squash(tree.findtext(".//title") or "")


def _title(tree: Any, node: Node, meta: Meta, markup: Markup, sites: frozenset[str]) -> str:
    shown = "" if markup.heading is None else squash(markup.heading.text_content())
    stated = [string(node.get("headline")), *values(meta, _TITLE)]
    head = "" if any(stated) or shown else head_title(tree)
    return choose_title(jsonld=stated[0], meta=stated[1:], heading=shown, head=head, sites=sites)


def _author_places(tree: Any, node: Node, known: Mapping[str, Node], meta: Meta, markup: Markup) -> Iterator[list[str]]:
    """What is stated of the authors, place by place; of the visible page only what is surely a person."""
    yield names(node.get("author"), known) or names(node.get("creator"), known)
    yield from (meta[key] for key in _AUTHOR if meta.get(key))
    yield from map(line_authors, author_lines(tree, markup))


def _dates_beside(nodes: Iterable[Node]) -> Iterator[str]:
    """The dates of publication of the page's nodes that are no articles, such as WebPage or ClaimReview."""
    return (date for node in nodes if not is_article(node) for date in strings(node.get("datePublished")))


def _types(nodes: Iterable[Node], meta: Meta) -> frozenset[str]:
    stated = [kind for node in nodes for kind in types(node)] + [f"og:{kind}" for kind in values(meta, ("og:type",))]
    return frozenset(kind.lower() for kind in stated)


def _first(candidates: Iterable[str]) -> str:
    return next((c for c in candidates if c), "")


def _language(tree: Any, node: Node, meta: Meta) -> str:
    root = tree.getroottree().getroot()
    stated = (root.get("lang"), root.get("xml:lang"), string(node.get("inLanguage")))
    return _first(language_tag(s or "") for s in (*stated, *values(meta, ("og:locale", "content-language"))))


def _best(datings: Iterable[Dating]) -> Dating:
    """The first date to be trusted, or the same with time or zone, else the first that was stated at all.

    No further one is read once nothing is missing, for that is slow.
    """
    best = Dating(flags=("date_missing",))
    for dating in datings:
        if _is_better(dating, best):
            best = dating
        if best.at and not _lacks_time(best) and not _lacks_zone(best):
            break
    return best


def _is_better(dating: Dating, best: Dating) -> bool:
    """Whether a later statement counts in place of the best one so far."""
    if not dating.at or not best.at:
        return bool(dating.at) or not (best.at or best.raw)
    apart = abs(dating.at - best.at)
    if _lacks_time(best):
        return not _lacks_time(dating) and apart < _SAME_DAY
    whole = apart <= _SAME_CLOCK and apart % _QUARTER < _MINUTE
    return _lacks_zone(best) and whole and not (_lacks_zone(dating) or _lacks_time(dating))


def _lacks_time(dating: Dating) -> bool:
    return dating.precision == "day"


def _lacks_zone(dating: Dating) -> bool:
    return "date_no_zone" in dating.flags

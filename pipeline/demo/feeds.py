"""Outlets in, feed documents out: RSS 2.0, RSS 1.0, Atom 1.0 and JSON Feed 1.1, and the ways in which feeds break."""

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from pipeline.demo.answer import Answer
from pipeline.demo.content import Edition, Outlet, OutletFeed, Story
from pipeline.demo.pages import front_page, missing_page, paragraphs_html

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_DOCTYPE = '<!DOCTYPE rss [\n<!ENTITY desk "The desk">\n<!ENTITY signed "&desk;, &desk;, &desk;">\n]>\n'
_CONTENT_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


@dataclass(frozen=True)
class Listed:
    """One entry of a feed before it is written down."""

    story: Story
    guid: str
    # "" for an entry without one
    link: str

    @property
    def changed(self) -> datetime | None:
        """When the story was last edited or, failing that, published."""
        return self.story.updated or self.story.published


def feed_answer(feed: OutletFeed, outlet: Outlet, edition: Edition) -> Answer:
    """What the feed's address answers in this edition, broken where the feed is to be broken."""
    if feed.fault == "missing":
        return missing_page(outlet, edition)
    if feed.fault == "web_page":
        return front_page(outlet, edition)
    listed = listed_entries(feed, outlet, edition)
    text = _WRITERS[feed.kind](feed, outlet, edition.bases[outlet.key], listed)
    modified = max(entry.changed for entry in listed if entry.changed)
    return Answer(200, f"{_CONTENT_TYPES[feed.kind]}; charset=utf-8", _broken(text, feed.fault).encode(), modified)


def listed_entries(feed: OutletFeed, outlet: Outlet, edition: Edition) -> list[Listed]:
    """The entries of a feed, newest first, undated ones last."""
    own = [_listed(story, outlet.key, edition) for story in edition.stories(outlet.key) if story.feed == feed.section]
    dated = sorted(
        (entry for entry in own + _shared(outlet, edition) if entry.story.published), key=_published, reverse=True
    )
    return dated + [entry for entry in own if not entry.story.published]


def _shared(outlet: Outlet, edition: Edition) -> list[Listed]:
    listed = []
    for shared in outlet.also:
        story = next(story for story in edition.stories(shared.outlet) if story.slug == shared.slug)
        plain = _listed(story, shared.outlet, edition)
        listed.append(Listed(story, plain.guid, f"{plain.link}?{shared.query}"))
    return listed


def _listed(story: Story, key: str, edition: Edition) -> Listed:
    link = edition.bases[key] + story.path if story.link is None else story.link
    return Listed(story, f"tag:{key}.example,2021:{story.slug}", link)


def _published(entry: Listed) -> float:
    return entry.story.published.timestamp() if entry.story.published else 0.0


def _broken(text: str, fault: str) -> str:
    if fault == "truncated":
        # the connection ended inside the tag of an entry that nobody will ever see
        return text.partition("</channel>")[0] + "<ite"
    return text.replace(_XML, _XML + _DOCTYPE, 1) if fault == "entities" else text


def _element(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text)}</{name}>\n" if text else ""


def _rss(feed: OutletFeed, outlet: Outlet, base: str, listed: list[Listed]) -> str:
    head = (
        _element("title", outlet.name)
        + _element("link", f"{base}/")
        + _element("description", f"{outlet.name}, {outlet.place}")
    )
    head += _element("language", outlet.language) + "<ttl>15</ttl>\n"
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    entries = "".join(_rss_entry(entry, feed.full_text) for entry in listed)
    return f'{_XML}<rss version="2.0" {spaces}>\n<channel>\n{head}{entries}</channel>\n</rss>\n'


def _rss_entry(entry: Listed, full_text: bool) -> str:
    story = entry.story
    parts = (
        _element("title", story.title),
        _element("link", entry.link),
        # never a link: it holds for the entry without one, too
        _element("guid", entry.guid, ' isPermaLink="false"'),
        _element("pubDate", story.feed_date or (format_datetime(story.published) if story.published else "")),
        _element("dc:creator", story.byline),
        _element("category", story.section),
        _element("description", story.teaser),
        _element("content:encoded", paragraphs_html(story)) if full_text else "",
    )
    return f"<item>\n{''.join(parts)}</item>\n"


def _rdf(feed: OutletFeed, outlet: Outlet, base: str, listed: list[Listed]) -> str:
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    order = "".join(f'<rdf:li rdf:resource="{escape(entry.link)}"/>' for entry in listed)
    head = _element("title", outlet.name) + _element("link", f"{base}/") + _element("description", outlet.place)
    head += _element("dc:language", outlet.language) + f"<items><rdf:Seq>{order}</rdf:Seq></items>\n"
    entries = "".join(_rdf_entry(entry) for entry in listed)
    return f'{_XML}<rdf:RDF {spaces}>\n<channel rdf:about="{base}{feed.path}">\n{head}</channel>\n{entries}</rdf:RDF>\n'


def _rdf_entry(entry: Listed) -> str:
    story = entry.story
    parts = (
        _element("title", story.title),
        _element("link", entry.link),
        _element("dc:date", _iso(story.published)),
        _element("dc:creator", story.byline),
        _element("dc:subject", story.section),
        _element("description", story.teaser),
    )
    return f'<item rdf:about="{escape(entry.link)}">\n{"".join(parts)}</item>\n'


def _atom(feed: OutletFeed, outlet: Outlet, base: str, listed: list[Listed]) -> str:
    newest = max(entry.changed for entry in listed if entry.changed)
    head = (
        _element("title", outlet.name)
        + _element("id", f"tag:{outlet.key}.example,2021:feed")
        + _element("updated", _iso(newest))
    )
    head += f'<link rel="self" href="{base}{feed.path}"/>\n<link href="{base}/"/>\n'
    entries = "".join(_atom_entry(entry) for entry in listed)
    return f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n{head}{entries}</feed>\n'


def _atom_entry(entry: Listed) -> str:
    story = entry.story
    parts = (
        _element("title", story.title),
        _element("id", entry.guid),
        f'<link href="{escape(entry.link)}"/>\n',
        _element("published", _iso(story.published)),
        _element("updated", _iso(entry.changed)),
        f"<author>{_element('name', story.byline)}</author>\n" if story.byline else "",
        f'<category term="{escape(story.section)}"/>\n',
        _element("summary", story.teaser),
    )
    return f"<entry>\n{''.join(parts)}</entry>\n"


def _json(feed: OutletFeed, outlet: Outlet, base: str, listed: list[Listed]) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "language": outlet.language,
        "home_page_url": f"{base}/",
        "feed_url": base + feed.path,
        "items": [_json_entry(entry) for entry in listed],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _json_entry(entry: Listed) -> dict[str, object]:
    story = entry.story
    stated: dict[str, object] = {
        "id": entry.guid,
        "url": entry.link,
        "title": story.title,
        "summary": story.teaser,
        "date_published": _iso(story.published),
        "authors": [{"name": story.byline}] if story.byline else [],
        "tags": [story.section],
        "language": story.language,
    }
    return {name: value for name, value in stated.items() if value}


def _iso(date: datetime | None) -> str:
    return date.isoformat() if date else ""


_WRITERS = {"rss": _rss, "rdf": _rdf, "atom": _atom, "json": _json}

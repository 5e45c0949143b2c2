"""A feed's bytes in, what it states of itself and its entries out: feedparser for RSS and Atom, others by hand."""

import io
from datetime import datetime
from typing import Any, NamedTuple

import feedparser

from transforms.errors import ParseError
from transforms.fetch.json_feed import looks_like_json, read_json_feed
from transforms.fetch.prescreen import inflate, screen_feed
from transforms.fetch.sitemap import looks_like_sitemap, read_index, read_sitemap
from transforms.fetch.statement import Statement

# what the first bytes of accented letters and of punctuation become, read as Latin-1: Â, Ã, â
_MISREAD = (b"\xc3\x82", b"\xc3\x83", b"\xc3\xa2")
_DAY = 86_400
_PERIODS = {"hourly": 3_600, "daily": _DAY, "weekly": 7 * _DAY, "monthly": 30 * _DAY, "yearly": 365 * _DAY}


class FeedDocument(NamedTuple):
    """A feed in its own words."""

    title: str
    language: str
    statements: list[Statement]
    # of a sitemap index: URLs of the documents that hold the entries, newest first
    parts: tuple[str, ...] | None = None
    # words of ENTRY_FLAGS that hold for all of them
    flags: tuple[str, ...] = ()
    # seconds for which it asks to be left alone, 0 for none
    ttl_s: int = 0


def read_feed(body: bytes, charset: str, url: str, now: datetime) -> FeedDocument:
    """Read RSS 0.9x to 2.0, RDF, Atom, JSON Feed, or a news sitemap. Raises ParseError where the bytes are no feed.

    A feed that is not well-formed is not refused for that: what can be read of it is read.
    """
    body = inflate(body)
    if looks_like_json(body):
        return FeedDocument(*read_json_feed(body))
    screened, flags = screen_feed(body, charset)
    if looks_like_sitemap(screened):
        parts = read_index(screened, url, now)
        if parts is not None:
            return FeedDocument("", "", [], parts=tuple(parts))
        return FeedDocument(*read_sitemap(screened), flags=flags)
    # mark-up is cleaned later, where it is kept: feedparser's own cleaning triples the time of a full-text feed
    # and it is not told the feed's URL, with which it would make a link of every GUID; xml:base it heeds all the same
    document = _parsed(screened)
    if not document.get("version") and not document.entries:
        head = screened[:2_000].lower()
        web_page = b"<html" in head or b"<!doctype html" in head
        raise ParseError("not_a_feed_html" if web_page else "not_a_feed", document.feed.get("title", "")[:200])
    about = document.feed
    # searched for each text: only where there is something to find
    searched = screened if any(letter in screened for letter in _MISREAD) else b""
    return FeedDocument(
        about.get("title", ""),
        about.get("language", ""),
        [_statement(entry, searched) for entry in document.entries],
        flags=flags,
        ttl_s=_ttl(about),
    )


def _parsed(screened: bytes) -> Any:
    try:
        return feedparser.parse(io.BytesIO(screened), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # what feedparser raises on garbage is a bug of its own, of any type
        raise ParseError("parser_failed", f"{type(error).__name__}: {error}"[:200]) from error


def _ttl(about: Any) -> int:
    """Seconds for which a feed asks to be left alone: RSS's ttl in minutes, else the syndication module's period."""
    stated = about.get("ttl") or ""
    if stated.isascii() and stated.isdigit():
        return min(int(stated[:9]) * 60, _DAY)
    period = _PERIODS.get((about.get("sy_updateperiod") or "").strip().lower(), 0)
    times = about.get("sy_updatefrequency") or "1"
    return min(period // max(1, int(times[:9])), _DAY) if times.isascii() and times.isdigit() else min(period, _DAY)


def _statement(entry: Any, screened: bytes) -> Statement:
    """An entry of feedparser's in our own form; `screened` is what it was read from, b"" where nothing was mended."""
    updated = entry["updated"] if "updated" in entry else ""  # noqa: SIM401  `get` would give `published` instead
    contents = [content.get("value") or "" for content in entry.get("content", ())]
    return Statement(
        link=entry.get("feedburner_origlink") or _link(entry),
        guid=entry.get("id") or "",
        title=entry.get("title") or "",
        summary=entry.get("summary") or "",
        content_html=max(contents, key=len, default=""),
        authors=_authors(entry),
        tags=tuple(tag["term"] for tag in entry.get("tags", ()) if tag.get("term")),
        published=entry.get("published") or updated or "",
        updated=updated or "",
        mended=any(_is_mended(entry.get(name) or "", screened) for name in ("title", "summary")),
        has_enclosure=bool(entry.get("enclosures")),
    )


def _is_mended(text: str, screened: bytes) -> bool:
    """Whether feedparser took a text for UTF-8 that had been read as Latin-1, and read it again."""
    if text.isascii():
        return False
    stated = text.encode("utf-8")
    return stated not in screened and stated.decode("latin-1").encode("utf-8") in screened


def _link(entry: Any) -> str:
    """The entry's link; feedparser takes a GUID for one even where it is no URL."""
    link = entry.get("link") or ""
    is_guid = entry.get("guidislink") and link == entry.get("id") and ":" not in link
    return "" if is_guid else link


def _authors(entry: Any) -> tuple[str, ...]:
    named = tuple(author["name"] for author in entry.get("authors", ()) if author.get("name"))
    return named or ((entry["author"],) if entry.get("author") else ())

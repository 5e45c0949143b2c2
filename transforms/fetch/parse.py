"""A feed's bytes in, entries out. Pure, and run in a killable process, because the bytes are a stranger's."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace

from schemas.dating import Dating
from schemas.entry import Entry, Refusal
from schemas.feed import Feed
from schemas.parsed_feed import ParsedFeed
from schemas.slot import Slot
from transforms.dates import read_date
from transforms.errors import ParseError, RejectError
from transforms.fetch.flags import MAX_CONTENT, MAX_SUMMARY, MAX_TITLE, entry_flags
from transforms.fetch.read import read_feed
from transforms.fetch.statement import Statement
from transforms.fetch.text import plain_text
from transforms.urls import absolute_url, canonical_url, without_secrets

MAX_ENTRIES = 1_000
_MAX_GUID = 2_000
# from these lengths on, a content element and a description are the article, not its teaser
_FULL_CONTENT, _FULL_DESCRIPTION = 600, 1_500
_UNTRUSTED_SHARE = 0.05


@dataclass(frozen=True)
class _Context:
    """Where a feed's entries stand."""

    # where the body came from, after redirects
    url: str
    feed: Feed
    slot: Slot
    source_name: str
    # the operator's word for it, else the feed's
    language: str
    # of the feed as a whole
    flags: tuple[str, ...]


def parse_feed(body: bytes, charset: str, url: str, feed: Feed, slot: Slot) -> ParsedFeed:
    """Read a feed body of any kind; `url` is where it came from, after redirects.

    Entries are judged one by one: what cannot be an article is a Refusal, not a failure of the feed. Raises ParseError
    where the bytes are no feed at all.
    """
    document = read_feed(body, charset, url, slot.started_at)
    source = feed.title or plain_text(document.title, 200)
    context = _Context(url, feed, slot, source, feed.language or document.language, document.flags)
    kept = _newest(document.statements, slot)
    guids = [statement.guid for statement in document.statements]
    own = _own_guids(guids)
    judged = [_judge(statement, context) for statement in kept]
    entries = tuple(replace(one, guid_trusted=one.guid in own) for one in judged if isinstance(one, Entry))
    return ParsedFeed(
        title=source,
        entries=entries,
        refusals=tuple(one for one in judged if isinstance(one, Refusal)),
        left_out=len(document.statements) - len(kept),
        newest_entry_at=max((e.published.at for e in entries if e.published.at), default=None),
        guid_trusted=_trusted(guids),
        ttl_s=document.ttl_s,
        parts=document.parts,
    )


def _newest(statements: list[Statement], slot: Slot) -> list[Statement]:
    if len(statements) <= MAX_ENTRIES:
        return statements
    return sorted(statements, key=lambda s: _sort_date(s, slot), reverse=True)[:MAX_ENTRIES]


def _sort_date(statement: Statement, slot: Slot) -> float:
    at = read_date(statement.published or statement.updated, source="feed", now=slot.started_at).at
    return at.timestamp() if at else 0.0


def _judge(statement: Statement, context: _Context) -> Entry | Refusal:
    try:
        if not statement.link.strip():
            raise ParseError("no_article_link" if statement.has_enclosure else "no_link", statement.title[:200])
        link = absolute_url(statement.link, context.url)
        identity = canonical_url(link)
    except RejectError as error:
        return _refusal(statement, context, error)
    return _entry(statement, context, link, identity)


def _refusal(statement: Statement, context: _Context, error: RejectError) -> Refusal:
    stated = statement.link.strip() or statement.guid or statement.title or statement.summary
    return Refusal(
        article_id=digest(f"{context.feed.url}\n{stated}"),
        url=without_secrets(statement.link.strip())[:500] if error.reason != "bad_url" else "",
        feed_url=context.feed.url,
        title=plain_text(statement.title, MAX_TITLE),
        reason=error.reason,
        detail=error.detail,
        run_id=context.slot.run_id,
        first_seen_at=context.slot.started_at,
    )


def _entry(statement: Statement, context: _Context, link: str, identity: str) -> Entry:
    entry = Entry(
        article_id=digest(identity),
        url=link,
        feed_url=context.feed.url,
        source_name=context.source_name,
        guid=statement.guid.strip()[:_MAX_GUID],
        title=plain_text(statement.title, MAX_TITLE),
        summary=plain_text(statement.summary, MAX_SUMMARY),
        content_html=_full_text(statement, context.feed)[:MAX_CONTENT],
        authors=tuple(name for name in (plain_text(a, 200) for a in statement.authors) if name),
        tags=tuple(tag for tag in (plain_text(t, 100) for t in statement.tags) if tag),
        published=_date(statement.published, context),
        updated=_date(statement.updated, context),
        language=context.language,
        entry_sha256="",
        run_id=context.slot.run_id,
        first_seen_at=context.slot.started_at,
    )
    flags = context.flags + entry_flags(entry, statement)
    return replace(entry, entry_sha256=_stated(entry, statement), flags=flags)


def _full_text(statement: Statement, feed: Feed) -> str:
    if feed.full_text:  # by the operator's word, however short
        return statement.content_html or statement.summary
    if len(statement.content_html) >= max(_FULL_CONTENT, len(statement.summary)):
        return statement.content_html
    return statement.summary if len(statement.summary) >= _FULL_DESCRIPTION else ""


def _date(raw: str, context: _Context) -> Dating:
    return read_date(raw, source="feed", now=context.slot.started_at, language=context.language)


def _stated(entry: Entry, statement: Statement) -> str:
    """Hash of what a reader of the feed would notice as an edit."""
    parts = (entry.title, entry.summary, statement.content_html, entry.url, statement.updated)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def digest(identity: str) -> str:
    """An article_id: 128 bits of SHA-256 in hex.

    >>> len(digest("http://e.org/1"))
    32
    """
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:32]


def _own_guids(guids: list[str]) -> set[str]:
    """The GUIDs that belong to one entry alone, where the feed's can be trusted."""
    times = Counter(guid.strip()[:_MAX_GUID] for guid in guids)
    return {guid for guid, count in times.items() if guid and count == 1} if _trusted(guids) else set()


def _trusted(guids: list[str]) -> bool:
    """Whether GUIDs identify entries: at most 5 % are missing or repeated."""
    repeated = sum(count - 1 for guid, count in Counter(guids).items() if guid)
    return bool(guids) and guids.count("") + repeated <= _UNTRUSTED_SHARE * len(guids)

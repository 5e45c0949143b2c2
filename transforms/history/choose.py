"""What feeds list and what is published in; what is to be fetched out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from schemas.entry import Entry, Known, Refusal
from transforms.dead_letters import from_payload
from transforms.history.known import Failure, is_due
from transforms.urls import host_of


class FeedCounts(NamedTuple):
    """How many of a feed's entries are new, and how many are known with another statement."""

    new: int = 0
    changed: int = 0


@dataclass
class Choice:
    """Every entry of a run, once: to be fetched, refused, or seen already."""

    entries: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    seen: int = 0

    def counts(self) -> dict[str, FeedCounts]:
        """New and changed entries by feed; tries of earlier failures are neither."""
        listed = [entry for entry in self.entries if not entry.retried]
        new = Counter(entry.feed_url for entry in listed if entry.known is None)
        changed = Counter(entry.feed_url for entry in listed if entry.known is not None)
        return {feed: FeedCounts(new[feed], changed[feed]) for feed in new | changed}


def choose_entries(
    listed: Iterable[Entry | Refusal], known: Mapping[str, Known], failures: Mapping[str, Failure], now: datetime
) -> Choice:
    """Tell new and changed entries from those seen, by what is published of them.

    An id listed twice is taken once; the others count as seen. The choice does not depend on the order of `listed`.
    """
    groups: defaultdict[str, list[Entry | Refusal]] = defaultdict(list)
    for one in listed:
        groups[one.article_id].append(one)
    choice = Choice()
    for article_id in sorted(groups):
        group = groups[article_id]
        _place(choice, _first(group, known.get(article_id)), known.get(article_id), failures.get(article_id), now)
        choice.seen += len(group) - 1
    return choice


def _first(group: list[Entry | Refusal], known: Known | None) -> Entry | Refusal:
    """Of several statements the one to go by, whatever their order."""
    return min(group, key=lambda one: _rank(one, known.feed_url if known else ""))


def _rank(one: Entry | Refusal, published_feed: str) -> tuple[bool, bool, bool, bool, str]:
    """First the feed already published, an entry before a refusal, a listing before a retry, the article's own site."""
    retry = isinstance(one, Entry) and one.retried
    elsewhere = host_of(one.feed_url) != host_of(one.url)
    return one.feed_url != published_feed, isinstance(one, Refusal), retry, elsewhere, one.feed_url


def _place(choice: Choice, one: Entry | Refusal, known: Known | None, failure: Failure | None, now: datetime) -> None:
    if isinstance(one, Refusal):
        if known or failure:
            choice.seen += 1
        else:
            choice.refusals.append(one)
        return
    entry = _fetchable(one, known, failure, now)
    if entry is None:
        choice.seen += 1
    else:
        choice.entries.append(entry)


def _fetchable(entry: Entry, known: Known | None, failure: Failure | None, now: datetime) -> Entry | None:
    """The entry with what is known of it where its page is to be fetched, else None."""
    if known and (entry.feed_url != known.feed_url or entry.entry_sha256 == known.entry_sha256):
        return None
    if known and failure and not _same_statement(entry, failure):
        failure = None  # another edit than the one that failed
    if failure is None:
        return replace(entry, known=known)
    if not is_due(failure, now):
        return None
    first = from_payload(failure.payload).first_seen_at if failure.payload else entry.first_seen_at
    return replace(entry, known=known, attempt=failure.attempt, retried=True, first_seen_at=first)


def _same_statement(entry: Entry, failure: Failure) -> bool:
    return bool(failure.payload) and from_payload(failure.payload).entry_sha256 == entry.entry_sha256

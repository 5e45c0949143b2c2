"""Makers of records for tests: a valid one of each kind, changed where a test cares."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from schemas.article import Article
from schemas.dating import Dating
from schemas.entry import Entry, Known
from schemas.feed import Feed
from schemas.slot import Slot

NOW = datetime(2026, 11, 24, 17, tzinfo=timezone.utc)
SLOT = Slot("20261124T170000Z-3f9c2a1b", NOW)
NEXT_SLOT = Slot("20261124T180000Z-0123abcd", NOW + timedelta(hours=1))
FEED = Feed("http://news.example/feed.xml", "Example News")


# a site of one's own may be polled as often and as fast as one likes
OWN_SITE = ("--allow_private_hosts", "127.0.0.1", "--min_poll", "0", "--host_delay", "0.01")


def digest(text: str) -> str:
    """A stand-in for an id: 32 hex digits of a hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def entry(url: str = "http://news.example/1", **changes: Any) -> Entry:
    """An entry as a feed states it."""
    made = Entry(
        article_id=digest(url),
        url=url,
        feed_url=FEED.url,
        source_name="Example News",
        guid=url,
        title="Leaders meet",
        summary="They met.",
        content_html="",
        authors=("Ada Pen",),
        tags=("world",),
        published=Dating(NOW - timedelta(hours=2), "Tue, 24 Nov 2026 15:00:00 GMT", "feed", "second"),
        updated=Dating(),
        language="en",
        entry_sha256=digest(url + "stated"),
        run_id=SLOT.run_id,
        first_seen_at=SLOT.started_at,
    )
    return replace(made, **changes)


def article(text: str, url: str = "http://news.example/1", slot: Slot = SLOT, **changes: Any) -> Article:
    """An article with a body."""
    made = Article(
        article_id=digest(url),
        url=url,
        canonical_url="",
        image_url="",
        guid=url,
        feed_url=FEED.url,
        source_domain="news.example",
        source_name="Example News",
        title="Leaders meet",
        body_text=text,
        summary="",
        byline="",
        dateline_text="",
        dateline_place="",
        authors=(),
        authors_raw="",
        agencies=(),
        publisher_tags=(),
        section="",
        published_at=slot.started_at - timedelta(hours=2),
        modified_at=None,
        first_seen_at=slot.started_at,
        fetched_at=slot.started_at,
        published_raw="",
        published_source="feed",
        published_precision="second",
        published_flags=(),
        modified_raw="",
        modified_source="",
        language="en",
        language_source="text",
        language_confidence=0.99,
        paywalled=False,
        entry_flags=(),
        page_flags=(),
        word_count=len(text.split()),
        http_status=200,
        revision_no=1,
        entry_sha256=digest(url + "stated"),
        content_sha256=hashlib.sha256(text.encode()).hexdigest(),
        extractor="trafilatura-fast",
        run_id=slot.run_id,
        known=None,
    )
    return replace(made, **changes)


def known(**changes: Any) -> Known:
    """A published row, as far as later runs look at it."""
    made = Known(
        FEED.url,
        digest("http://news.example/1stated"),
        "c" * 64,
        "Leaders meet",
        1,
        "k" * 32,
        None,
        None,
        NOW,
        SLOT.run_id,
    )
    return replace(made, **changes)


def prose(seed: int, sentences: int) -> str:
    """Made-up prose: sentences of invented words that no two seeds share."""
    import random

    rnd = random.Random(seed)
    syllables = [
        "ka",
        "lo",
        "mi",
        "ner",
        "sto",
        "va",
        "pel",
        "dri",
        "un",
        "ta",
        "ro",
        "sel",
        "bo",
        "gri",
        "fen",
        "u",
        "la",
        "mor",
        "ti",
        "ges",
    ]

    def word() -> str:
        return "".join(rnd.choice(syllables) for _ in range(rnd.randint(2, 4)))

    vocabulary = [word() for _ in range(400)]
    made = (" ".join(rnd.choice(vocabulary) for _ in range(rnd.randint(9, 17))) for _ in range(sentences))
    return " ".join(sentence.capitalize() + "." for sentence in made)

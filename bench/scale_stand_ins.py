"""Stand-ins for the three transforms that need a network or pages: polls give entries out of nothing, pages are not
fetched, and an article is put together from made-up text."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

import apache_beam as beam
from apache_beam import pvalue

from bench.scale_articles import text_of
from schemas.article import Article, Extraction
from schemas.dating import Dating
from schemas.entry import Entry
from schemas.feed import Poll
from schemas.feed_run import FeedRun
from schemas.page import Page
from transforms.dead_letters import entry_letter
from transforms.errors import FetchError
from transforms.extract.article import assemble
from transforms.extract.transform import ExtractedArticles
from transforms.fetch.poll import blank_run
from transforms.fetch.transform import FetchedFeeds, FetchedPages
from transforms.published import columns_of, published_files
from transforms.sandbox import SandboxSettings
from transforms.shell.tallies import DEAD, TALLIES, tally
from transforms.steps import Step, walk
from transforms.store.open import store_of

# one page in so many cannot be had
_FAILS = 50
# outlets write about what happened in the hours before
_AGE = timedelta(hours=2)


@dataclass(frozen=True)
class Load:
    """What a slot is made of."""

    # new articles, each listed by a feed of its own
    articles: int
    # entries a feed lists: the new one, and others that are published already
    listed: int = 1
    seed: int = 1
    # where those others are published
    output: str = ""


class StandIn:
    """Takes what the graph gives a transform, and makes the stand-in in its place."""

    def __init__(self, kind: Any, load: Load) -> None:
        self._kind, self._load = kind, load

    def __call__(self, *given: Any) -> Any:
        """The stand-in."""
        return self._kind(self._load, *given)


class Polls(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Polls in; a FeedRun each and what the feed lists out, in place of FetchFeeds."""

    def __init__(self, load: Load, *_: Any) -> None:
        super().__init__()
        self._load = load

    def expand(self, polls: beam.PCollection) -> Any:
        """One ParDo."""
        polled = polls | beam.ParDo(_polled, self._load).with_outputs("runs", DEAD, TALLIES, main="entries")
        return FetchedFeeds(polled.entries, polled.runs, polled[DEAD], polled[TALLIES])


class Pages(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Entries in; the same, and a dead letter for every fiftieth, out, in place of FetchPages."""

    def __init__(self, *_: Any) -> None:
        super().__init__()

    def expand(self, entries: beam.PCollection) -> Any:
        """One ParDo."""
        fetched = entries | beam.ParDo(_fetched).with_outputs(DEAD, TALLIES, main="pages")
        return FetchedPages(fetched.pages, fetched[DEAD], fetched[TALLIES])


class Articles(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Entries in, articles of made-up text out, in place of ExtractArticles."""

    def __init__(self, load: Load, _sandbox: SandboxSettings, then: tuple[Step, ...]) -> None:
        super().__init__()
        self._load, self._then = load, then

    def expand(self, pages: beam.PCollection) -> Any:
        """One ParDo."""
        made = pages | beam.ParDo(_extracted, self._load, self._then).with_outputs(DEAD, TALLIES, main="articles")
        return ExtractedArticles(made.articles, made[DEAD], made[TALLIES])


def _polled(poll: Poll, load: Load) -> Iterator[Any]:
    entries = entries_of(poll, load)
    yield from entries
    yield pvalue.TaggedOutput("runs", run_of(poll, load))
    yield tally(poll.slot.run_id, "fetch", "feeds_ok")
    yield tally(poll.slot.run_id, "fetch", "entries", len(entries))


def _fetched(entry: Entry) -> Iterator[Any]:
    if _number(entry) % _FAILS == _FAILS - 1:
        error = FetchError("http_404", f"{entry.url}: not found", 404)
        yield pvalue.TaggedOutput(DEAD, entry_letter(entry, "fetch", error, entry.first_seen_at))
        return
    yield tally(entry.run_id, "fetch", "pages")
    yield entry


def _extracted(entry: Entry, load: Load, then: tuple[Step, ...]) -> Iterator[Any]:
    walked = walk(then, article_of(entry, load))
    for stage, cpu_us in walked.cpu_us.items():
        yield tally(entry.run_id, stage, "cpu_us", cpu_us)
    yield tally(entry.run_id, "extract", "articles")
    yield walked.value


def _number(entry: Entry) -> int:
    """Which article it is; a second try of an older entry gets the first one's text."""
    place = entry.guid.rpartition("-")[2]
    return int(place) if place.isdecimal() else 0


def feed_url(number: int) -> str:
    """The feed that lists the article of that number."""
    return f"http://outlet{number}.example/feed.xml"


def entries_of(poll: Poll, load: Load) -> list[Entry]:
    """What a feed lists: a new entry, and others that are published."""
    number = int(poll.feed.url.removeprefix("http://outlet").partition(".")[0])
    url = f"http://outlet{number}.example/{load.seed}/{number}"
    new = _entry(poll, hashlib.sha256(url.encode()).hexdigest()[:32], url, f"{load.seed}-{number}")
    ids = _published(load.output, load.articles * (load.listed - 1))
    seen = ids[number * (load.listed - 1) : (number + 1) * (load.listed - 1)]
    return [new, *(_entry(poll, known, f"http://outlet{number}.example/{known}", known) for known in seen)]


@lru_cache(maxsize=4)
def _published(output: str, count: int) -> list[str]:
    """So many ids of published articles, or all there are, from the newest files on."""
    store, ids = store_of(output), list[str]()
    for file in published_files(store, "articles"):
        if len(ids) >= count:
            break
        ids += columns_of(store, file, ["article_id"])["article_id"].to_pylist()
    return ids[:count]


def _entry(poll: Poll, article_id: str, url: str, guid: str) -> Entry:
    at = poll.slot.started_at - _AGE
    return Entry(
        article_id=article_id,
        url=url,
        feed_url=poll.feed.url,
        source_name=url.split("/")[2],
        guid=guid,
        title=f"What outlet {url.split('/')[2]} has to say",
        summary="A teaser of a line or two, as feeds have it, which says what the article is about and not much else.",
        content_html="",
        authors=("Ada Pen",),
        tags=("world",),
        published=Dating(at, at.isoformat(), "feed", "second"),
        updated=Dating(),
        language="en",
        entry_sha256=hashlib.sha256(url.encode()).hexdigest(),
        run_id=poll.slot.run_id,
        first_seen_at=poll.slot.started_at,
        guid_trusted=True,
    )


def run_of(poll: Poll, load: Load) -> FeedRun:
    """The row of a poll that went well."""
    return replace(
        blank_run(poll, poll.slot.started_at),
        duration_ms=120,
        http_status=200,
        bytes=30_000,
        etag=f'"{poll.slot.run_id}"',
        body_sha256=hashlib.sha256(poll.feed.url.encode()).hexdigest(),
        entries=load.listed,
        guid_trusted=True,
    )


def article_of(entry: Entry, load: Load) -> Article:
    """The article behind an entry, put together as the pipeline does it."""
    text = text_of(_number(entry), load.articles, load.seed)
    found = Extraction(
        title=text.title,
        body_text="\n".join(text.paragraphs),
        summary="",
        byline="",
        dateline_text="",
        dateline_place="",
        authors=(),
        authors_raw="",
        agencies=(),
        publisher_tags=(),
        section="",
        site_name="",
        canonical_url=entry.url,
        image_url="",
        published=Dating(),
        modified=Dating(),
        language="en",
        language_source="text",
        language_confidence=0.99,
        paywalled=False,
        page_flags=(),
        extractor="blocks",
    )
    return assemble(Page(entry, entry.url, 200, "utf-8", b"", entry.first_seen_at), found)

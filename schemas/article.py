"""Articles: the text behind an entry, what de-duplication and tagging say of it, and the row that is published."""

from dataclasses import dataclass
from datetime import datetime

from schemas.dating import Dating
from schemas.entry import Known

# every word `page_flags` may hold, with what it says
PAGE_FLAGS = {
    "short": "the text has fewer than 100 words",
    "list": "most of the text is a list: results, ingredients, a programme",
    "live_blog": "a live blog or ticker, which goes on after it was read",
    "gallery": "mostly pictures with captions",
    "video": "mostly a video, with a short text",
    "paywall_teaser": "only the opening of a text that is not free",
    "downgraded": "a redirect led from https to http",
    "canonical_foreign": "the page names a page of another site as its canonical one, which says nothing here",
    "encoding_guessed": "neither UTF-8, nor what header or markup say: the page's encoding was guessed",
    "truncated": "the text had more than 500,000 characters",
}


@dataclass(frozen=True)
class Agency:
    """A news agency that a text is credited to."""

    # lower-case id: ap, afp, reuters, efe, dpa, …
    agency: str
    # author, source, contributor
    role: str
    # the words that credit it
    evidence: str
    # 0 to 1
    confidence: float


@dataclass(frozen=True)
class Extraction:
    """What one page (or a feed's full text) gives; "" and empty tuples stand for nothing found."""

    title: str
    body_text: str
    summary: str
    byline: str
    dateline_text: str
    dateline_place: str
    authors: tuple[str, ...]
    # the statements they were read from, " | " between them
    authors_raw: str
    agencies: tuple[Agency, ...]
    publisher_tags: tuple[str, ...]
    section: str
    site_name: str
    canonical_url: str
    # absolute, http or https
    image_url: str
    published: Dating
    modified: Dating
    # BCP 47, "und" where nothing tells
    language: str
    # text, page, feed, none
    language_source: str
    language_confidence: float
    paywalled: bool
    # words of PAGE_FLAGS
    page_flags: tuple[str, ...]
    # which way the body was read: blocks, blocks-trafilatura, trafilatura-fast, trafilatura-full, feed
    extractor: str


@dataclass(frozen=True)
class Article:
    """An article before de-duplication and tagging; the fields but `known` are columns (docs/data-dictionary.md)."""

    article_id: str
    url: str
    canonical_url: str
    image_url: str
    guid: str
    feed_url: str
    source_domain: str
    source_name: str
    title: str
    body_text: str
    summary: str
    byline: str
    dateline_text: str
    dateline_place: str
    authors: tuple[str, ...]
    authors_raw: str
    agencies: tuple[Agency, ...]
    publisher_tags: tuple[str, ...]
    section: str
    published_at: datetime
    modified_at: datetime | None
    first_seen_at: datetime
    fetched_at: datetime
    published_raw: str
    published_source: str
    published_precision: str
    published_flags: tuple[str, ...]
    # "" for none
    modified_raw: str
    modified_source: str
    language: str
    language_source: str
    language_confidence: float
    paywalled: bool
    entry_flags: tuple[str, ...]
    page_flags: tuple[str, ...]
    word_count: int
    http_status: int
    revision_no: int
    entry_sha256: str
    content_sha256: str
    extractor: str
    run_id: str
    known: Known | None

    @property
    def edits_nothing(self) -> bool:
        """Whether a fetched edit turns out to be none: title and text are as published."""
        known = self.known
        return known is not None and (known.content_sha256, known.title) == (self.content_sha256, self.title)


@dataclass(frozen=True)
class Mark:
    """What de-duplication says of an article."""

    # the canonical's article_id, its own on the canonical
    cluster_id: str
    # None on the canonical
    duplicate_of: str | None
    # exact, copy, excerpt; None on the canonical
    duplicate_kind: str | None
    # shared anchors over those of the smaller and over those of both, with the nearest partner; None without one
    containment: float | None
    jaccard: float | None
    # published_at minus the canonical's, seconds; None on the canonical
    reprint_lag_seconds: int | None


@dataclass(frozen=True)
class Term:
    """One taxonomy term found in a text: the evidence of a topic."""

    term: str
    # title or body
    field: str
    # first place, in characters of that field
    start: int
    hits: int
    points: float


@dataclass(frozen=True)
class Topic:
    """A topic put on an article."""

    topic: str
    # 0 to 1: s / (s + threshold)
    score: float
    # strongest first
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Sketched:
    """An article with its sketch, the compact form in which copies are found."""

    article: Article
    # transforms/dedup/sketch.py says how it is packed
    sketch: bytes
    shingle_count: int


@dataclass(frozen=True)
class Tagged(Sketched):
    """A sketched article with its topics: all that can be said of it by itself."""

    topics: tuple[Topic, ...]
    # of the taxonomy that chose them
    topics_version: str


@dataclass(frozen=True)
class Marked:
    """An article and what de-duplication says of it: all that a row of `articles/`, `reprints/`, `revisions/` holds."""

    tagged: Tagged
    mark: Mark

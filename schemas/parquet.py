"""The Parquet schemas, written once: every column with its type and its meaning.

The meanings travel in the files (Arrow field metadata, key `description`) and make docs/data-dictionary.md. The
partition key `date` is in the path only, never in the file.
"""

from functools import cache
from typing import NamedTuple

import pyarrow as pa

from schemas.article import PAGE_FLAGS
from schemas.dating import DATE_FLAGS
from schemas.entry import ENTRY_FLAGS

_TIME = pa.timestamp("us", tz="UTC")
_TEXT = pa.string()
_TERM = pa.struct(
    [("term", _TEXT), ("field", _TEXT), ("start", pa.int32()), ("hits", pa.int16()), ("points", pa.float32())]
)
_TOPIC = pa.struct([("topic", _TEXT), ("score", pa.float32()), ("terms", pa.list_(_TERM))])
_AGENCY = pa.struct([("agency", _TEXT), ("role", _TEXT), ("evidence", _TEXT), ("confidence", pa.float32())])


class Column(NamedTuple):
    """One column of a dataset."""

    name: str
    type: pa.DataType
    meaning: str


ARTICLE_COLUMNS = (
    Column("article_id", _TEXT, "Identity of the article: hash of its normalised link; the same in every run."),
    Column("url", _TEXT, "The link as the feed states it, absolute."),
    Column("canonical_url", _TEXT, "What the page calls its canonical URL, normalised; empty where it names none."),
    Column("image_url", _TEXT, "The lead image's address, absolute, http or https; empty where the page names none."),
    Column("guid", _TEXT, "The feed's GUID of the entry; empty where it gives none."),
    Column("feed_url", _TEXT, "The feed that listed the article."),
    Column("source_domain", _TEXT, "Host of the article's URL, without www."),
    Column("source_name", _TEXT, "Name of the outlet: the operator's title for the feed, else the feed's own."),
    Column("title", _TEXT, "Headline: of the feed, else of the page; empty where neither gives one."),
    Column("body_text", _TEXT, "The article's text, a line a block."),
    Column("summary", _TEXT, "Teaser: of the feed, else of the page."),
    Column("byline", _TEXT, "The author line as printed."),
    Column("dateline_text", _TEXT, "The dateline as printed, such as `GENEVA (AFP) —`."),
    Column("dateline_place", _TEXT, "The place in the dateline."),
    Column("authors", pa.list_(_TEXT), "Names of persons; where none is named, of an agency, a desk or the site."),
    Column("authors_raw", _TEXT, "The authors as stated; a vertical bar between several statements."),
    Column("publisher_tags", pa.list_(_TEXT), "The publisher's own keywords."),
    Column("section", _TEXT, "The part of the site that it stands in, as the page names it; empty where it does not."),
    Column("topics", pa.list_(_TOPIC), "Topics by the taxonomy, strongest first, each with the terms that earned it."),
    Column("topics_version", pa.dictionary(pa.int32(), _TEXT), "The taxonomy that chose them: id@version+hash."),
    Column("published_at", _TIME, "When it was published; without a trustworthy date, `first_seen_at`. Never null."),
    Column("modified_at", _TIME, "When it was last edited, where feed or page states so."),
    Column("first_seen_at", _TIME, "Start of the run that first listed it."),
    Column("fetched_at", _TIME, "When its page was fetched."),
    Column("ingested_at", _TIME, "When the row was written."),
    Column("published_raw", _TEXT, "The date as stated."),
    Column("published_source", _TEXT, "Where the date comes from: feed, jsonld, meta, page, or first_seen for none."),
    Column("published_precision", _TEXT, "How exact the statement is: second, minute, day, none."),
    Column("published_flags", pa.list_(_TEXT), "What is odd about the statement: " + ", ".join(DATE_FLAGS) + "."),
    Column("modified_raw", _TEXT, "The date of the last edit as stated; empty for none."),
    Column("modified_source", _TEXT, "Where that date comes from: feed, jsonld, meta; empty for none."),
    Column("language", _TEXT, "Language of the text (BCP 47); `und` where nothing tells."),
    Column("language_source", _TEXT, "What told the language: text, page, feed, none."),
    Column("language_confidence", pa.float32(), "Confidence of the detection, 0 to 1; 0 where it was not detected."),
    Column("agencies", pa.list_(_AGENCY), "Agencies the text is credited to, each with role, evidence and confidence."),
    Column("cluster_id", _TEXT, "The `article_id` of the cluster's canonical; its own on the canonical."),
    Column("duplicate_of", _TEXT, "Null on the canonical, else the canonical's `article_id`."),
    Column(
        "duplicate_kind",
        _TEXT,
        "How it repeats the nearest: exact (equal text), copy, excerpt; null on the canonical.",
    ),
    Column("containment", pa.float32(), "Share of the smaller text found in the nearest partner's; null without one."),
    Column("jaccard", pa.float32(), "What both share over what both hold, with the nearest partner; null without one."),
    Column("reprint_lag_seconds", pa.int64(), "`published_at` minus the canonical's; null on the canonical."),
    Column("revision_no", pa.int32(), "1 at first publication; 2, 3, … in `revisions/`."),
    Column("word_count", pa.int32(), "Words of the text; characters in scripts without blanks."),
    Column("http_status", pa.int32(), "Status of the page's answer; 0 where none came."),
    Column("paywalled", pa.bool_(), "The page says that the text is not free; it may be a teaser."),
    Column("entry_flags", pa.list_(_TEXT), "What is odd about the feed's entry: " + ", ".join(ENTRY_FLAGS) + "."),
    Column("page_flags", pa.list_(_TEXT), "What is odd about the page: " + ", ".join(PAGE_FLAGS) + "."),
    Column("entry_sha256", _TEXT, "Hash of what the feed stated; another value means that the feed edited it."),
    Column("content_sha256", _TEXT, "Hash of the text with white space folded; equal means equal text."),
    Column("raw_uri", _TEXT, "Where the page's bytes are kept; null where they are not."),
    Column(
        "extractor",
        _TEXT,
        "How the text was read: blocks; blocks-trafilatura where trafilatura was asked, too; trafilatura-fast and"
        " trafilatura-full where it had more; or feed for the feed's full text.",
    ),
    Column("pipeline_version", _TEXT, "Version of Dateline that wrote the row."),
    Column("run_id", _TEXT, "The run that wrote the row."),
    Column(
        "sketch", pa.binary(), "Sample of shingles and facts in which copies are found (transforms/dedup/sketch.py)."
    ),
    Column("shingle_count", pa.int32(), "How many shingles the text has."),
    Column("sketch_version", pa.int32(), "Format of `sketch`."),
)

FEED_RUN_COLUMNS = (
    Column("feed_url", _TEXT, "The feed as listed."),
    Column("final_url", _TEXT, "Where redirects led."),
    Column("feed_title", _TEXT, "The operator's title for it, else its own."),
    Column("run_id", _TEXT, "The run."),
    Column("started_at", _TIME, "When the request started."),
    Column("duration_ms", pa.int64(), "From request to entries, with waiting for other requests to the host."),
    Column("outcome", _TEXT, "ok, not_modified, failed, gone."),
    Column("reason", _TEXT, "Why it failed, a reason of the closed list (docs/dead-letters.md); empty otherwise."),
    Column("http_status", pa.int32(), "Status of the answer; 0 where none came."),
    Column("bytes", pa.int64(), "Size of the body after inflating."),
    Column("etag", _TEXT, "Validator, verbatim."),
    Column("last_modified", _TEXT, "Validator, verbatim."),
    Column("body_sha256", _TEXT, "Hash of the newest body."),
    Column("entries", pa.int32(), "Entries listed."),
    Column("entries_new", pa.int32(), "Entries never published before."),
    Column("entries_changed", pa.int32(), "Published entries that the feed now states otherwise."),
    Column("newest_entry_at", _TIME, "The latest date among the entries."),
    Column("next_poll_at", _TIME, "Not due before; null: at the next run."),
    Column("retry_after_at", _TIME, "The server asked to wait until then."),
    Column("consecutive_failures", pa.int32(), "Failures in a row, this one included."),
    Column(
        "failure_weight",
        pa.float32(),
        "The same, each counted by how sure it is to last: 1 a feed that is none or refused, 0.5 not found, 0.25 a"
        " time-out or a busy server.",
    ),
    Column("poll_interval_s", pa.int32(), "Seconds between polls, learned from how often it brings something new."),
    Column("fresh_for_s", pa.int32(), "Seconds for which server and feed ask to be left alone after an answer."),
    Column("moved_to", _TEXT, "Where permanent redirects lead; empty for nowhere. Asked directly after three days."),
    Column("moved_at", _TIME, "When the first of them was seen; null without one."),
    Column("guid_trusted", pa.bool_(), "At most 5 % of the GUIDs are missing or repeated."),
)

DEAD_LETTER_COLUMNS = (
    Column("dead_letter_id", _TEXT, "Identity of the letter."),
    Column("run_id", _TEXT, "The run."),
    Column("occurred_at", _TIME, "When it failed."),
    Column("stage", _TEXT, "fetch or extract."),
    Column("reason", _TEXT, "A word of the closed list (docs/dead-letters.md)."),
    Column("detail", _TEXT, "What was seen, at most 500 characters."),
    Column("url", _TEXT, "What was to be fetched."),
    Column("feed_url", _TEXT, "The feed, or the feed that listed the entry."),
    Column("article_id", _TEXT, "The entry; null where the feed itself failed."),
    Column("http_status", pa.int32(), "Status of the answer; 0 where none came."),
    Column("attempt", pa.int32(), "Which try this was, from 1."),
    Column("final", pa.bool_(), "No later run tries again."),
    Column("next_attempt_at", _TIME, "Tried again from then on; null where final."),
    Column("payload", _TEXT, "The entry as JSON, enough to try again; empty for a feed."),
    Column("pipeline_version", _TEXT, "Version of Dateline that wrote the row."),
)

COLUMNS = {
    "articles": ARTICLE_COLUMNS,
    "reprints": ARTICLE_COLUMNS,
    "revisions": ARTICLE_COLUMNS,
    "feed_runs": FEED_RUN_COLUMNS,
    "dead_letters": DEAD_LETTER_COLUMNS,
}


# in every file's metadata; raised with each change of the columns, which are only ever added: what an older file lacks
# reads as null; version 1 did not state it
SCHEMA_VERSION = 2


@cache
def schema_of(dataset: str) -> pa.Schema:
    """The Arrow schema of a dataset, each field with its meaning under the metadata key `description`.

    >>> schema_of("articles").field("article_id").type
    DataType(string)
    """
    fields = [pa.field(c.name, c.type, metadata={"description": c.meaning}) for c in COLUMNS[dataset]]
    return pa.schema(fields, metadata={"dataset": dataset, "schema_version": str(SCHEMA_VERSION)})

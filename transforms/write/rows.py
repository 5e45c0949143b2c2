"""Records in, rows of a dataset out: which dataset, which partition, which values."""

from datetime import datetime, timezone
from typing import Any, NamedTuple

from schemas.article import Marked, Topic
from schemas.dead_letter import DeadLetter
from schemas.feed_run import FeedRun
from schemas.parquet import COLUMNS
from transforms.version import pipeline_version

# the largest int16
_MOST_HITS = 2**15 - 1

Record = Marked | FeedRun | DeadLetter


class Row(NamedTuple):
    """One row on its way to a file; `values` has the dataset's columns."""

    run_id: str
    dataset: str
    # YYYY-MM-DD, UTC, always out of a parsed date
    date: str
    values: dict[str, Any]


def to_row(record: Record, now: datetime) -> Row:
    """The row of a record; `now` is its `ingested_at`."""
    if isinstance(record, Marked):
        return _article_row(record, now)
    dataset, at = (
        ("feed_runs", record.started_at) if isinstance(record, FeedRun) else ("dead_letters", record.occurred_at)
    )
    values = _shallow(record) | {"pipeline_version": pipeline_version()}
    return Row(record.run_id, dataset, _date(at), _columns(dataset, values))


def _article_row(marked: Marked, now: datetime) -> Row:
    tagged, mark = marked.tagged, marked.mark
    article = tagged.article
    dataset = "revisions" if article.known else "reprints" if mark.duplicate_of else "articles"
    values = _shallow(article) | _shallow(mark)
    values |= {
        "agencies": [_shallow(agency) for agency in article.agencies],
        "topics": [_topic(topic) for topic in tagged.topics],
        "topics_version": tagged.topics_version,
        "sketch": tagged.sketch,
        "shingle_count": tagged.shingle_count,
        "sketch_version": int.from_bytes(tagged.sketch[:2], "little"),
        "ingested_at": now,
        "raw_uri": None,
        "pipeline_version": pipeline_version(),
    }
    return Row(article.run_id, dataset, _date(article.published_at), _columns(dataset, values))


def _topic(topic: Topic) -> dict[str, Any]:
    """A topic's values; hits are counted up to what their column holds, for a page may repeat a word without end."""
    return _shallow(topic) | {"terms": [_shallow(term) | {"hits": min(term.hits, _MOST_HITS)} for term in topic.terms]}


def _shallow(record: Any) -> dict[str, Any]:
    return dict(vars(record))


def _columns(dataset: str, values: dict[str, Any]) -> dict[str, Any]:
    """Just the dataset's columns."""
    return {column.name: values[column.name] for column in COLUMNS[dataset]}


def _date(at: datetime) -> str:
    return at.astimezone(timezone.utc).date().isoformat()

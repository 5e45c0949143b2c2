"""Records become rows: the right dataset, the right partition, every column."""

from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pytest

from schemas.article import Agency, Marked, Term, Topic
from schemas.dead_letter import DeadLetter
from schemas.feed_run import FeedRun
from schemas.parquet import COLUMNS, schema_of
from tests.makers import NOW, SLOT, article, entry, known
from tests.transforms.write.records import COPY, TOPIC, feed_run, marked
from transforms.dead_letters import entry_letter
from transforms.errors import FetchError
from transforms.write.rows import to_row

LETTER = entry_letter(entry(), "fetch", FetchError("timeout"), NOW)
FULL = article(
    "They met.",
    authors=("Ada Pen",),
    agencies=(Agency("afp", "source", "(AFP)", 0.9),),
    publisher_tags=("world",),
    published_flags=("date_only",),
    modified_at=NOW,
)
# null in every row so far, or null where it says that there is nothing
NULLABLE = {"raw_uri", "moved_at"}


@pytest.mark.parametrize(
    ("record", "dataset"),
    [
        (marked(), "articles"),
        (marked(mark=COPY), "reprints"),
        (marked(article("They met.", known=known())), "revisions"),
        (marked(article("They met.", known=known()), COPY), "revisions"),
        (feed_run(), "feed_runs"),
        (LETTER, "dead_letters"),
    ],
    ids=["canonical", "copy", "edit", "edit of a copy", "feed run", "dead letter"],
)
def test_a_record_goes_to_its_dataset(record: Marked | FeedRun | DeadLetter, dataset: str):
    """A canonical is an article, a copy a reprint, an edit of either a revision; runs and letters have their own."""
    row = to_row(record, NOW)

    assert row.dataset == dataset
    assert row.run_id == SLOT.run_id


@pytest.mark.parametrize("record", [marked(FULL, COPY), feed_run(), LETTER], ids=["article", "feed run", "letter"])
def test_every_column_is_filled_and_typed(record: Marked | FeedRun | DeadLetter):
    """A row has just the dataset's columns, in order; Arrow takes them by its types and none is left null."""
    row = to_row(record, NOW)
    table = pa.RecordBatch.from_pylist([row.values], schema=schema_of(row.dataset))

    assert list(row.values) == [column.name for column in COLUMNS[row.dataset]]
    assert {name for name in table.schema.names if table[name].null_count} <= NULLABLE


def test_values_come_through():
    """What the stages found is what the row says."""
    values = to_row(marked(FULL, COPY), NOW).values

    assert (values["agencies"][0]["agency"], values["agencies"][0]["role"]) == ("afp", "source")
    assert [term["term"] for term in values["topics"][0]["terms"]] == [term.term for term in TOPIC.terms]
    assert (values["cluster_id"], values["duplicate_kind"], values["reprint_lag_seconds"]) == ("c" * 32, "copy", 3600)
    assert (values["sketch_version"], values["shingle_count"], values["ingested_at"]) == (3, 7, NOW)


@pytest.mark.parametrize(
    ("at", "date"),
    [
        (datetime(2021, 6, 16, 23, 59, 59, tzinfo=timezone.utc), "2021-06-16"),
        (datetime(2021, 6, 16, 23, 30, tzinfo=timezone(timedelta(hours=-5))), "2021-06-17"),
        (datetime(2021, 6, 17, 1, 0, tzinfo=timezone(timedelta(hours=9))), "2021-06-16"),
    ],
)
def test_the_partition_is_the_utc_day(at: datetime, date: str):
    """The partition of an article is its publication date in UTC, whatever zone the statement was in."""
    assert to_row(marked(article("They met.", published_at=at)), NOW).date == date


def test_a_word_repeated_without_end_does_not_fail_the_run():
    """A page that names a term 100,000 times is counted up to what the column holds."""
    row = to_row(marked(topics=(Topic("war", 0.9, (Term("war", "body", 0, 100_000, 1.0),)),)), NOW)
    table = pa.RecordBatch.from_pylist([row.values], schema=schema_of("articles"))

    assert table["topics"][0].as_py()[0]["terms"][0]["hits"] == 32_767

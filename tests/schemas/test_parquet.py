"""The Parquet schemas are those of the records."""

from dataclasses import fields

import pyarrow as pa
import pytest

from schemas.article import Agency, Article, Mark, Tagged, Term, Topic
from schemas.dead_letter import DeadLetter
from schemas.feed_run import FeedRun
from schemas.parquet import COLUMNS, schema_of


def names(record: type) -> set[str]:
    """The fields of a record."""
    return {field.name for field in fields(record)}


# fields that carry other records, or what earlier runs know
_INNER = {"known", "article"}
# columns that the write stage itself fills
_OWN = {"ingested_at", "raw_uri", "pipeline_version", "sketch_version"}


def test_articles_have_a_column_for_every_field():
    """Each field of an article, its mark, its sketch and its topics is a column, and each other column is known."""
    wanted = (names(Article) | names(Mark) | names(Tagged)) - _INNER

    assert {column.name for column in COLUMNS["articles"]} == wanted | _OWN


@pytest.mark.parametrize(
    ("dataset", "record", "own"),
    [("feed_runs", FeedRun, set()), ("dead_letters", DeadLetter, {"pipeline_version"})],
)
def test_other_datasets_have_a_column_for_every_field(dataset: str, record: type, own: set[str]):
    """Feed runs and dead letters are written field by field."""
    assert {column.name for column in COLUMNS[dataset]} == names(record) | own


@pytest.mark.parametrize(("column", "record"), [("agencies", Agency), ("topics", Topic)])
def test_lists_hold_whole_records(column: str, record: type):
    """Agencies and topics travel with all of their fields, in order."""
    inner = schema_of("articles").field(column).type.value_type

    assert [field.name for field in inner] == [field.name for field in fields(record)]


def test_topics_hold_their_evidence():
    """Each topic holds its terms with all of their fields, in order."""
    terms = schema_of("articles").field("topics").type.value_type.field("terms").type.value_type

    assert [field.name for field in terms] == [field.name for field in fields(Term)]


def test_the_three_article_datasets_share_one_schema():
    """Articles, reprints and revisions can be read as one."""
    assert COLUMNS["articles"] == COLUMNS["reprints"] == COLUMNS["revisions"]


@pytest.mark.parametrize("dataset", COLUMNS)
def test_every_column_is_described_and_none_twice(dataset: str):
    """A column has one name, one sentence and a type that is not null; none is the partition's key."""
    schema = schema_of(dataset)

    assert len(set(schema.names)) == len(schema.names)
    assert "date" not in schema.names
    assert all(field.metadata[b"description"].decode().endswith(".") for field in schema)
    assert not [field.name for field in schema if pa.types.is_null(field.type)]


@pytest.mark.parametrize("dataset", COLUMNS)
def test_times_are_utc_microseconds(dataset: str):
    """Whatever ends in _at is a moment, and every moment is in UTC."""
    for field in schema_of(dataset):
        assert (field.type == pa.timestamp("us", tz="UTC")) == field.name.endswith("_at"), field.name

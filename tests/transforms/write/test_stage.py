"""Rows become one Parquet file a partition, laid out for those who read it."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.article import Term, Topic
from schemas.parquet import COLUMNS, schema_of
from tests.makers import NOW, SLOT, article
from tests.transforms.write import records
from tests.transforms.write.records import feed_run, marked
from transforms.manifest import ManifestFile
from transforms.published import published_files
from transforms.store.base import StoreError
from transforms.store.open import store_of
from transforms.write.rows import to_row
from transforms.write.stage import stage_file
from transforms.write.table import encode

DATE = "2026-11-24"


def part(*urls: str, version: str = "news@1+abc", hours: int = 2) -> bytes:
    """Articles of one bundle, encoded."""
    made = (article("They met.", url, published_at=NOW - timedelta(hours=hours)) for url in urls)
    return encode("articles", [to_row(marked(one), NOW).values | {"topics_version": version} for one in made])


def written(output: Path, file: ManifestFile) -> Path:
    """Where the unpublished file lies."""
    return output / file.staged


def test_the_file_is_what_its_entry_says(tmp_path: Path):
    """Path, rows, bytes and hash of the entry are those of the file; it is no reader's business yet."""
    file = stage_file(
        store_of(tmp_path), SLOT.run_id, "articles", DATE, [part("http://a.example/1", "http://a.example/2")]
    )
    data = written(tmp_path, file).read_bytes()

    assert file.path == f"articles/date={DATE}/part-{SLOT.run_id}-000.parquet"
    assert (file.rows, file.bytes, file.sha256) == (2, len(data), hashlib.sha256(data).hexdigest())
    assert not published_files(store_of(tmp_path), "articles")


def test_parts_of_one_partition_meet_in_one_file(tmp_path: Path):
    """Bundles with taxonomies of their own are put together, sorted by time, each row with its own values."""
    parts = [
        part("http://a.example/1", version="x", hours=1),
        part("http://a.example/2", "http://a.example/3", version="y", hours=3),
        part("http://a.example/4", version="x", hours=2),
    ]
    file = stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, parts)
    rows = pq.ParquetFile(written(tmp_path, file)).read(["url", "topics_version"]).to_pylist()

    assert [row["url"][-1] for row in rows] == ["2", "3", "4", "1"]
    assert [row["topics_version"] for row in rows] == ["y", "y", "x", "x"]


@pytest.mark.parametrize("dataset", ["articles", "feed_runs"])
def test_the_date_is_in_the_path_only(tmp_path: Path, dataset: str):
    """The file has the dataset's schema with its descriptions, and no column of the partition's key."""
    row = to_row(marked() if dataset == "articles" else feed_run(), NOW)
    file = stage_file(store_of(tmp_path), SLOT.run_id, dataset, row.date, [encode(dataset, [row.values])])
    schema = pq.read_schema(written(tmp_path, file))

    assert schema.names == [column.name for column in COLUMNS[dataset]]
    assert schema.remove_metadata() == schema_of(dataset).remove_metadata()
    assert [schema.field(c.name).metadata[b"description"].decode() for c in COLUMNS[dataset]] == [
        column.meaning for column in COLUMNS[dataset]
    ]


def test_columns_are_laid_out_for_readers(tmp_path: Path):
    """All is zstd; what repeats has a dictionary, also in lists; what is searched has statistics and an index."""
    urls = [f"http://a.example/{n}" for n in range(60)]
    file = stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, [part(*urls)])
    group = pq.read_metadata(written(tmp_path, file)).row_group(0)
    columns = {(c := group.column(i)).path_in_schema: c for i in range(group.num_columns)}

    assert {column.compression for column in columns.values()} == {"ZSTD"}
    for name in ("feed_url", "cluster_id", "topics.list.element.topic", "topics.list.element.terms.list.element.term"):
        assert columns[name].has_dictionary_page, name
    for name in ("article_id", "body_text", "sketch"):
        assert not columns[name].has_dictionary_page, name
    for name in ("published_at", "article_id", "url", "source_domain"):
        assert columns[name].is_stats_set, name
        assert columns[name].has_column_index, name
    assert not columns["body_text"].is_stats_set


def test_a_large_partition_has_several_row_groups(tmp_path: Path):
    """No row group has more than 20,000 rows, so a reader of few rows reads little."""
    values = to_row(feed_run(), NOW).values
    batch = encode("feed_runs", [values] * 25_000)
    file = stage_file(store_of(tmp_path), SLOT.run_id, "feed_runs", DATE, [batch, batch])
    metadata = pq.read_metadata(written(tmp_path, file))

    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [20_000, 20_000, 10_000]


@pytest.mark.parametrize("date", ["../../../etc", "2026-11-24/../..", "", "2026-13-01", "None"])
def test_a_partition_cannot_lead_outside_the_output(tmp_path: Path, date: str):
    """What is no date makes no folder."""
    with pytest.raises(ValueError, match=r"does not match|unconverted data"):
        stage_file(store_of(tmp_path / "output"), SLOT.run_id, "articles", date, [part("http://a.example/1")])

    assert not list(tmp_path.iterdir())


def test_each_try_has_a_place_of_its_own(tmp_path: Path):
    """A bundle that a runner tries again, or twice at once, spoils no file: the manifest takes one of them."""
    tries = [stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, [part("http://a.example/1")]) for _ in "12"]

    assert len({file.staged for file in tries}) == 2
    assert len({(file.path, file.rows) for file in tries}) == 1
    assert all(written(tmp_path, file).exists() for file in tries)


def test_equal_rows_give_equal_files(tmp_path: Path):
    """Neither the order of rows nor how they were bundled is to be seen in the file."""
    urls = [f"http://a.example/{n}" for n in range(9)]
    one = stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, [part(*urls)])
    other = stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, [part(*urls[5:]), part(*urls[4::-1])])

    assert one.sha256 == other.sha256


def test_row_groups_are_bounded_by_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Long texts make groups of fewer rows, so that a reader of one group needs little memory; order is kept."""
    monkeypatch.setattr("transforms.write.table._MOST_BYTES", 4_000)
    urls = [f"http://a.example/{n:03d}" for n in range(40)]
    file = stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, [part(*urls)])
    metadata = pq.read_metadata(written(tmp_path, file))
    groups = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]

    assert sum(groups) == 40
    assert len(groups) > 4
    assert max(groups) < 10


def test_a_full_disk_is_a_declared_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A disk that takes no more ends the run with one line that says so."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="cannot be written: No space left on device; nothing is lost"):
        records.staged(tmp_path, records.rows_of(["http://a.example/1"]))


def test_lone_surrogates_are_replaced(tmp_path: Path):
    """Text that is no Unicode, which Arrow would refuse, is written with question marks, also inside of lists."""
    broken = replace(article(""), body_text="Caf\udce9 and 😀", title="\ud83d", authors=("Ada \udcff",))
    row = to_row(marked(broken, topics=(Topic("a\udc00", 0.5, (Term("b\udc00", "body", 0, 1, 1.0),)),)), NOW)
    file = stage_file(store_of(tmp_path), SLOT.run_id, "articles", DATE, [encode("articles", [row.values])])
    (found,) = pq.ParquetFile(written(tmp_path, file)).read().to_pylist()

    assert (found["body_text"], found["title"], found["authors"]) == ("Caf? and 😀", "?", ["Ada ?"])
    assert found["topics"][0]["terms"][0]["term"] == "b?"

"""Later runs read what earlier ones published, and no more of it than they ask for."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tests.makers import NEXT_SLOT, SLOT
from tests.transforms.write.records import commit_files, rows_of, staged
from transforms.published import columns_of, published_files, rows_with
from transforms.store.open import store_of

URLS = [f"http://news.example/{n}" for n in range(4)]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Two runs with two articles each, one of them in both."""
    for slot, urls in ((SLOT, URLS[:2]), (NEXT_SLOT, URLS[1:3])):
        commit_files(tmp_path, slot.run_id, staged(tmp_path, rows_of(urls, slot.run_id)))
    return tmp_path


def wanted(*urls: str) -> pa.Array:
    """Values to look for."""
    return pa.array(urls, pa.string())


def found(output: Path, urls: pa.Array, **options) -> list[tuple[str, str]]:
    """Run and URL of the rows found."""
    return [
        (file.run_id, row["url"])
        for file, table in rows_with(store_of(output), ("articles", "reprints"), "url", urls, ["url"], **options)
        for row in table.to_pylist()
    ]


def test_rows_are_found_newest_run_first(output: Path):
    """Every row with a wanted key comes, those of the newest run first; rows beside them do not."""
    assert found(output, wanted(URLS[1])) == [(NEXT_SLOT.run_id, URLS[1]), (SLOT.run_id, URLS[1])]
    assert found(output, wanted(URLS[3], "http://elsewhere.example/")) == []


def test_nothing_wanted_reads_nothing(tmp_path: Path):
    """Without a wanted key no file is opened, not even one that cannot be read."""
    broken = tmp_path / "articles" / "date=2026-11-24" / f"part-{SLOT.run_id}-000.parquet"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"PAR1")

    assert found(tmp_path, pa.array([], pa.string())) == []
    with pytest.raises(pa.ArrowInvalid):
        found(tmp_path, wanted(URLS[0]))


def test_older_runs_may_be_left_out(output: Path):
    """Only files of runs that started at the given time or later are read."""
    assert found(output, wanted(URLS[1]), since=SLOT.started_at + timedelta(minutes=1)) == [(NEXT_SLOT.run_id, URLS[1])]


def test_columns_are_read_without_the_partition(output: Path):
    """A file gives just the columns asked for; the date of its path is not among them."""
    file = published_files(store_of(output), "articles")[0]

    assert columns_of(store_of(output), file, ["url", "title"]).column_names == ["url", "title"]

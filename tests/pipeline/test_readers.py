"""What a run published opens everywhere: the same rows, the same types, the date out of the path."""

import datetime
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipeline.demo.site import DemoSite
from schemas.parquet import COLUMNS, schema_of
from tests.pipeline.killing import command
from transforms.layout import DATASETS
from transforms.published import published_files
from transforms.store.open import store_of

pytestmark = pytest.mark.slow

# rows by date, as one reader sees them
Counts = dict[str, int]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of two runs on the demo site, an edit between them."""
    folder = tmp_path_factory.mktemp("readers")
    with DemoSite() as site:
        site.write_feed_list(folder / "feeds.opml")
        for edition in (1, 2):
            site.publish_edition(edition)
            subprocess.run(command(folder / "feeds.opml", folder / "output"), check=True, capture_output=True)
    return folder / "output"


def by_duckdb(folder: Path) -> Counts:
    """Rows by date in DuckDB."""
    query = f"SELECT date, count(*) FROM read_parquet('{folder}/date=*/*.parquet', hive_partitioning = true) GROUP BY 1"
    rows = duckdb.sql(query).fetchall()
    assert all(isinstance(date, datetime.date) for date, _ in rows)
    return {str(date): count for date, count in rows}


def by_polars(folder: Path) -> Counts:
    """Rows by date in Polars."""
    frame = pl.scan_parquet(
        folder / "date=*" / "*.parquet", hive_partitioning=True, try_parse_hive_dates=True
    ).collect()
    assert frame.schema["date"] == pl.Date
    return {str(date): count for date, count in frame.group_by("date").len().iter_rows()}


def by_pandas(folder: Path) -> Counts:
    """Rows by date in pandas."""
    frame = pd.read_parquet(folder)
    return {str(date): int(count) for date, count in frame["date"].value_counts().items() if count}


def by_pyarrow(folder: Path) -> Counts:
    """Rows by date in pyarrow.dataset."""
    dates = ds.dataset(folder, partitioning="hive").to_table()["date"].to_pylist()
    return {date: dates.count(date) for date in set(dates)}


READERS = (by_duckdb, by_polars, by_pandas, by_pyarrow)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_readers_agree(output: Path, dataset: str, reader: Callable[[Path], Counts]):
    """Every reader finds the rows that the files state, under the date of their path."""
    expected: Counts = {}
    for file in published_files(store_of(output), dataset):
        date = file.date
        expected[date] = expected.get(date, 0) + pq.read_metadata(output / file.path).num_rows

    assert reader(output / dataset) == expected
    assert expected


@pytest.mark.parametrize("dataset", DATASETS)
def test_all_files_have_the_schema(output: Path, dataset: str):
    """Each file has the dataset's columns and types, with their descriptions, whatever values its rows hold."""
    for file in published_files(store_of(output), dataset):
        schema = pq.read_schema(output / file.path)

        assert schema.remove_metadata() == schema_of(dataset).remove_metadata()
        assert [schema.field(column.name).metadata[b"description"].decode() for column in COLUMNS[dataset]] == [
            column.meaning for column in COLUMNS[dataset]
        ]


@pytest.mark.parametrize("dataset", DATASETS)
def test_schemas_are_equal_across_readers(output: Path, dataset: str):
    """Every reader sees the dataset's columns in their order, and the date behind them."""
    names = [column.name for column in COLUMNS[dataset]] + ["date"]
    folder = output / dataset
    query = f"SELECT * FROM read_parquet('{folder}/date=*/*.parquet', hive_partitioning = true) LIMIT 0"

    assert [column[0] for column in duckdb.sql(query).description] == names
    assert pl.scan_parquet(folder / "date=*" / "*.parquet", hive_partitioning=True).collect_schema().names() == names
    assert list(pd.read_parquet(folder).columns) == names
    assert ds.dataset(folder, partitioning="hive").schema.names == names


def test_readers_never_see_what_is_not_published(output: Path):
    """The glob that readers use finds no manifest, no record and no staged file."""
    seen = {path.relative_to(output).parts[0] for path in output.glob("*/date=*/*.parquet")}

    assert seen == set(DATASETS)

"""The examples of docs/queries.md run, and every reader sees the same rows and types."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from schemas.parquet import schema_of
from tests.makers import NEXT_SLOT, NOW, SLOT, article
from tests.transforms.write.records import COPY, feed_run, marked, publish_rows, rows_of
from transforms.layout import DATASETS
from transforms.write.rows import to_row

PAGE = (Path(__file__).parent.parent / "docs" / "queries.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^## (.+?)\n.*?^```python\n(.*?)^```", PAGE, re.M | re.S))
# what each example leaves in its last variable
LEAVES = {
    "Views": "widest",
    "DuckDB, without Dateline": "rows",
    "Polars": "by_day",
    "pandas": "longest",
    "pyarrow": "recent",
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs with articles on two dates, a reprint, a revision and polls."""
    folder = tmp_path_factory.mktemp("examples") / "news"
    for slot, numbers in ((SLOT, "123"), (NEXT_SLOT, "45")):
        rows = rows_of([f"http://news.example/{slot.run_id}/{n}" for n in numbers], slot.run_id)
        copy = marked(article("They met.", f"http://copy.example/{slot.run_id}", slot), COPY)
        publish_rows(folder, slot.run_id, [*rows, to_row(copy, NOW), to_row(feed_run(run_id=slot.run_id), NOW)])
    return folder


def run(heading: str, output: Path) -> dict[str, Any]:
    """Run the example under a heading on an output; what it defined."""
    names: dict[str, Any] = {}
    exec(EXAMPLES[heading].replace("/data/news", str(output)), names)
    return names


@pytest.mark.parametrize(("heading", "name"), LEAVES.items())
def test_examples_run(output: Path, heading: str, name: str):
    """Each example gives rows."""
    assert len(run(heading, output)[name]) > 0


def test_all_examples_are_tested():
    """No example of the page is left out."""
    assert set(EXAMPLES) == {*LEAVES, "Spark"}


def by_duckdb(folder: Path) -> tuple[dict[str, Any], int, list[date]]:
    """Types, rows and dates in DuckDB."""
    made = duckdb.sql(f"FROM read_parquet('{folder}/date=*/*.parquet', hive_partitioning = true)")
    kinds = {"VARCHAR": str, "INTEGER": int, "BIGINT": int, "TIMESTAMP WITH TIME ZONE": "time", "DATE": date}
    types = {name: kinds.get(str(kind), "other") for name, kind in zip(made.columns, made.types, strict=True)}
    return types, len(made), sorted(row[0] for row in made.select("date").fetchall())


def by_polars(folder: Path) -> tuple[dict[str, Any], int, list[date]]:
    """The same in Polars."""
    made = pl.scan_parquet(folder / "date=*/*.parquet", hive_partitioning=True, try_parse_hive_dates=True).collect()
    kinds = {pl.String: str, pl.Categorical: str, pl.Int32: int, pl.Int64: int, pl.Datetime: "time", pl.Date: date}
    types = {name: kinds.get(type(kind), kinds.get(kind, "other")) for name, kind in made.schema.items()}
    return types, len(made), sorted(made["date"].to_list())


def by_pyarrow(folder: Path) -> tuple[dict[str, Any], int, list[date]]:
    """The same in pyarrow."""
    parts = ds.partitioning(pa.schema([("date", pa.date32())]), flavor="hive")
    made = ds.dataset(folder, partitioning=parts).to_table()
    return {field.name: _arrow_kind(field.type) for field in made.schema}, len(made), sorted(made["date"].to_pylist())


def _arrow_kind(kind: pa.DataType) -> Any:
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return str
    if pa.types.is_int32(kind) or pa.types.is_int64(kind):
        return int
    return "time" if pa.types.is_timestamp(kind) else date if pa.types.is_date(kind) else "other"


def by_pandas(folder: Path) -> tuple[dict[str, Any], int, list[date]]:
    """The same in pandas, whose types are those of pyarrow."""
    made = pd.read_parquet(folder, dtype_backend="pyarrow")
    types = {name: _arrow_kind(getattr(kind, "pyarrow_dtype", pa.string())) for name, kind in made.dtypes.items()}
    return types | {"date": date}, len(made), sorted(date.fromisoformat(str(day)) for day in made["date"])


def expected(dataset: str) -> dict[str, Any]:
    """What the schema says."""
    return {field.name: _arrow_kind(field.type) for field in schema_of(dataset)} | {"date": date}


@pytest.mark.parametrize("reader", [by_duckdb, by_polars, by_pandas, by_pyarrow], ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("dataset", ["articles", "reprints", "feed_runs"])
def test_types_are_equal_across_readers(output: Path, dataset: str, reader: Callable[[Path], Any]):
    """Each reader has the columns with the types of the schema, the same number of rows, and dates out of the path."""
    types, rows, dates = reader(output / dataset)

    assert types == expected(dataset)
    assert rows == len(dates) == {"articles": 5, "reprints": 2, "feed_runs": 2}[dataset]
    assert all(isinstance(day, date) for day in dates)


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("java") is None, reason="Spark needs Java: on Debian and Ubuntu, apt install default-jre"
)
def test_spark_reads_the_same(output: Path):
    """Spark, in a process of its own as always, finds the rows, the types and the dates; its example gives rows."""
    from pyspark.sql import SparkSession
    from pyspark.sql import types as st

    names = run("Spark", output)
    spark: SparkSession = names["spark"]
    try:
        assert len(names["by_topic"]) > 0
        kinds = {st.StringType: str, st.IntegerType: int, st.LongType: int, st.TimestampType: "time", st.DateType: date}
        for dataset in ("articles", "reprints", "feed_runs"):
            made = spark.read.parquet(str(output / dataset))
            types = {field.name: kinds.get(type(field.dataType), "other") for field in made.schema}
            assert types == expected(dataset)
            assert made.count() == by_duckdb(output / dataset)[1]
            assert sorted(row["date"] for row in made.select("date").collect()) == by_duckdb(output / dataset)[2]
    finally:
        spark.stop()


def test_the_datasets_of_the_examples_are_there():
    """The names that the page uses are those of the datasets."""
    used = set(re.findall(r"/data/news/(\w+)", PAGE))

    assert used <= set(DATASETS)

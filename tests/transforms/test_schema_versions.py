"""What any version of Dateline wrote, the present one reads, adds to and compacts as one table.

tests/data/outputs/schema-N is what the version that wrote schema N published of two feeds of the demo site: one with
four articles, one that is no feed. A new schema version adds a folder; none is ever changed.
"""

import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from queries import ask, connect
from schemas.parquet import COLUMNS, SCHEMA_VERSION, schema_of
from tests.makers import NOW
from tests.transforms.write.test_commit import Alone
from transforms.history.feeds import feed_states
from transforms.history.known import find_failures, find_known
from transforms.layout import DATASETS
from transforms.published import published_files
from transforms.snapshot import take_snapshot
from transforms.store.open import store_of
from transforms.write.commit import recover
from transforms.write.compact import compact
from transforms.write.verify import verify

OUTPUTS = Path(__file__).parent.parent / "data" / "outputs"
VERSIONS = sorted(OUTPUTS.glob("schema-*"))


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    """What all versions wrote, in one output: the same articles, under ids that do not collide, as of several feeds."""
    for version in VERSIONS:
        shutil.copytree(version, tmp_path / "output", dirs_exist_ok=True)
    return tmp_path / "output"


def test_each_version_is_kept():
    """There is an output of every schema version up to the present one, and the present one states its number."""
    assert [path.name for path in VERSIONS] == [f"schema-{n}" for n in range(1, SCHEMA_VERSION + 1)]
    newest = store_of(VERSIONS[-1])
    for dataset in DATASETS:
        for file in published_files(newest, dataset):
            schema = pq.read_schema(VERSIONS[-1] / file.path)
            assert schema.metadata[b"schema_version"] == str(SCHEMA_VERSION).encode()
            assert schema.remove_metadata() == schema_of(dataset).remove_metadata(), (
                "the columns have changed: raise SCHEMA_VERSION and add an output of the new version"
            )


def test_columns_are_only_added():
    """Every column of an older version is still there, with its type."""
    for version in VERSIONS:
        store = store_of(version)
        for dataset in DATASETS:
            for file in published_files(store, dataset):
                for field in pq.read_schema(version / file.path):
                    assert schema_of(dataset).field(field.name).type == field.type, (version.name, field.name)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
def test_each_version_is_read_with_todays_columns(version: Path):
    """The views have all columns, also where only older files are; articles and letters are found."""
    assert take_snapshot(store_of(version)).state.pending == ()
    database = connect(version)
    for dataset in DATASETS:
        names = [row[0] for row in database.sql(f"DESCRIBE {dataset}").fetchall()]
        assert names == [column.name for column in COLUMNS[dataset]] + ["date"]
    assert ask(version, "SELECT count(*) AS n FROM articles").to_pylist() == [{"n": 4}]
    assert ask(version, "SELECT reason FROM dead_letters").to_pylist() == [{"reason": "not_a_feed_html"}]


def test_all_versions_are_one_table(merged: Path):
    """Rows of all versions come out of one query, null where a version did not know a column."""
    counts = ask(
        merged, "SELECT count(*) AS n, count(DISTINCT run_id) AS runs, count(entry_flags) AS new FROM articles"
    )

    assert counts.to_pylist() == [{"n": 4 * len(VERSIONS), "runs": len(VERSIONS), "new": 4 * (len(VERSIONS) - 1)}]


def test_a_run_knows_what_older_versions_published(merged: Path):
    """Articles are recognised, feeds keep their state, and what an older version did not know has its default."""
    store = store_of(merged)
    ids = ask(merged, "SELECT DISTINCT article_id FROM articles").column("article_id").to_pylist()
    feeds = ask(merged, "SELECT DISTINCT feed_url FROM feed_runs").column("feed_url").to_pylist()

    assert find_known(store, ids).keys() == set(ids)
    states = feed_states(feeds, store, NOW)
    assert states.keys() == set(feeds)
    assert all(isinstance(state.poll_interval_s, int) and state.outcome for state in states.values())
    assert find_failures(store, ids) == {}


def test_compaction_brings_all_to_todays_schema(merged: Path):
    """Small files of several versions become one of the present version, with the same rows."""
    store = store_of(merged)
    query = "SELECT article_id, run_id, title, body_text, topics, sketch, entry_flags FROM articles ORDER BY ALL"
    before = ask(merged, query)
    with store.writing():
        recover(store, Alone())
        assert list(compact(store, date.max, NOW))

    assert ask(merged, query) == before
    for dataset in DATASETS:
        for file in published_files(store, dataset):
            if file.compacted:
                schema = pq.read_schema(merged / file.path)
                assert schema.remove_metadata() == schema_of(dataset).remove_metadata()
    assert not [fault for fault in verify(store).faults if " times" not in fault.what]

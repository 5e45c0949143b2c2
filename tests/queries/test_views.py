"""The views give analysts what they ask for most, whatever runs happened to find."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest

import queries
from queries import VIEWS, connect, refresh
from schemas.article import Agency, Mark, Topic
from schemas.parquet import COLUMNS
from tests.makers import NEXT_SLOT, NOW, SLOT, article, digest, entry, known
from tests.transforms.write.records import TOPIC, commit_files, feed_run, marked, staged
from transforms.dead_letters import entry_letter
from transforms.errors import FetchError
from transforms.snapshot import Snapshot
from transforms.store.base import Store
from transforms.store.open import store_of
from transforms.write.compact import compact
from transforms.write.rows import Record, to_row

FIRST, COPY, OTHER, ALONE = (f"http://news.example/{name}" for name in ("first", "copy", "other", "alone"))
LETTERS = [
    entry_letter(entry(ALONE), "fetch", FetchError("timeout", "later"), NOW + timedelta(seconds=1)),
    entry_letter(entry(OTHER), "fetch", FetchError("timeout", "first"), NOW),
    entry_letter(entry(FIRST), "fetch", FetchError("http_404"), NOW),
]


def story(
    url: str, outlet: str, minutes: int, mark: Mark | None = None, topics: tuple[Topic, ...] = (TOPIC,)
) -> Record:
    """A text that an outlet ran so many minutes after the first."""
    agencies = (Agency("afp", "source", "(AFP)", 0.9),) if mark else (Agency("ap", "source", "(AP)", 0.9),)
    one = article(
        "They met.",
        url,
        title=url,
        source_name=outlet,
        published_at=NOW + timedelta(minutes=minutes),
        agencies=agencies,
    )
    return marked(one, mark, topics)


COPY_MARK = Mark(digest(FIRST), digest(FIRST), "copy", 0.9, 0.8, 600)
RECORDS = [
    story(FIRST, "A", 0),
    story(COPY, "B", 10, COPY_MARK),
    story(OTHER, "C", 20),
    story(ALONE, "D", 30, topics=()),
    feed_run(),
    *LETTERS,
]


def publish(output: Path, records: list[Record], corrections: dict[str, dict[str, str]] | None = None) -> Path:
    """An output with these rows, and corrections of clusters by run."""
    documents = {
        f"_meta/corrections/{run_id}.json": [f"{digest(url)} {digest(cluster)}" for url, cluster in pairs.items()]
        for run_id, pairs in (corrections or {}).items()
    }
    commit_files(output, SLOT.run_id, staged(output, [to_row(record, NOW) for record in records]), documents)
    return output


def ask(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    return database.execute(query).fetchall()


def test_datasets_are_views_of_their_names(tmp_path: Path):
    """Each dataset is there under its name, with all of its rows and the date of their path."""
    database = connect(publish(tmp_path, RECORDS))

    assert [ask(database, f"SELECT count(*) FROM {name}")[0][0] for name in COLUMNS] == [3, 1, 0, 1, 3]
    assert ask(database, "SELECT DISTINCT date::VARCHAR FROM articles") == [("2026-11-24",)]


def test_a_cluster_is_one_row(tmp_path: Path):
    """A story and its reprint are one cluster: who ran it first, how many did, credited to whom, how late the last."""
    database = connect(publish(tmp_path, RECORDS))
    query = "SELECT copies, outlets, first_outlet, first_title, spread, agencies FROM clusters ORDER BY copies DESC"

    assert ask(database, query)[0] == (2, 2, "A", FIRST, timedelta(minutes=10), ["afp", "ap"])
    assert len(ask(database, query)) == 3


def test_a_story_lists_its_texts_in_order(tmp_path: Path):
    """Each text of a cluster has its place, its delay behind the first and how it repeats."""
    database = connect(publish(tmp_path, RECORDS))
    query = f"SELECT place, source_name, delay, kind FROM stories WHERE cluster_id = '{digest(FIRST)}' ORDER BY place"

    assert ask(database, query) == [(1, "A", timedelta(0), "canonical"), (2, "B", timedelta(minutes=10), "copy")]


def test_an_agency_is_one_row(tmp_path: Path):
    """Whose stories are run how far: every text of a story counts for the agencies that any of them credits."""
    database = connect(publish(tmp_path, RECORDS))
    query = "SELECT agency, stories, texts, outlets, copies_per_story FROM agencies ORDER BY agency"

    assert ask(database, query) == [("afp", 1, 2, 2, 2.0), ("ap", 3, 4, 4, 1.33)]


def test_a_copy_has_its_delay(tmp_path: Path):
    """Each copy is told with the outlet that ran the story first, and how much later it came."""
    database = connect(publish(tmp_path, RECORDS))
    query = "SELECT first_outlet, outlet, late, agencies, duplicate_kind FROM reprint_lags"

    assert ask(database, query) == [("A", "B", timedelta(minutes=10), ["afp"], "copy")]


def test_an_old_connection_shows_what_came_later_when_refreshed(tmp_path: Path):
    """The views show what was there when they were made, until they are made anew."""
    database = connect(publish(tmp_path, RECORDS))
    later = article("They met.", "http://news.example/later", NEXT_SLOT)
    commit_files(tmp_path, NEXT_SLOT.run_id, staged(tmp_path, [to_row(marked(later), NOW)]))
    before = ask(database, "SELECT count(*) FROM articles")
    refresh(database, tmp_path)

    assert (before, ask(database, "SELECT count(*) FROM articles")) == ([(3,)], [(4,)])


def test_a_query_is_asked_again_when_a_file_goes(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Where a compaction replaces a file between the look and the reading, the next look finds its successor."""
    commit_files(store, SLOT.run_id, staged(store, [to_row(record, NOW) for record in RECORDS]))
    later = article("They met.", "http://news.example/later", NEXT_SLOT)
    commit_files(store, NEXT_SLOT.run_id, staged(store, [to_row(marked(later), NOW)]))
    looked, point = [], queries._point

    def looking(database: duckdb.DuckDBPyConnection, store: Store) -> Snapshot:
        looked.append(point(database, store))
        if len(looked) == 1:
            with store.writing():
                list(compact(store, date.max, NOW))
        return looked[-1]

    monkeypatch.setattr("queries._point", looking)
    query = "SELECT count(*) AS n, count(body_text) AS texts FROM articles"

    assert queries.ask(store.root, query).to_pylist() == [{"n": 4, "texts": 4}]
    assert len(looked) == 2


def test_a_mistake_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where all files are there, the query is to blame, and it is not asked again."""
    looked, point = [], queries._point

    def looking(database: duckdb.DuckDBPyConnection, store: Store) -> Snapshot:
        looked.append(point(database, store))
        return looked[-1]

    monkeypatch.setattr("queries._point", looking)
    with pytest.raises(duckdb.CatalogException):
        queries.ask(publish(tmp_path, RECORDS), "FROM nope")

    assert len(looked) == 1


def test_the_views_of_a_bucket(buckets):
    """Over a bucket the views are the same: counts, types, the date of the path."""
    folder = f"{buckets['s3'].root}/{uuid4().hex}"
    commit_files(store_of(folder), SLOT.run_id, staged(store_of(folder), [to_row(record, NOW) for record in RECORDS]))
    database = connect(folder)

    assert [ask(database, f"SELECT count(*) FROM {name}")[0][0] for name in COLUMNS] == [3, 1, 0, 1, 3]
    assert ask(database, "SELECT DISTINCT date::VARCHAR FROM articles") == [("2026-11-24",)]
    assert ask(database, "SELECT copies FROM clusters ORDER BY 1 DESC LIMIT 1") == [(2,)]


def clusters(output: Path) -> dict[str, str]:
    """The cluster of each text, by URL and by the canonical's URL."""
    names = {digest(url): url for url in (FIRST, COPY, OTHER, ALONE)}
    return {url: names[cluster] for url, cluster in ask(connect(output), "SELECT url, cluster_id FROM texts")}


def test_corrections_move_texts(tmp_path: Path):
    """A published story that turned out to be part of another is counted there; its row stays as it was."""
    output = publish(tmp_path, RECORDS, {NEXT_SLOT.run_id: {OTHER: FIRST}})

    assert clusters(output) == {FIRST: FIRST, COPY: FIRST, OTHER: FIRST, ALONE: ALONE}
    assert ask(connect(output), "SELECT copies, outlets FROM clusters ORDER BY copies DESC") == [(3, 3), (1, 1)]
    assert ask(connect(output), f"SELECT kind FROM stories WHERE url = '{OTHER}'") == [("copy",)]


def test_the_newest_correction_counts(tmp_path: Path):
    """Where runs correct one after the other, in a chain or back again, the last word is the newest run's."""
    chain = {
        "20261124T180000Z-0123abcd": {COPY: OTHER, ALONE: OTHER},
        "20261124T190000Z-00000000": {COPY: ALONE, ALONE: ALONE},
    }

    assert clusters(publish(tmp_path, RECORDS, chain)) == {FIRST: FIRST, COPY: ALONE, OTHER: OTHER, ALONE: ALONE}


def test_topics_count_stories(tmp_path: Path):
    """A topic is counted once a story, however many outlets ran it."""
    database = connect(publish(tmp_path, RECORDS))

    assert ask(database, "SELECT topic, stories, texts FROM topics") == [("diplomacy", 2, 3)]


def test_letters_count_reasons(tmp_path: Path):
    """A reason has its number of failures, how many are tried again, and the first as its example."""
    database = connect(publish(tmp_path, RECORDS))

    assert ask(database, "SELECT * FROM letters ORDER BY reason") == [
        ("fetch", "http_404", 1, 0, FIRST, ""),
        ("fetch", "timeout", 2, 2, OTHER, "first"),
    ]


@pytest.mark.parametrize(
    "records", [[], [RECORDS[0]], [RECORDS[1]], [feed_run()]], ids=["none", "article", "reprint", "run"]
)
def test_empty_datasets_are_empty_views(tmp_path: Path, records: list[Record]):
    """A dataset without files has its columns and no rows, and every view works on it."""
    database = connect(publish(tmp_path / "empty", records))
    full = connect(publish(tmp_path / "full", [*RECORDS, marked(article("They met.", known=known()))]))

    for view in (*COLUMNS, *VIEWS):
        assert ask(database, f"DESCRIBE {view}") == ask(full, f"DESCRIBE {view}"), view
        assert len(ask(database, f"SELECT * FROM {view}")) <= len(records)


@pytest.mark.parametrize("name", ["o'clock", "a[1]", "what*?", "env=prod", 'say "so"', "ö 新"])
def test_odd_paths(tmp_path: Path, name: str):
    """The output may lie under any name, and no folder above it becomes a column."""
    database = connect(publish(tmp_path / name, RECORDS))

    assert len(ask(database, "SELECT * FROM texts")) == 4
    assert [row[0] for row in ask(database, "DESCRIBE articles")] == [c.name for c in COLUMNS["articles"]] + ["date"]


def test_a_feed_is_one_row(tmp_path: Path):
    """Its newest poll, and the totals of all: what it brought, how often nothing had changed, when it last worked."""
    later = NOW + timedelta(days=1)
    failed = feed_run(
        run_id=NEXT_SLOT.run_id,
        started_at=later,
        outcome="failed",
        reason="timeout",
        http_status=0,
        bytes=0,
        entries_new=0,
        consecutive_failures=1,
        retry_after_at=None,
    )
    publish(tmp_path, RECORDS)
    commit_files(tmp_path, NEXT_SLOT.run_id, staged(tmp_path, [to_row(failed, NOW)]))
    database = connect(tmp_path)

    columns = "outcome, reason, retry_after_at, polls, entries_new, new_per_day, last_success_at, last_new_at"
    assert ask(database, f"SELECT {columns} FROM feeds") == [("failed", "timeout", None, 2, 2, 1.0, NOW, NOW)]
    assert ask(database, "SELECT count(*), count(DISTINCT feed_url) FROM feeds") == [(1, 1)]


def test_texts_that_many_urls_share_are_boilerplate(tmp_path: Path):
    """A wall that four URLs of a site have in common is found; a text that three have is not."""
    wall, notice = ({"body_text": text, "content_sha256": digest(text)} for text in ("Please log in.", "Moved."))
    rows = [
        marked(article(common["body_text"], f"http://news.example/{word}{n}", **common))
        for word, common, times in (("w", wall, 4), ("n", notice, 3))
        for n in range(times)
    ]
    database = connect(publish(tmp_path, rows))

    found = ask(database, "SELECT source_domain, urls, left(example, 21), beginning FROM boilerplate")
    assert found == [("news.example", 4, "http://news.example/w", "Please log in.")]

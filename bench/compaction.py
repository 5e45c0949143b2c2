"""What compaction is worth: files a day, bytes, and the time of typical queries, before and after.

    python -m bench.compaction [--days N] [--runs N] [--rows N] [--json FILE]

Days of runs are written as a pipeline on a schedule leaves them: every run adds a file of today's articles, one of
yesterday's, one of reprints, one of polls. Queries are asked of the views and of the plain glob, in turn before and
after on copies of the same output, so that the ratio does not depend on the machine's mood.
"""

import random
import shutil
import statistics
import sys
import time
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from bench.figures import arguments, print_table, write_json
from queries import connect
from schemas.parquet import COLUMNS
from transforms.layout import DATASETS, new_run_id, record_path
from transforms.manifest import Manifest
from transforms.published import published_files
from transforms.store.base import Store
from transforms.store.open import store_of
from transforms.write.commit import commit, recover
from transforms.write.compact import compact
from transforms.write.stage import stage_file
from transforms.write.table import encode

_FIRST = datetime(2026, 6, 1, tzinfo=timezone.utc)
_TIMES = 7
_FEEDS = 60
_WORDS = [sha256(str(n).encode()).hexdigest()[: 3 + n % 8] for n in range(5_000)]

# {articles} and so on stand for a view or a glob
QUERIES = {
    "topics by day": "SELECT date, t.topic, count(*) FROM (SELECT date, unnest(topics) AS t FROM {articles})"
    " GROUP BY ALL",
    "most reprinted": "SELECT a.title, count(*), max(r.reprint_lag_seconds) FROM {articles} a JOIN {reprints} r"
    " USING (cluster_id) GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 20",
    "feeds of a day": "SELECT feed_url, count(*), sum(entries_new), max(duration_ms) FROM {feed_runs}"
    " WHERE date = '2026-06-02' GROUP BY 1 ORDER BY 3 DESC",
}


def fill(store: Store, days: int, runs: int, rows: int, rnd: random.Random) -> None:
    """Publish so many runs a day with so many articles each."""
    for n in range(days * runs):
        now = _FIRST + n * timedelta(days=1) / runs
        run_id = new_run_id(now)
        ids = [sha256(f"{n}/{k}".encode()).hexdigest()[:32] for k in range(rows)]
        old = rows // 5
        parts = {
            ("articles", now.date()): [_article(i, i, now, run_id, rnd) for i in ids[old:]],
            ("articles", (now - timedelta(days=1)).date()): [
                _article(i, i, now - timedelta(days=1), run_id, rnd) for i in ids[:old]
            ],
            ("reprints", now.date()): [_article(i[::-1], i, now, run_id, rnd) for i in ids[:old]],
            ("feed_runs", now.date()): [_poll(k, now, run_id, rnd) for k in range(_FEEDS)],
        }
        files = tuple(
            stage_file(store, run_id, dataset, day.isoformat(), [encode(dataset, some)])
            for (dataset, day), some in parts.items()
        )
        commit(store, Manifest(run_id, files, {record_path(run_id): {"run_id": run_id}}))


def _article(own: str, cluster: str, at: datetime, run_id: str, rnd: random.Random) -> dict[str, Any]:
    terms = [{"term": "summit", "field": "title", "start": 1, "hits": 2, "points": 1.0}]
    return dict.fromkeys(column.name for column in COLUMNS["articles"]) | {
        "article_id": own,
        "cluster_id": cluster,
        "duplicate_of": None if own == cluster else cluster,
        "url": f"https://example.org/{own}",
        "title": " ".join(rnd.choices(_WORDS, k=9)),
        "body_text": " ".join(rnd.choices(_WORDS, k=450)),
        "published_at": at,
        "first_seen_at": at,
        "source_name": f"Outlet {rnd.randrange(_FEEDS)}",
        "topics": [{"topic": rnd.choice(["summit", "sanctions", "cybersecurity"]), "score": 0.8, "terms": terms}],
        "reprint_lag_seconds": None if own == cluster else rnd.randrange(90_000),
        "revision_no": 1,
        "sketch": rnd.randbytes(800),
        "run_id": run_id,
    }


def _poll(number: int, at: datetime, run_id: str, rnd: random.Random) -> dict[str, Any]:
    return dict.fromkeys(column.name for column in COLUMNS["feed_runs"]) | {
        "feed_url": f"https://example.org/{number}.xml",
        "run_id": run_id,
        "started_at": at,
        "duration_ms": rnd.randrange(900),
        "outcome": "ok",
        "entries_new": rnd.randrange(3),
    }


def seconds(folders: tuple[Path, Path], query: str, *, by_views: bool) -> tuple[float, float]:
    """The median time of a query on both outputs, asked in turn; what a connection costs is part of it."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(_TIMES):
        for folder, times in zip(folders, taken, strict=True):
            started = time.perf_counter()
            _ask(folder, query, by_views)
            times.append(time.perf_counter() - started)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _ask(folder: Path, query: str, by_views: bool) -> list[Any]:
    if by_views:
        return connect(folder).sql(query.format(**{name: name for name in DATASETS})).fetchall()
    globs = {name: f"read_parquet('{folder}/{name}/date=*/*.parquet', hive_partitioning = true)" for name in DATASETS}
    return duckdb.sql(query.format(**globs)).fetchall()


def main(argv: list[str] | None = None) -> int:
    """Fill, copy, compact the copy, compare."""
    parser = arguments("Files, bytes and query times before and after compaction.")
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--runs", type=int, default=96, help="runs a day")
    parser.add_argument("--rows", type=int, default=40, help="articles a run")
    options = parser.parse_args(argv)
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        fill(store_of(before), options.days, options.runs, options.rows, random.Random(1))
        shutil.copytree(before, after)
        started = time.perf_counter()
        with store_of(after).writing() as lease:
            recover(store_of(after), lease)
            list(compact(store_of(after), date.max, _FIRST + timedelta(days=options.days + 1)))
        took = time.perf_counter() - started
        figures: dict[str, Any] = {"compaction_s": round(took, 2)}
        rows: list[tuple[str, object, object, object]] = []
        for name, measure in (("files a day", _files_a_day), ("MB", _megabytes)):
            one, other = measure(store_of(before), options.days), measure(store_of(after), options.days)
            rows.append((name, one, other, round(other / one, 3)))
        for name, query in QUERIES.items():
            assert sorted(map(str, _ask(before, query, True))) == sorted(map(str, _ask(after, query, False)))
            for by_views in (True, False):
                one, other = (1000 * s for s in seconds((before, after), query, by_views=by_views))
                label = f"{name}, {'views' if by_views else 'glob'}, ms"
                rows.append((label, round(one, 1), round(other, 1), round(other / one, 3)))
    figures |= {name: {"before": one, "after": other, "ratio": ratio} for name, one, other, ratio in rows}
    print_table(f"Compaction of {options.days} days, {took:.1f} s", ("", "before", "after", "ratio"), rows)
    write_json(options.json, figures)
    return 0


def _files_a_day(store: Store, days: int) -> float:
    return round(sum(len(published_files(store, dataset)) for dataset in DATASETS) / days, 1)


def _megabytes(store: Store, _days: int) -> float:
    return round(sum(file.bytes for dataset in DATASETS for file in published_files(store, dataset)) / 1e6, 1)


if __name__ == "__main__":
    sys.exit(main())

"""A reader that asks all the while that writers write, are killed and compact; what it must never see is counted.

python -m bench.crash_reader OUTPUT      until its standard input ends; then its figures as JSON
"""

import json
import sys
import threading
from collections import Counter

import duckdb

from bench.crash_writer import BATCH
from queries import ask
from transforms.errors import DatelineError

_RUNS = """
SELECT run_id, count(*) AS rows, count(DISTINCT article_id) AS ids
FROM (SELECT run_id, article_id FROM articles UNION ALL SELECT run_id, article_id FROM reprints) GROUP BY run_id
"""


def main() -> None:
    """Ask by the views and by the plain glob, in turn."""
    output, stop, seen = sys.argv[1], threading.Event(), Counter[str]()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    runs: set[str] = set()
    most = 0
    while not stop.is_set():
        runs = _by_views(output, seen, runs)
        if "://" not in output:
            most = _by_glob(output, seen, most)
    print(json.dumps(seen))


def _by_views(output: str, seen: Counter[str], before: set[str]) -> set[str]:
    """Each run is whole, no row is there twice, and what was seen once stays."""
    seen["view_queries"] += 1
    try:
        rows = ask(output, _RUNS).to_pylist()
    except (duckdb.Error, DatelineError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        seen["view_errors"] += 1
        return before
    seen["view_doubled"] += any(row["rows"] != row["ids"] for row in rows)
    seen["view_parts_of_runs"] += any(row["ids"] != BATCH for row in rows)
    runs = {row["run_id"] for row in rows}
    seen["view_lost"] += not before <= runs
    return before | runs


def _by_glob(output: str, seen: Counter[str], most: int) -> int:
    """What a plain glob shows at the same time."""
    seen["glob_queries"] += 1
    files = f"read_parquet('{output}/articles/date=*/*.parquet')"
    try:
        rows, ids = duckdb.sql(f"SELECT count(*), count(DISTINCT article_id) FROM {files}").fetchall()[0]
    except duckdb.Error:
        seen["glob_errors"] += 1  # no file yet, or one that went while it looked
        return most
    seen["glob_doubled"] += rows != ids
    seen["glob_fewer"] += ids < most
    return max(ids, most)


if __name__ == "__main__":
    main()

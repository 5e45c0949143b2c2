"""Does a stream publish what scheduled runs publish, and how does one run at the end differ?

    python -m bench.equality [--minutes N] [--every MINUTES] [--seed N] [--json FILE]

A scripted press (bench/scripted_site.py) is played three times over the same minutes of its own clock: (a) as scheduled
runs, (b) as a stream with a slot for each of them, on a real Prism, (c) as one run at the end. (a) and (b) have to
publish the same rows, byte for byte; left out are only the random half of run ids, what is a hash of them, and how
long a request took. Between (a) and (c) ids, newest bodies, topics and clusters have to be equal; what the order of
arrival must change is counted under a name: see `DIFFERENCES`. Exit code 1 where anything else differs.
"""

import sys
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from bench.figures import arguments, print_table, stop_cleanly, write_json
from bench.scripted_site import ScriptedPress
from pipeline.options import parse_config
from pipeline.run import RunResult, run_once
from pipeline.stream import run_stream
from schemas.parquet import COLUMNS
from transforms.fetch.loop import close_loops
from transforms.published import columns_of, published_files
from transforms.sandbox import close_sandboxes
from transforms.store.open import store_of

START = datetime(2026, 11, 25, 6, tzinfo=timezone.utc)
# how long a request took, by a clock that is not the script's; hashes of run ids
_CLOCKS = {"duration_ms", "dead_letter_id"}
DIFFERENCES = {
    "first seen": "a text whose first sight is a slot of its own in (a), and the one run in (c)",
    "canonical": "a cluster whose earliest copy was another one: (c) saw all at once, and goes by the date they state",
    "kind": "a text that is a copy of another, or in another way, because the canonical is another",
    "revision": "a version of (a) that (c) never saw, because the outlet had replaced it",
    "dead letter": "a failure that (a) met and (c) did not, because it had passed",
    "poll": "a poll of (a) that (c) did not make",
}
_EQUAL = ("url", "title", "body_text", "topics", "date")
_ORDERED = ("duplicate_of", "duplicate_kind", "containment", "jaccard", "reprint_lag_seconds")

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class StillClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The time it was set to."""
        return self.at


class Play:
    """The script, to be played again and again on the same addresses."""

    def __init__(self, press: ScriptedPress, folder: Path, minutes: int, every: int) -> None:
        self._press, self._folder, self.every = press, folder, every
        self.slots = minutes // every + 1
        self._clock = StillClock()
        self.feeds = folder / "feeds.txt"
        self.feeds.write_text("\n".join(press.feeds))

    def _set(self, slot: int) -> None:
        self._clock.at = START + timedelta(minutes=slot * self.every)
        self._press.show(slot * self.every)

    def runs(self, name: str, slots: list[int]) -> Rows:
        """Scheduled runs at these slots."""
        config = parse_config(self._options(name))
        with mock.patch("transforms.clock.now", self._clock.now):
            for slot in slots:
                self._set(slot)
                _balanced(run_once(config))
                close_loops()
        return rows_of(config.output)

    def stream(self, name: str) -> Rows:
        """A stream with as many slots; the script goes on as each is published."""
        more = ["--every", f"{self.every}m", "--slots", str(self.slots)]
        config, done = parse_config([*self._options(name), *more], "stream"), [0]

        def go_on(result: RunResult) -> None:
            _balanced(result)
            done[0] += 1
            self._set(done[0])

        self._set(0)
        with mock.patch("transforms.clock.now", self._clock.now):
            run_stream(config, go_on)
        close_loops()
        assert done[0] == self.slots, f"{done[0]} of {self.slots} slots"
        return rows_of(config.output)

    def _options(self, name: str) -> list[str]:
        output = ["--output", str(self._folder / name), "--feeds", str(self.feeds), "--min_poll", "0"]
        return [*output, "--allow_private_hosts", "127.0.0.1", "--host_delay", "0"]


def _balanced(result: RunResult) -> None:
    assert not result.imbalance, result.imbalance


def rows_of(output: str) -> Rows:
    """Everything published, by dataset, in an order that depends on no clock; runs are numbered."""
    store = store_of(output)
    found: Rows = {}
    for dataset in COLUMNS:
        rows: list[Row] = []
        names = [column.name for column in COLUMNS[dataset]]
        for file in published_files(store, dataset):
            date = {"date": file.path.split("date=")[1][:10]}
            rows.extend(row | date for row in columns_of(store, file, names).to_pylist())
        found[dataset] = rows
    runs = {run: n for n, run in enumerate(sorted({row["run_id"] for rows in found.values() for row in rows}))}
    return {dataset: sorted((_plain(row, runs) for row in rows), key=repr) for dataset, rows in found.items()}


def _plain(row: Row, runs: dict[str, int]) -> Row:
    """A row without what no two plays share; a letter's payload names its run, too."""
    plain = {name: value for name, value in row.items() if name not in _CLOCKS} | {"run_id": runs[row["run_id"]]}
    if payload := row.get("payload"):
        plain["payload"] = payload.replace(row["run_id"], "")
    return plain


def unequal(one: Rows, other: Rows) -> list[str]:
    """Every row that only one of two plays has."""
    found = []
    for dataset in COLUMNS:
        left, right = ([repr(row) for row in rows[dataset]] for rows in (one, other))
        found += [f"{dataset}: {row}" for row in sorted((Counter(left) - Counter(right)).elements())]
        found += [f"{dataset}, the other: {row}" for row in sorted((Counter(right) - Counter(left)).elements())]
    return found


def _newest(rows: Rows) -> dict[str, Row]:
    """The newest version of each text."""
    found: dict[str, Row] = {}
    for dataset in ("articles", "reprints", "revisions"):
        for row in rows[dataset]:
            if row["revision_no"] >= found.get(row["article_id"], row)["revision_no"]:
                found[row["article_id"]] = row
    return found


def _clusters(texts: dict[str, Row]) -> dict[str, frozenset[str]]:
    """The members of each text's cluster."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for article_id, row in texts.items():
        members[row["cluster_id"]].add(article_id)
    return {article_id: frozenset(members[row["cluster_id"]]) for article_id, row in texts.items()}


def must_differ(runs: Rows, once: Rows) -> tuple[Counter[str], list[str]]:
    """What the order of arrival changed between scheduled runs and one at the end, and what it must not have."""
    named, wrong = Counter[str](), list[str]()
    texts, ones = _newest(runs), _newest(once)
    wrong += [f"only once: {article_id}" for article_id in sorted(texts.keys() ^ ones.keys())]
    clusters, at_once = _clusters(texts), _clusters(ones)
    for article_id in sorted(texts.keys() & ones.keys()):
        row, one = texts[article_id], ones[article_id]
        wrong += [f"{article_id}: {word}" for word in _EQUAL if row[word] != one[word]]
        if clusters[article_id] != at_once[article_id]:
            wrong.append(f"{article_id}: cluster")
        named["first seen"] += row["first_seen_at"] != one["first_seen_at"]
        named["canonical"] += row["cluster_id"] != one["cluster_id"] and article_id == one["cluster_id"]
        named["kind"] += any(row[word] != one[word] for word in _ORDERED)
    named["revision"] = len(runs["revisions"]) - len(once["revisions"])
    named["dead letter"] = len(runs["dead_letters"]) - len(once["dead_letters"])
    named["poll"] = len(runs["feed_runs"]) - len(once["feed_runs"])
    return named, wrong


def play(minutes: int, every: int, seed: int, folder: Path) -> dict[str, Any]:
    """Play the script three times; what was published, and what differs."""
    with ExitStack() as stack:
        stack.callback(close_sandboxes)
        press = stack.enter_context(ScriptedPress(START, minutes, seed))
        script = Play(press, folder, minutes, every)
        runs = script.runs("runs", list(range(script.slots)))
        stream = script.stream("stream")
        once = script.runs("once", [script.slots - 1])
    named, wrong = must_differ(runs, once)
    counts = {dataset: (len(runs[dataset]), len(stream[dataset]), len(once[dataset])) for dataset in COLUMNS}
    return {"slots": script.slots, "rows": counts, "unequal": unequal(runs, stream), "named": named, "wrong": wrong}


def main(argv: list[str] | None = None) -> int:
    """Play, compare, print."""
    parser = arguments("Play a scripted press as scheduled runs, as a stream, and as one run.")
    parser.add_argument("--minutes", type=int, default=120, help="of the script's clock")
    parser.add_argument("--every", type=int, default=10, help="minutes from slot to slot")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(argv)
    stop_cleanly()
    with TemporaryDirectory() as folder:
        found = play(options.minutes, options.every, options.seed, Path(folder))
    title = f"{options.minutes} minutes, {found['slots']} slots"
    rows = [(name, *n) for name, n in found["rows"].items()]
    print_table(title, ("rows", "(a) runs", "(b) stream", "(c) once"), rows)
    print_table("(a) and (c)", ("differs by the order of arrival", "times"), list(found["named"].items()))
    for line in [*found["unequal"], *found["wrong"]]:
        print(line, file=sys.stderr)
    print(f"(a) and (b): {len(found['unequal']):,} rows differ; (a) and (c): {len(found['wrong']):,} beside the named")
    write_json(options.json, found)
    return int(bool(found["unequal"] or found["wrong"]))


if __name__ == "__main__":
    sys.exit(main())

"""Tallies and files in, the record of a run out: what came in, what became of it, and whether that adds up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from schemas.tally import Tally
from transforms.layout import ARTICLE_DATASETS, DATASETS, started_at
from transforms.manifest import ManifestFile

# words of tallies that stand for entries ending without a row
SEEN, UNCHANGED, LEFT = ("history", "seen"), ("extract", "unchanged"), ("fetch", "left")


def run_record(
    run_id: str, tallies: Iterable[Tally], files: Iterable[ManifestFile], about: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The record published as `_meta/runs/<run>.json`.

    `balance` holds both sides of the equation: entries listed and tried again = rows, unchanged, seen, left and dead
    letters.
    """
    stages: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for tally in tallies:
        stages[tally.stage][tally.word] = stages[tally.stage].get(tally.word, 0) + tally.times
    rows = dict.fromkeys(DATASETS, 0)
    for file in files:
        rows[file.dataset] += file.rows
    started = started_at(run_id)
    return {
        "run_id": run_id,
        "started_at": started.isoformat(),
        "committed_at": now.isoformat(),
        # a slot may start within the second that follows
        "seconds": round(max(0.0, (now - started).total_seconds()), 3),
        "rows": rows,
        "balance": balance(stages, rows),
        "stages": {stage: dict(sorted(words.items())) for stage, words in sorted(stages.items())},
        "bytes_written": sum(file.bytes for file in files),
        **about,
    }


def balance(stages: Mapping[str, Mapping[str, int]], rows: Mapping[str, int]) -> dict[str, Any]:
    """Both sides of the balance and whether they are equal."""

    def count(place: tuple[str, str]) -> int:
        return stages.get(place[0], {}).get(place[1], 0)

    entered = {"listed": count(("fetch", "entries")), "tried_again": count(("history", "retried"))}
    ended = {dataset: rows[dataset] for dataset in ARTICLE_DATASETS} | {
        "unchanged": count(UNCHANGED),
        "seen": count(SEEN),
        "left": count(LEFT),
        "dead_letters": count(("dead_letters", "entries")),
    }
    letters = count(("dead_letters", "entries")) + count(("dead_letters", "feeds"))
    holds = sum(entered.values()) == sum(ended.values()) and letters == rows["dead_letters"]
    return {"in": entered, "out": ended, "holds": holds}

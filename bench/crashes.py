"""Kill what writes to an output, at every step and at random, and count what that did to the rows.

    python -m bench.crashes [--store folder|gs|s3] [--kills N] [--writers N] [--whole N] [--stride N] [--json FILE]

Scenarios: a kill at every step of a run, a recovery, a compaction and a vacuum, then one in the midst of the recovery
from it; random kills of a writer that does all of these by turns, with a reader that asks all the while; two writers at
a time; a writer that is held up until it was taken for dead (buckets); a disk that is full (Linux, as root: a tmpfs);
a clock that is set back by a day; whole `dateline run`s on the demo site. Exit code 1 where a row was lost, doubled or
could not be read, or `dateline verify` found fault.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from tempfile import TemporaryDirectory

from bench.buckets import bucket
from bench.crash_checks import Figures, Place
from bench.crash_scenarios import (
    BEFORE,
    clock_set_back,
    every_step,
    every_step_of_recovery,
    full_disk,
    held_up,
    random_kills,
    two_writers,
    whole_runs,
)
from bench.crash_writer import Writers
from bench.figures import arguments, print_table, write_json


def scenarios(place: Place, options: argparse.Namespace) -> Iterator[tuple[str, Callable[[], Figures]]]:
    """What to do, by name."""
    for action in BEFORE:
        yield f"every step of {action}", lambda action=action: every_step(place, action, options.stride)
    yield "every step of recovery", lambda: every_step_of_recovery(place, options.stride)
    yield "random kills", lambda: random_kills(place, options.kills)
    yield "two writers", lambda: two_writers(place, options.writers)
    if place.is_bucket:
        yield "held up", lambda: held_up(place, max(1, options.writers // 5))
    else:
        yield "full disk", lambda: full_disk(place, options.writers)
        yield "clock set back", lambda: clock_set_back(place, options.writers)
    if options.whole:
        yield "whole runs", lambda: whole_runs(place, options.whole)


_SHOWN = ("kills", "steps", "lost", "doubled", "unreadable", "faults", "left_over", "parts_of_runs")
_WRONG = ("lost", "doubled", "unreadable", "faults", "left_over", "parts_of_runs")
_WRONG_TO_A_READER = ("view_errors", "view_doubled", "view_parts_of_runs", "view_lost")


def main(argv: list[str] | None = None) -> int:
    """Play all scenarios, print what each did."""
    parser = arguments("Kill what writes to an output, and count what that did to the rows.")
    parser.add_argument("--store", choices=("folder", "gs", "s3"), default="folder", help="where the outputs lie")
    parser.add_argument("--kills", type=int, default=1_000, help="random kills")
    parser.add_argument("--writers", type=int, default=100, help="times that two writers meet")
    parser.add_argument("--whole", type=int, default=0, help="whole runs to kill, 4 seconds each")
    parser.add_argument("--stride", type=int, default=1, help="kill at every n-th step only")
    parser.add_argument("--only", default="", help="only scenarios with this in their names")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    found: dict[str, Figures] = {}
    with ExitStack() as stack:
        root = stack.enter_context(TemporaryDirectory())
        if options.store != "folder":
            root = stack.enter_context(bucket(options.store)).root
        place = Place(root, stack.enter_context(Writers()), options.seed)
        for name, play in scenarios(place, options):
            if options.only in name:
                found[name] = play()
                others = {word: n for word, n in found[name].items() if word not in _SHOWN and n}
                print(f"{name}: {others}" if others else name, file=sys.stderr, flush=True)
    print_table(
        f"Kills, {options.store}", ("scenario", *_SHOWN), [(name, *(f[w] for w in _SHOWN)) for name, f in found.items()]
    )
    write_json(options.json, {name: dict(figures) for name, figures in found.items()})
    return int(any(figures[word] for figures in found.values() for word in (*_WRONG, *_WRONG_TO_A_READER)))


if __name__ == "__main__":
    sys.exit(main())

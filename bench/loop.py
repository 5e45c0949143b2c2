"""Runs in one process for a long time: does memory grow, or the number of open files?

    python -m bench.loop [--slots N] [--every TIME] [--json FILE]

`dateline run --every` on the demo site, which edits an article before each run, so that no run is idle. After each run
the resident memory and the open files of the process and of its children are read from /proc (Linux). Exit code 1 where
the last tenth of the runs holds over 5 % more than the second tenth, or over two more files.
"""

import json
import re
import statistics
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.figures import arguments, print_table, write_json
from bench.processes import PROC, children, resident
from pipeline.demo.site import DemoSite


class Held(NamedTuple):
    """What a process and its children hold after a run."""

    own_bytes: int
    children_bytes: int
    own_files: int
    children: int
    seconds: float


def held(pid: int, seconds: float) -> Held:
    """Read it from /proc."""
    others = list(children(pid))
    own_files = len(list((PROC / str(pid) / "fd").iterdir()))
    return Held(resident(pid), sum(map(resident, others)), own_files, len(others), seconds)


def run_loop(slots: int, every: str) -> list[Held]:
    """Run the loop, and look after each run."""
    found: list[Held] = []
    with TemporaryDirectory() as folder, DemoSite() as site:
        feeds = Path(folder) / "feeds.opml"
        site.write_feed_list(feeds)
        command = [sys.executable, "-m", "pipeline", "run", "--feeds", str(feeds), "--output", f"{folder}/news"]
        options = ["--allow_private_hosts", "127.0.0.1", "--min_poll", "0", "--host_delay", "0.01"]
        loop = ["--every", every, "--slots", str(slots)]
        with subprocess.Popen([*command, *options, *loop], stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr
            for line in process.stderr:
                if seconds := re.search(r"published in ([\d.]+) s", json.loads(line)["message"]):
                    site.publish_edition(1 + len(found) % 2)
                    with suppress(OSError):  # after its last run it may be gone
                        found.append(held(process.pid, float(seconds[1])))
    return found


def tenth(found: list[Held], n: int, field: str) -> float:
    """The median of a field over the n-th tenth of the runs."""
    size = max(1, len(found) // 10)
    return statistics.median(getattr(one, field) for one in found[n * size : (n + 1) * size])


def main(argv: list[str] | None = None) -> int:
    """Run, print the first and the last tenths."""
    parser = arguments("Run the loop for long, and see whether memory or open files grow.")
    parser.add_argument("--slots", type=int, default=200, help="runs")
    parser.add_argument("--every", default="1s", help="time from run to run")
    options = parser.parse_args(argv)
    found = run_loop(options.slots, options.every)
    rows = [
        (
            name,
            round(tenth(found, n, "own_bytes") / 1e6, 1),
            round(tenth(found, n, "children_bytes") / 1e6, 1),
            tenth(found, n, "own_files"),
            tenth(found, n, "children"),
            round(tenth(found, n, "seconds"), 2),
        )
        for name, n in (("first tenth", 0), ("second tenth", 1), ("sixth tenth", 5), ("last tenth", 9))
    ]
    columns = ("runs", "MB", "MB children", "open files", "children", "s a run")
    print_table(f"{len(found)} runs in one process", columns, rows)
    grown = tenth(found, 9, "own_bytes") / tenth(found, 1, "own_bytes")
    more_files = tenth(found, 9, "own_files") - tenth(found, 1, "own_files")
    print(f"last tenth to second tenth: {grown:.3f} of the memory, {more_files:+.0f} open files")
    write_json(options.json, {"runs": [one._asdict() for one in found], "grown": grown, "more_files": more_files})
    return int(len(found) < options.slots - 1 or grown > 1.05 or more_files > 2)


if __name__ == "__main__":
    sys.exit(main())

"""What the benchmarks share: the cost of a command with everything it starts, tables, and JSON files.

CPU time. While the command runs, this process is a child subreaper (Linux): whatever the command leaves behind, such as
the workers of a fork server or a daemonised helper, becomes a child of this process in place of init. In the end each
is waited for, and `wait4` tells exactly what it, and everything it waited for itself, has used. The sum over the
command and these orphans is the CPU time. One way to escape is left: a parent that ignores SIGCHLD never collects the
times of its children. So /proc/<pid>/stat of all descendants is sampled too, twice a second and at the end, and each
process's own time is kept (without that of its children, which would count twice). Where the sum of these is greater,
it is the CPU time. What outlives the command by five seconds is killed, and counted as left over.

Memory. The peak of the sum over all processes of PSS (of a page that n processes share, each has 1/n), or of RSS where
PSS cannot be read. PSS costs the kernel milliseconds, which would be missing to what is measured: it is asked for where
the sum of RSS, which every sample has, is higher than ever by 5 %, and every five seconds. Without /proc there are no
samples: then CPU is that of the command and of what it waited for, and memory is the resident peak of the command
alone.
"""

import argparse
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
INTERVAL = 0.5
# samples from one look at PSS to the next, and growth of RSS that is reason enough for one
_PSS_EVERY, _GROWTH = 10, 1.05
GRACE = 5.0
_PROC = Path("/proc")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Usage:
    """What a command and everything it started has used."""

    exit_code: int
    wall_s: float
    # user and system
    cpu_s: float
    peak_bytes: int
    # pss, rss, or rss of the command alone
    memory: str
    # processes that outlived the command and were killed
    left_over: int


class Stat(NamedTuple):
    """One line of /proc/<pid>/stat, as far as it matters here."""

    pid: int
    parent: int
    # its own, without that of children
    cpu_s: float
    # in ticks; a pid with its start names a process for ever
    started: int


def measured(command: Sequence[str], *, log: Path, core: int | None = None) -> Usage:
    """A command in, its output into `log`; what it used out. `core` pins it to that one, where the platform can."""
    with _subreaper(), log.open("wb") as output:
        before = {stat.pid for stat in _stats() if stat.parent == os.getpid()}
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
        sampler = Sampler(process.pid, before)
        try:
            if core is not None and hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(process.pid, {core})
            sampler.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - began
        finally:
            if process.returncode is None:
                process.terminate()
            sampler.stop()
            orphans, killed = _reap(before)
    cpu = max(usage.ru_utime + usage.ru_stime + orphans, sampler.cpu_s)
    peak, memory = (
        (sampler.peak, sampler.memory) if sampler.peak else (_resident(usage.ru_maxrss), "rss of the command alone")
    )
    return Usage(process.returncode, wall, cpu, peak, memory, killed)


class Sampler(threading.Thread):
    """Follows a process and its descendants: the CPU time of each, and the peak of their memory."""

    def __init__(self, root: int, before: set[int]) -> None:
        super().__init__(daemon=True)
        self._root, self._before = root, before
        self._cpu: dict[tuple[int, int], float] = {}
        self._ended = threading.Event()
        self._highest, self._since = 0, 0
        self.peak, self.memory = 0, "pss"

    @property
    def cpu_s(self) -> float:
        """The sum over all processes seen of the last own time."""
        return sum(self._cpu.values())

    def run(self) -> None:
        """Sample until stopped."""
        while not self._ended.is_set():
            self.sample()
            self._ended.wait(INTERVAL)

    def stop(self) -> None:
        """Take the last sample, and end."""
        self._ended.set()
        if self.is_alive():
            self.join()
        self.sample()

    def sample(self) -> None:
        """Look once at every process of the tree."""
        tree = descendants(_stats(), self._root, self._before)
        self._cpu.update({(stat.pid, stat.started): stat.cpu_s for stat in tree})
        resident, self._since = sum(_rss(stat.pid) for stat in tree), self._since + 1
        if resident > _GROWTH * self._highest or self._since >= _PSS_EVERY:
            self._highest, self._since = max(resident, self._highest), 0
            self._weigh(tree)

    def _weigh(self, tree: Sequence[Stat]) -> None:
        sizes = [_memory(stat.pid) for stat in tree]
        if any(kind == "rss" for _, kind in sizes):
            self.memory = "rss"
        self.peak = max(self.peak, sum(size for size, _ in sizes))


def descendants(stats: Sequence[Stat], root: int, before: set[int]) -> list[Stat]:
    """All processes, a command's pid and our children from before in; the command, its descendants and its orphans out.

    >>> family = [Stat(2, 1, 0, 0), Stat(3, 2, 0, 0), Stat(4, 3, 0, 0), Stat(9, 1, 0, 0)]
    >>> [stat.pid for stat in descendants(family, 2, set())]
    [2, 3, 4]
    """
    # an orphan is a child of this process, by the subreaper's rule, that was not there before
    members = {root} | {stat.pid for stat in stats if stat.parent == os.getpid() and stat.pid not in before}
    while more := {stat.pid for stat in stats if stat.parent in members} - members:
        members |= more
    return [stat for stat in stats if stat.pid in members]


def _stats() -> list[Stat]:
    """Every process of this machine that can be seen; none without /proc."""
    if not _PROC.joinpath("self/stat").exists():
        return []
    return [stat for path in _PROC.iterdir() if path.name.isdecimal() and (stat := _stat(path))]


def _stat(path: Path) -> Stat | None:
    try:
        text = path.joinpath("stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return None
    # the name of the program, in brackets, may hold blanks and brackets
    fields = text.rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return Stat(int(path.name), int(fields[1]), (int(fields[11]) + int(fields[12])) / ticks, int(fields[19]))


def _memory(pid: int) -> tuple[int, str]:
    try:
        lines = _PROC.joinpath(str(pid), "smaps_rollup").read_text("ascii").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), "pss"
    except (FileNotFoundError, ProcessLookupError):  # it has ended, or this kernel has no such file
        return (0, "pss") if _PROC.joinpath("self/smaps_rollup").exists() else (_rss(pid), "rss")
    except PermissionError:
        return _rss(pid), "rss"


def _rss(pid: int) -> int:
    try:
        return int(_PROC.joinpath(str(pid), "statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _resident(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024


@contextmanager
def _subreaper() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _reap(before: set[int]) -> tuple[float, int]:
    """Wait for the orphans of the command, kill what does not end; their CPU seconds, and how many were killed, out."""
    cpu, killed, deadline = 0.0, set[int](), time.monotonic() + GRACE
    while orphans := [stat.pid for stat in _stats() if stat.parent == os.getpid() and stat.pid not in before]:
        for pid in orphans:
            reaped, _, usage = os.wait4(pid, os.WNOHANG)
            cpu += usage.ru_utime + usage.ru_stime if reaped else 0
            if not reaped and time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        time.sleep(0.02)
    return cpu, len(killed)


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with the option that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    return parser


def stop_cleanly() -> None:
    """Let SIGTERM end this process like an exit, so that what it started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their columns; the first column is text, the others are numbers."""
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*(shown(cell) for cell in row))
    Console().print(table)


def shown(cell: object) -> str:
    """A cell as a table shows it.

    >>> shown(1234), shown(0.1234), shown(None), shown("pss")
    ('1,234', '0.123', '–', 'pss')
    """
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.1f}" if abs(cell) >= 10 else f"{cell:.3f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def write_json(path: Path | None, figures: Mapping[str, object]) -> None:
    """Write the figures, if a path is given."""
    if path:
        path.write_text(json.dumps(figures, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")


def cost(usage: Usage, start_up: Usage, pages: int) -> dict[str, object]:
    """What all pages and what a single one took, in; the figures of the run, with start-up and without, out."""
    more = max(1, pages - 1)
    return {
        "wall_s": usage.wall_s,
        "wall_s_without_start_up": usage.wall_s - start_up.wall_s,
        "start_up_wall_s": start_up.wall_s,
        "cpu_s": usage.cpu_s,
        "start_up_cpu_s": start_up.cpu_s,
        "cpu_ms_per_page": 1000 * usage.cpu_s / max(1, pages),
        "cpu_ms_per_page_without_start_up": 1000 * (usage.cpu_s - start_up.cpu_s) / more,
        "peak_mb": usage.peak_bytes / 1e6,
        "memory": usage.memory,
        "left_over": usage.left_over,
    }

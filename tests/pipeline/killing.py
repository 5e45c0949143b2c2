"""Runs that are killed: at their k-th touch of the output, or after some seconds; and what is left of them.

A small run here does what `dateline run` does around its graph: lock, recover, look up what is published, stage what is
not, commit. It is killed by an audit hook that sees every file-system call of Python below the output.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from tests.makers import NOW, OWN_SITE
from tests.transforms.write.records import commit_files, feed_run, published, rows_of, staged
from transforms.layout import DATASETS
from transforms.published import published_files
from transforms.store.open import store_of
from transforms.write.commit import recover
from transforms.write.rows import to_row

URLS = [f"http://news.example/{n}" for n in range(6)]
_EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir", "os.listdir", "shutil.rmtree"}
# marks the processes of one run, and all their children
MARK = "DATELINE_TEST_RUN"


def die_at(output: Path, step: int) -> None:
    """Kill this process at its step-th step below the output; step 0 never comes.

    A step is the instant before an event; opening a file for writing has a second one, in the midst of the writing.
    """
    below, seen = str(output), 0

    def is_now() -> bool:
        nonlocal seen
        seen += 1
        return seen == step

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in _EVENTS or not isinstance(args[0], str | os.PathLike) or not str(args[0]).startswith(below):
            return
        if is_now():
            os.kill(os.getpid(), signal.SIGKILL)
        if event == "open" and "w" in (args[1] or "") and is_now():
            Path(args[0]).write_bytes(b'{"torn')
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def small_run(output: Path, run_id: str, step: int) -> None:
    """A run that publishes those of URLS that are not published, killed at a step."""
    die_at(output, step)
    with store_of(output).writing() as lease:
        recover(store_of(output), lease)
        rows = rows_of([url for url in URLS if url not in published(output)], run_id)
        rows.append(to_row(feed_run(run_id=run_id), NOW))
        files = staged(output, rows)
        commit_files(
            output, run_id, files, {f"_meta/{kind}/{run_id}.json": [kind] for kind in ("runs", "stop_anchors")}
        )


class SmallRuns:
    """Small runs on demand, each a fork of one process that has imported everything already."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.killing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).parent.parent.parent,
        )

    def __enter__(self) -> "SmallRuns":
        return self

    def __exit__(self, *_error: object) -> None:
        with self._parent:
            self._parent.kill()

    def killed(self, output: Path, run_id: str, step: int) -> bool:
        """Whether a small run was killed at that step; False where it came to its end before."""
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(f"{output}\t{run_id}\t{step}\n")
        code = int(self._parent.stdout.readline())
        assert code in (0, -signal.SIGKILL)
        return code != 0


def serve() -> None:
    """Lines of output, run id and step in; the exit code of a run each out."""
    with TemporaryDirectory() as folder:  # what pyarrow imports on the way is then imported once
        staged(Path(folder), rows_of(URLS))
    for line in sys.stdin:
        output, run_id, step = line.rstrip("\n").split("\t")
        process = multiprocessing.get_context("fork").Process(target=small_run, args=(Path(output), run_id, int(step)))
        process.start()
        process.join()
        sys.stdout.write(f"{process.exitcode}\n")
        sys.stdout.flush()


def command(feeds: Path, output: Path) -> list[str]:
    """The command line of a whole run on the demo site."""
    options = ["--feeds", str(feeds), "--output", str(output), *OWN_SITE]
    return [sys.executable, "-m", "pipeline", "run", *options]


def start(feeds: Path, output: Path, mark: str = "", **options: Any) -> "subprocess.Popen[str]":
    """Start a whole run, its processes marked."""
    return subprocess.Popen(
        command(feeds, output),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {MARK: mark},
        **options,
    )


def marked(mark: str) -> list[int]:
    """Live processes that carry a mark in their environment: a run and its children (Linux)."""
    wanted = f"{MARK}={mark}".encode()
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if wanted in _environment(folder)]


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended meanwhile, or is a zombie
        return []


def wait_for_none(mark: str, seconds: float) -> list[int]:
    """The marked processes that are still alive after so many seconds at most."""
    end = time.monotonic() + seconds
    while (alive := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return alive


def contents(output: Path) -> Counter[tuple[str, ...]]:
    """What is published, told apart from ports and run ids: (dataset, URL path, title, URL paths of its cluster)."""
    rows = [
        (dataset, row)
        for dataset in DATASETS[:3]
        for file in published_files(store_of(output), dataset)
        for row in pq.ParquetFile(output / file.path).read(["url", "title", "cluster_id"]).to_pylist()
    ]
    members: dict[str, set[str]] = {}
    for _, row in rows:
        members.setdefault(row["cluster_id"], set()).add(_path(row["url"]))
    return Counter(
        (dataset, _path(row["url"]), row["title"], *sorted(members[row["cluster_id"]])) for dataset, row in rows
    )


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[-1]


if __name__ == "__main__":
    serve()

"""Whole runs that are killed, and what is left of them."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.processes import MARK, marked
from tests.makers import OWN_SITE
from transforms.layout import DATASETS
from transforms.published import columns_of, published_files
from transforms.store.open import store_of


def command(feeds: Path, output: Path | str) -> list[str]:
    """The command line of a whole run on the demo site."""
    options = ["--feeds", str(feeds), "--output", str(output), *OWN_SITE]
    return [sys.executable, "-m", "pipeline", "run", *options]


def start(
    feeds: Path, output: Path | str, mark: str = "", more: Sequence[str] = (), **options: Any
) -> "subprocess.Popen[str]":
    """Start a whole run with more arguments, its processes marked."""
    return subprocess.Popen(
        [*command(feeds, output), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {MARK: mark},
        **options,
    )


def run_once_well(feeds: Path, output: Path) -> None:
    """A whole run in peace, which comes to its end and balances."""
    done = subprocess.run(command(feeds, output), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def wait_for_none(mark: str, seconds: float) -> list[int]:
    """The marked processes that are still alive after so many seconds at most."""
    end = time.monotonic() + seconds
    while (alive := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return alive


def contents(output: Path | str) -> Counter[tuple[str, ...]]:
    """What is published, told apart from ports and run ids: (dataset, URL path, title, URL paths of its cluster)."""
    store = store_of(output)
    rows = [
        (dataset, row)
        for dataset in DATASETS[:3]
        for file in published_files(store, dataset)
        for row in columns_of(store, file, ["url", "title", "cluster_id"]).to_pylist()
    ]
    members: dict[str, set[str]] = {}
    for _, row in rows:
        members.setdefault(row["cluster_id"], set()).add(_path(row["url"]))
    return Counter(
        (dataset, _path(row["url"]), row["title"], *sorted(members[row["cluster_id"]])) for dataset, row in rows
    )


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[-1]

"""The work is done by another process, which has nothing but the installed package: what needs the launching process,
its modules or its folders fails here.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from apache_beam.utils.subprocess_server import pick_port

from tests.makers import OWN_SITE
from tests.pipeline.killing import contents, run_once_well
from transforms.published import columns_of, published_files
from transforms.store.open import store_of

pytestmark = pytest.mark.slow


@contextmanager
def worker_pool(programs: Path, folder: Path) -> Iterator[str]:
    """A pool of workers in an environment of its own, in another folder; its address."""
    (port,) = pick_port(None)
    command = [programs / "python", "-m", "apache_beam.runners.worker.worker_pool_main", f"--service_port={port}"]
    # the pool starts `python`, whichever comes first
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    with (folder / "pool.log").open("wb") as log:
        pool = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(port)
            yield f"localhost:{port}"
        finally:
            os.killpg(pool.pid, signal.SIGKILL)
            pool.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    with socket.socket() as probe:
        while probe.connect_ex(("localhost", port)):
            assert time.monotonic() < end, "the worker pool does not start"
            time.sleep(0.1)


def elsewhere(
    command: str, feeds: Path, output: Path | str, workers: str, *more: str
) -> "subprocess.CompletedProcess[str]":
    """A run, or a stream, whose work is done by a worker pool."""
    options = ["--feeds", str(feeds), "--output", str(output), *OWN_SITE, "--runner=PrismRunner"]
    options += ["--environment_type=EXTERNAL", f"--environment_config={workers}", *more]
    words = [sys.executable, "-m", "pipeline", command, *options]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=180)


def where_from(output: Path | str) -> set[str]:
    """The versions of the pipeline that wrote the articles."""
    store = store_of(output)
    files = published_files(store, "articles")
    return {
        row["pipeline_version"] for file in files for row in columns_of(store, file, ["pipeline_version"]).to_pylist()
    }


@pytest.mark.parametrize("command", ["run", "stream"])
def test_the_demo_on_an_external_worker(feeds: Path, tmp_path: Path, installed: Path, command: str):
    """What a worker with the installed package publishes is what a run in one process publishes."""
    more = ["--slots", "2", "--every", "20"] if command == "stream" else []
    with worker_pool(installed, tmp_path) as workers:
        done = elsewhere(command, feeds, tmp_path / "there", workers, *more)
        log = (tmp_path / "pool.log").read_text("utf-8", "replace")
    run_once_well(feeds, tmp_path / "here")

    assert done.returncode == 0, done.stderr + log
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert where_from(tmp_path / "there") == where_from(tmp_path / "here")
    # it was the pool that did it
    assert re.search(r"Starting worker|worker_handler|sdk_worker_main", log), log


def test_the_demo_on_a_bucket(feeds: Path, tmp_path: Path, installed: Path, buckets):
    """On gs:// the worker stages and commits by the same protocol."""
    output = f"{buckets['gs'].root}/{uuid4().hex}"
    subprocess.run([installed / "pip", "install", "--quiet", "apache-beam[gcp]"], check=True)
    with worker_pool(installed, tmp_path) as workers:
        done = elsewhere("stream", feeds, output, workers, "--slots", "2", "--every", "20")
    run_once_well(feeds, tmp_path / "here")

    assert done.returncode == 0, done.stderr
    assert contents(output) == contents(tmp_path / "here")

"""A whole run on a bucket publishes what it publishes in a folder, also after it was killed."""

import subprocess
import time
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.cli import main
from tests.pipeline.killing import command, contents, start
from tests.stores import SCHEMES
from transforms.published import run_ids
from transforms.store.open import store_of

pytestmark = pytest.mark.slow


def run(feeds: Path, output: Path | str) -> "subprocess.CompletedProcess[str]":
    """A whole run."""
    return subprocess.run(command(feeds, output), capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_run_on_a_bucket(feeds: Path, tmp_path: Path, buckets, scheme: str, capsys: pytest.CaptureFixture[str]):
    """The same rows in the same clusters; the commands work there, too; a run that was killed is made up for."""
    output = f"{buckets[scheme].root}/{uuid4().hex}"
    with start(feeds, output) as killed:
        store, end = store_of(output), time.monotonic() + 60
        while not store.files("_staging") and killed.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        killed.kill()
    busy = run(feeds, output)
    assert (busy.returncode, run_ids(store, "_meta/done")) == (3, []) or killed.returncode == 0, busy.stderr
    # as if a minute had passed
    store.delete(store.files("_meta/leases"))
    finished = run(feeds, output)
    assert finished.returncode == 0, finished.stderr
    assert run(feeds, tmp_path).returncode == 0

    assert contents(output) == contents(tmp_path)
    assert main(["verify", output]) == 0
    assert main(["feeds", "status", "--output", output]) == 0
    assert main(["sql", output, "SELECT count(*) AS n FROM texts"]) == 0
    assert " 60 " in capsys.readouterr().out
    assert run(feeds, output).returncode == 0
    assert main(["compact", output, "--older-than", "0d"]) == 0
    assert main(["verify", output]) == 0
    assert contents(output) == contents(tmp_path)

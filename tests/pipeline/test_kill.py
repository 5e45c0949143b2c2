"""Killed at any instant, a run loses nothing, doubles nothing and leaves nothing that cannot be read."""

import random
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.killing import contents, marked, start, wait_for_none

KILLS = 10


@contextmanager
def running(feeds: Path, output: Path, mark: str = "", **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A whole run that does not outlive the body."""
    with start(feeds, output, mark, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def run(feeds: Path, output: Path, **options: Any) -> tuple[int, str]:
    """A whole run's exit code and what it said on standard error."""
    with running(feeds, output, **options) as process:
        _, errors = process.communicate(timeout=120)
        return process.returncode, errors


def run_well(feeds: Path, output: Path) -> None:
    """A whole run that comes to its end and balances."""
    code, errors = run(feeds, output)

    assert code == 0, errors


def wait_for_work(process: "subprocess.Popen[str]", output: Path) -> None:
    """Wait until the run holds the output, and a little more."""
    end = time.monotonic() + 60
    while not (output / "_meta" / "lock").exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.8)


def wait_for_children(process: "subprocess.Popen[str]", mark: str) -> None:
    """Wait until the run has processes that extract, beside itself and the two that start and tidy up after them."""
    end = time.monotonic() + 60
    while len(marked(mark)) < 4 and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)


@pytest.mark.slow
def test_whole_runs_killed(feeds: Path, tmp_path: Path):
    """Ten runs killed at instants over a run's duration, then one in peace: all is there once, as if undisturbed.

    No child of a killed run lives five seconds longer, and none keeps the next run from starting at once.
    """
    started = time.monotonic()
    run_well(feeds, tmp_path / "calm")
    duration = time.monotonic() - started
    rnd = random.Random(2)

    for number in range(KILLS):
        output = tmp_path / str(number % 2)
        with running(feeds, output, mark=f"kill-{number}") as process:
            time.sleep(duration * (number + rnd.random()) / KILLS)
            process.kill()
        contents(output)
        assert wait_for_none(f"kill-{number}", 5) == []

    for output in (tmp_path / "0", tmp_path / "1"):
        run_well(feeds, output)
        assert contents(output) == contents(tmp_path / "calm")


@pytest.mark.slow
def test_the_next_run_starts_at_once(feeds: Path, tmp_path: Path):
    """A run begun right after the last was killed finds the output free, though children may still be dying."""
    with running(feeds, tmp_path) as process:
        wait_for_work(process, tmp_path)
        process.kill()
        process.wait()

        run_well(feeds, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("early", [True, False], ids=["while it loads", "in mid run"])
def test_stopped_by_a_signal(feeds: Path, tmp_path: Path, number: signal.Signals, code: int, early: bool):
    """A signal ends the run at once with its exit code and one line that says what is safe; the next run is fine."""
    output, mark = tmp_path / "output", f"stop-{code}-{early}"
    with running(feeds, output, mark) as process:
        if early:
            time.sleep(1)
        else:
            wait_for_children(process, mark)
        process.send_signal(number)
        printed, errors = process.communicate(timeout=5)

    assert process.returncode == code
    assert printed == ""
    assert errors == (
        f"dateline: stopped by {number.name}; nothing of this run is published, "
        "what earlier runs published is untouched, and the next run starts afresh\n"
    )
    assert wait_for_none(mark, 5) == []
    if not early:
        run_well(feeds, output)


@pytest.mark.slow
def test_a_second_run_is_refused(feeds: Path, tmp_path: Path):
    """While one run writes, another on the same output ends with exit code 3 and one line; the first goes on."""
    with running(feeds, tmp_path) as first:
        wait_for_work(first, tmp_path)
        # the first is held, so that it cannot be done before the second comes
        first.send_signal(signal.SIGSTOP)
        code, errors = run(feeds, tmp_path)
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=120)

    assert (code, first.returncode) == (3, 0)
    assert errors == (
        f"dateline: --output {tmp_path}: another run is writing there; wait for it, or choose another output\n"
    )


@pytest.mark.slow
def test_an_output_that_cannot_be_written(feeds: Path, tmp_path: Path):
    """A file in place of the output's folder is a usage error: exit code 2 and one line, before anything is fetched."""
    output = tmp_path / "output"
    output.write_text("in the way")
    code, errors = run(feeds, output)

    assert code == 2
    assert errors.startswith(f"dateline: --output {output}: cannot be written: ")
    assert errors.count("\n") == 1


@pytest.mark.slow
def test_a_full_disk(feeds: Path, tmp_path: Path):
    """Where the disk takes no more, a run fails with exit code 1 and one line; with room again the next is fine."""

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    code, errors = run(feeds, tmp_path, preexec_fn=no_room)

    assert code == 1
    assert errors == (
        f"dateline: --output {tmp_path}: cannot be written: File too large; nothing is lost, "
        "and the next run goes on from here\n"
    )
    assert contents(tmp_path) == {}
    run_well(feeds, tmp_path)

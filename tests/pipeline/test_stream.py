"""`dateline stream` on a real Prism: slots that are published, signals, kills, feed lists that change."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import equality
from bench import stream as bench_stream
from bench.processes import MARK
from pipeline.cli import EXIT_BUSY
from pipeline.prism import find_prism
from tests.makers import OWN_SITE
from tests.pipeline.killing import contents, run_once_well, wait_for_none
from transforms.published import run_ids
from transforms.store.open import store_of

pytestmark = pytest.mark.slow


@contextmanager
def streaming(feeds: Path, output: Path, *more: str, mark: str = "") -> Iterator["subprocess.Popen[str]"]:
    """A stream with a slot every second, killed if it outlives the body."""
    options = ["--feeds", str(feeds), "--output", str(output), *OWN_SITE, "--every", "1", *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "stream", *options],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {MARK: mark},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def lines(errors: str) -> list[dict[str, float]]:
    """The numbers of each slot that was told of."""
    return [json.loads(line)["counts"] for line in errors.splitlines() if '"slot ' in line]


def wait_for_slots(output: Path, slots: int, seconds: float = 60) -> int:
    """Wait until so many are published; how many are."""
    end, done = time.monotonic() + seconds, 0
    while done < slots and time.monotonic() < end:
        time.sleep(0.05)
        done = len(run_ids(store_of(output), "_meta/done")) if output.exists() else 0
    return done


def wait_for_texts(output: Path, texts: int, seconds: float = 60) -> None:
    """Wait until so many are published."""
    end = time.monotonic() + seconds
    while sum(contents(output).values()) < texts and time.monotonic() < end:
        time.sleep(0.5)


def test_slots_are_runs(feeds: Path, tmp_path: Path):
    """A stream of three slots publishes what a run publishes, tells a line a slot, and ends by itself."""
    with streaming(feeds, tmp_path / "stream", "--slots", "3", "--every", "10") as process:
        errors = process.communicate(timeout=120)[1]
    run_once_well(feeds, tmp_path / "run")

    assert process.returncode == 0, errors
    assert contents(tmp_path / "stream") == contents(tmp_path / "run")
    told = lines(errors)
    assert len(told) == 3
    assert sum(one["new"] for one in told) == 53
    assert sum(one["reprints"] for one in told) == 7
    assert told[2] == {**dict.fromkeys(told[2], 0), "issued": told[2]["issued"], "seconds": told[2]["seconds"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_slot_be_published(feeds: Path, tmp_path: Path, number: signal.Signals):
    """The first one: the slot in flight is published, the exit code is 0, and nothing is left running."""
    mark = f"stream-{number.name}"
    with streaming(feeds, tmp_path, "--every", "30", mark=mark) as process:
        store = store_of(tmp_path)
        while not store.files("_staging") and not run_ids(store, "_meta/done") and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        errors = process.communicate(timeout=30)[1]

    assert process.returncode == 0, errors
    assert len(run_ids(store, "_meta/done")) == 1
    assert sum(contents(tmp_path).values()) == 60
    assert wait_for_none(mark, 5) == []


def test_a_second_signal_ends_it(feeds: Path, tmp_path: Path):
    """It does not wait for the slot, and says what is safe."""
    with streaming(feeds, tmp_path, mark="stream-twice") as process:
        assert wait_for_slots(tmp_path, 1) >= 1
        os.kill(process.pid, signal.SIGSTOP)  # so that both are there before it can end
        process.send_signal(signal.SIGTERM)
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=10)[1]

    assert process.returncode in (0, 143)
    assert process.returncode == 0 or "what is published is whole" in errors
    assert wait_for_none("stream-twice", 5) == []


def test_the_feed_list_is_read_at_each_slot(feeds: Path, tmp_path: Path):
    """A feed that is added is polled in the next slot; a list that is wrong holds up slots, says so, and loses none."""
    listed, urls = tmp_path / "feeds.txt", re.findall(r'xmlUrl="([^"]+)"', feeds.read_text("utf-8"))
    listed.write_text(urls[0])
    output = tmp_path / "news"
    with streaming(listed, output, mark="stream-list") as process:
        assert wait_for_slots(output, 1) >= 1
        listed.write_text("nonsense")
        time.sleep(3)
        waiting = wait_for_slots(output, 0)
        listed.write_text("\n".join(urls))
        wait_for_slots(output, waiting + 2)
        wait_for_texts(output, 60)
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=30)[1]

    assert process.returncode == 0, errors
    assert errors.count("is no URL") == 1
    assert "the next slot waits for that" in errors
    run_once_well(feeds, tmp_path / "run")
    assert contents(output) == contents(tmp_path / "run")


def between_slots(*command: str) -> None:
    """Run a command of ours as soon as no slot holds the output: the first ones may follow each other closely."""
    end = time.monotonic() + 90
    while True:
        asked = [sys.executable, "-m", "pipeline", *command]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode != EXIT_BUSY or time.monotonic() > end:
            break
    assert done.returncode == 0, done.stderr


def test_a_run_may_come_between_slots(feeds: Path, tmp_path: Path):
    """Between two slots the output is free: it is compacted and verified while the stream waits."""
    with streaming(feeds, tmp_path, "--every", "20") as process:
        assert wait_for_slots(tmp_path, 1) >= 1
        between_slots("compact", str(tmp_path), "--older-than", "0d")
        between_slots("verify", str(tmp_path))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert sum(contents(tmp_path).values()) == 60


def test_a_full_disk_ends_it_in_one_line(feeds: Path, tmp_path: Path):
    """What cannot be written ends the stream with exit code 1 and one line; started again, it goes on."""
    import resource

    command = [sys.executable, "-m", "pipeline", "stream", "--feeds", str(feeds), "--output", str(tmp_path), *OWN_SITE]
    full = subprocess.run(
        [*command, "--every", "60"],  # the whole site is fetched long before the slot's deadline
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000)),
    )

    assert full.returncode == 1
    assert full.stderr == (
        f"dateline: the stream ended: --output {tmp_path}: cannot be written: File too large; nothing is lost, and the"
        " next run goes on from here; what is published is whole, and the next start goes on from there\n"
    )
    with streaming(feeds, tmp_path, "--slots", "1", "--every", "60") as process:
        process.communicate(timeout=60)
    assert sum(contents(tmp_path).values()) == 60


def test_killed_and_started_again(capsys: pytest.CaptureFixture[str]):
    """Five streams killed, then one in peace: nothing lost, doubled or unreadable, no process left."""
    assert bench_stream.main(["kills", "--kills", "5"]) == 0, capsys.readouterr()


def test_a_host_that_hangs(capsys: pytest.CaptureFixture[str]):
    """Its slot is published at the deadline with what the others have; its own articles follow."""
    assert bench_stream.main(["hang"]) == 0, capsys.readouterr()


def test_streams_equal_scheduled_runs(capsys: pytest.CaptureFixture[str]):
    """A scripted press of forty minutes, played thrice: only what the order of arrival must change differs."""
    assert equality.main(["--minutes", "40"]) == 0, capsys.readouterr()


def test_without_prism(feeds: Path, tmp_path: Path):
    """Where there is none, and it cannot be downloaded, one line says how to get it."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "DATELINE_PRISM": "",
        "https_proxy": "http://127.0.0.1:9",
    }
    code = "import sys; sys.prefix = '/nowhere'; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "stream", "--feeds", str(feeds), "--output", str(tmp_path / "news")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)

    assert done.returncode == 2
    assert done.stderr.startswith(
        "dateline: Prism, the runner of streams, is not here, and cannot be downloaded: build it"
    )
    assert done.stderr.count("\n") == 1


def test_prism_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By the option first, then by the environment, then beside this Python, then on the PATH."""
    from apache_beam.options.pipeline_options import PipelineOptions

    named, other = tmp_path / "named", tmp_path / "bin" / "prism"
    other.parent.mkdir()
    for program in (named, other):
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("DATELINE_PRISM", str(other))
    assert find_prism(PipelineOptions([f"--prism_location={named}"])) == str(named)
    assert find_prism(PipelineOptions([])) == str(other)
    monkeypatch.delenv("DATELINE_PRISM")
    monkeypatch.setenv("PATH", str(other.parent), prepend=":")
    monkeypatch.setattr("pipeline.prism.sys", SimpleNamespace(prefix=str(tmp_path / "nowhere"), platform=sys.platform))
    assert find_prism(PipelineOptions([])) == str(other)

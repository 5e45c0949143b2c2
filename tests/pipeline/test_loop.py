"""Runs at regular times: no drift, no overlap, and a stop that leaves everything published."""

import json
import logging
import os
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.loop import Stop, next_slot, repeat
from tests.makers import NOW
from tests.pipeline.killing import contents, start, wait_for_none
from transforms import clock
from transforms.errors import DatelineError

EVERY = timedelta(minutes=15)
_LOOP = ("--every", "1s")


class Time:
    """A clock that runs take their time from, and waiting moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop: Stop) -> None:
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(stop, "wait", self.wait)

    def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(seconds=seconds)


def slots_of(monkeypatch: pytest.MonkeyPatch, durations: list[float], failing: tuple[int, ...] = ()) -> list[datetime]:
    """When runs that take so many minutes start."""
    stop, slots = Stop(), []
    time_ = Time(monkeypatch, stop)

    def run(slot: datetime) -> None:
        slots.append(slot)
        time_.wait(60 * durations[len(slots) - 1])
        if len(slots) in failing:
            raise DatelineError("the disk is full")

    repeat(run, EVERY, len(durations), stop)
    return slots


def test_runs_do_not_drift(monkeypatch: pytest.MonkeyPatch):
    """The first run is now, the others at round times, however long each took."""
    first, *others = slots_of(monkeypatch, [3, 14.9, 0.1])

    assert first == NOW
    assert others == [next_slot(NOW, EVERY), next_slot(NOW, EVERY) + EVERY]
    assert all(slot.minute % 15 == slot.second == 0 for slot in others)


def test_runs_do_not_overlap(monkeypatch: pytest.MonkeyPatch):
    """What comes due while a run is under way is left out: the next run is at the next round time."""
    _, second, third = slots_of(monkeypatch, [1, 40, 1])

    assert third - second == 3 * EVERY


def test_a_failure_ends_no_loop(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    """A declared error is told, and the next run comes at its time."""
    with caplog.at_level(logging.ERROR, "dateline"):
        slots = slots_of(monkeypatch, [1, 1, 1], failing=(2,))

    assert len(slots) == 3
    assert caplog.messages == ["the disk is full; the next run is at its time"]


def test_a_bug_ends_the_loop(monkeypatch: pytest.MonkeyPatch):
    """What nobody declared is not passed over."""
    stop = Stop()
    Time(monkeypatch, stop)

    def run(_slot: datetime) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        repeat(run, EVERY, 2, stop)


def test_the_first_signal_asks(monkeypatch: pytest.MonkeyPatch):
    """A run under way is finished; then the loop ends, and signals mean what they meant before."""
    before, stop, slots = signal.getsignal(signal.SIGTERM), Stop(), []

    def run(slot: datetime) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        slots.append(slot)
        assert signal.getsignal(signal.SIGTERM) == before

    with stop.listening():
        assert repeat(run, timedelta(seconds=1), 0, stop) == 1

    assert len(slots) == 1
    assert signal.getsignal(signal.SIGTERM) == before


def published(line: str) -> bool:
    """Whether a log line tells of a published run."""
    return "published in" in json.loads(line)["message"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_loop_is_stopped(feeds: Path, tmp_path: Path, number: signal.Signals):
    """After some runs a signal ends the loop with exit code 0; all is published once, and no process is left."""
    with start(feeds, tmp_path, f"loop-{number}", _LOOP) as loop:
        assert loop.stderr
        runs = 0
        while runs < 3:
            runs += published(loop.stderr.readline())
        time.sleep(0.3)
        loop.send_signal(number)
        _, errors = loop.communicate(timeout=30)

    assert loop.returncode == 0, errors
    assert wait_for_none(f"loop-{number}", 5) == []
    assert list((tmp_path / "_meta" / "manifests").iterdir())
    assert len(list((tmp_path / "_meta" / "manifests").iterdir())) == len(list((tmp_path / "_meta" / "done").iterdir()))
    assert not list((tmp_path / "_staging").iterdir())
    assert sum(contents(tmp_path).values()) == len({row[:2] for row in contents(tmp_path)})


@pytest.mark.slow
def test_a_second_signal_ends_a_run(feeds: Path, tmp_path: Path):
    """Who does not want to wait for the run under way sends the signal twice, and is told what is safe."""
    with start(feeds, tmp_path, "loop-twice", _LOOP) as loop:
        while not list(tmp_path.glob("_meta/lock")):
            time.sleep(0.05)
        loop.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        loop.send_signal(signal.SIGTERM)
        _, errors = loop.communicate(timeout=10)

    assert loop.returncode in (143, 0)
    assert loop.returncode == 0 or "dateline: stopped by SIGTERM; " in errors
    assert wait_for_none("loop-twice", 5) == []

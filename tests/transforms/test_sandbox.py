"""What runs in a sandbox cannot cost more than its budget, nor harm its neighbours, nor outlive its owner."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from transforms.errors import ExtractError, ParseError, RejectError
from transforms.sandbox import Sandbox, SandboxSettings, close_sandboxes, sandbox_of

SETTINGS = SandboxSettings(processes=1, budget=1.0, memory_bytes=1 << 30, preload=())


def double(text: str, times: int = 2) -> tuple[str, int]:
    """A text, repeated, and the process that did it."""
    return text * times, os.getpid()


def hold_on() -> None:
    """Never come back, and never let another thread run: as a regular expression may."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def gobble() -> int:
    """Take two gigabytes."""
    return len(bytearray(2 << 30))


def nest(depth: int) -> int:
    """Go so deep."""
    return nest(depth - 1) if depth else 0


def die(code: int) -> None:
    """End the process on the spot."""
    os._exit(code)


def crash() -> None:
    """End as a fault in a C library ends."""
    os.kill(os.getpid(), signal.SIGSEGV)


def reject(reason: str) -> None:
    """Find the input at fault."""
    raise ParseError(reason, "because", 200)


def blunder() -> None:
    """Have a bug."""
    raise KeyError("a bug")


def spin(seconds: float) -> None:
    """Use so much CPU."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def memory_limit() -> int:
    """The limit that this process has."""
    return resource.getrlimit(resource.RLIMIT_AS)[0]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One process, a second of budget, a gigabyte of memory."""
    made = Sandbox(SETTINGS)
    yield made
    made.close()


def call(sandbox: Sandbox, function, *args, **kwargs):
    """What a call gives."""
    return sandbox.result(sandbox.submit(function, *args, **kwargs)).value


def test_a_call_runs_elsewhere(sandbox: Sandbox):
    """Arguments go in, the value comes out, and it was another process."""
    text, pid = call(sandbox, double, "ab", times=3)

    assert text == "ababab"
    assert pid != os.getpid()


def test_text_and_bytes_pass_unchanged(sandbox: Sandbox):
    """Large values and half characters survive the way there and back."""
    text = "\udcff\x00é" * 1_000_000

    assert call(sandbox, double, text, times=1)[0] == text


FATAL = {
    "it takes too long": (hold_on, (), "parse_timeout", "killed after 1 s"),
    "it exits": (die, (3,), "worker_died", "exit code 3"),
    "it exits as if all were well": (die, (0,), "parse_timeout", "killed after 1 s"),
    "it crashes": (crash, (), "worker_died", "exit code -11"),
    "it takes too much memory": (gobble, (), "memory_limit", "needs more than 1,024 MB"),
    "it nests too deeply": (nest, (100_000,), "memory_limit", "nested too deeply"),
}


@pytest.mark.parametrize("name", FATAL)
def test_a_call_that_overruns_costs_only_itself(sandbox: Sandbox, name: str):
    """It ends with its reason within its budget, and the next call works."""
    function, args, reason, detail = FATAL[name]
    started = time.monotonic()

    with pytest.raises(RejectError) as caught:
        call(sandbox, function, *args)

    assert (caught.value.reason, caught.value.detail) == (reason, detail)
    assert time.monotonic() - started < 3
    assert call(sandbox, double, "x")[0] == "xx"


def test_calls_that_wait_are_not_harmed(sandbox: Sandbox):
    """What stands behind a deadly call in the queue is done, in time of its own."""
    futures = [
        sandbox.submit(double, "a"),
        sandbox.submit(hold_on),
        sandbox.submit(die, 1),
        sandbox.submit(double, "b"),
    ]
    wait(futures, timeout=10)

    assert [sandbox.result(futures[n]).value[0] for n in (0, 3)] == ["aa", "bb"]
    for n in (1, 2):
        with pytest.raises(ExtractError):
            sandbox.result(futures[n])


def test_a_rejection_travels(sandbox: Sandbox):
    """The child's RejectError arrives as it was raised; its process goes on."""
    before = call(sandbox, double, "x")[1]

    with pytest.raises(ParseError) as caught:
        call(sandbox, reject, "not_a_feed")

    assert (caught.value.reason, caught.value.detail, caught.value.http_status) == ("not_a_feed", "because", 200)
    assert call(sandbox, double, "x")[1] == before


def test_a_bug_travels_as_a_bug(sandbox: Sandbox):
    """What is not declared is not turned into a dead letter."""
    with pytest.raises(KeyError, match="a bug"):
        call(sandbox, blunder)


def test_cpu_time_is_the_childs(sandbox: Sandbox):
    """CPU time of the call, not the time it waited, in microseconds."""
    slept, spun = sandbox.submit(time.sleep, 0.2), sandbox.submit(spin, 0.2)

    assert sandbox.result(slept).cpu_us < 50_000
    assert 200_000 <= sandbox.result(spun).cpu_us < 400_000


def test_a_child_has_the_memory_limit(sandbox: Sandbox):
    """The limit is the settings', so that one page cannot take the machine."""
    assert call(sandbox, memory_limit) == 1 << 30


def test_a_process_has_one_sandbox_for_its_settings():
    """Stages share it; after the end of all, a new one is made."""
    first = sandbox_of(SETTINGS)
    assert sandbox_of(SandboxSettings(processes=1, budget=1.0, memory_bytes=1 << 30, preload=())) is first

    close_sandboxes()

    assert sandbox_of(SETTINGS) is not first
    close_sandboxes()


def test_closing_does_not_wait_for_a_stuck_child():
    """The end of a run kills what still works."""
    sandbox = Sandbox(SandboxSettings(processes=1, budget=60, preload=()))
    assert call(sandbox, double, "x")[0] == "xx"
    stuck = sandbox.submit(hold_on)
    while not stuck.running():
        time.sleep(0.01)
    started = time.monotonic()

    sandbox.close()

    assert time.monotonic() - started < 3


OWNER = """
import multiprocessing.forkserver, resource, sys, time
from tests.transforms.test_sandbox import double, hold_on, memory_limit
from transforms.sandbox import Sandbox, SandboxSettings

if __name__ == "__main__":
    if len(sys.argv) > 1:
        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    sandbox = Sandbox(SandboxSettings(processes=2, budget=60, preload=()))
    print(sandbox.result(sandbox.submit(memory_limit)).value)
    pids = {sandbox.result(sandbox.submit(double, "x")).value[1] for _ in range(20)}
    pids.add(multiprocessing.forkserver._forkserver._forkserver_pid)
    if len(sys.argv) > 1:
        sandbox.close()
        sys.exit()
    stuck = [sandbox.submit(hold_on) for _ in range(2)]
    while not all(future.running() for future in stuck):
        time.sleep(0.01)
    time.sleep(0.2)
    print(*pids, flush=True)
    time.sleep(60)
"""


def owner(tmp_path: Path, *args: str) -> "subprocess.Popen[str]":
    """A process of its own that owns a sandbox and says its children's pids."""
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, script, *args], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": root}
    )


def lives(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_die_with_their_owner(tmp_path: Path):
    """After `kill -9` of the owner, children that are stuck inside C code and the fork server end within seconds."""
    process = owner(tmp_path)
    assert process.stdout
    process.stdout.readline()
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) >= 2
    assert all(map(lives, pids))

    process.kill()
    process.wait()

    end = time.monotonic() + 5
    while any(map(lives, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    assert not [pid for pid in pids if lives(pid)]


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_tighter_limit_of_the_machine_is_kept(tmp_path: Path):
    """Where the system allows less memory than the settings, the child works with that."""
    process = owner(tmp_path, str(1_500 << 20))

    assert process.communicate(timeout=20)[0].split()[0] == str(1_500 << 20)
    assert process.returncode == 0

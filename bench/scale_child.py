"""A function in, what it gives and the memory of its process out: each measurement in a process of its own."""

import gc
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.figures import ROOT

_STATUS = Path("/proc/self/status")
_IO = Path("/proc/self/io")


class Spent(NamedTuple):
    """What a call took."""

    wall_s: float
    cpu_s: float
    # read by system calls, from the page cache, too; 0 where the kernel does not count it
    read_bytes: int
    # resident memory at its peak, beyond what was resident before
    memory_bytes: int


def in_child(function: Callable[..., Any], *args: Any) -> Any:
    """Call an importable function in a fresh process. Raises CalledProcessError where that fails or is killed."""
    with TemporaryDirectory() as folder:
        call = Path(folder) / "call"
        call.write_bytes(pickle.dumps((function, args)))
        subprocess.run([sys.executable, "-m", "bench.scale_child", str(call)], cwd=ROOT, check=True)
        return pickle.loads(call.with_suffix(".result").read_bytes())


def _answer(call: Path) -> None:
    function, args = pickle.loads(call.read_bytes())
    call.with_suffix(".result").write_bytes(pickle.dumps(function(*args)))


def peak_bytes() -> int:
    """The peak of this process's resident memory: of its own image, not of the one it was started from."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measured_call(call: Callable[[], Any]) -> tuple[Any, Spent]:
    """What a call gives, and what it took."""
    gc.collect()
    _forget_peak()
    before, read, cpu, wall = peak_bytes(), _read_bytes(), time.process_time(), time.perf_counter()
    result = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return result, Spent(wall, cpu, _read_bytes() - read, peak_bytes() - before)


def _forget_peak() -> None:
    """Let the peak start again from what is resident now, where the kernel can do that."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def _read_bytes() -> int:
    if not _IO.exists():
        return 0
    return int(_IO.read_text("ascii").split()[1])


if __name__ == "__main__":
    _answer(Path(sys.argv[1]))

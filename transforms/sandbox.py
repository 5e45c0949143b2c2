"""Killable processes for hostile input: a pool with a time budget and a memory limit, one per worker process.

What is parsed here comes from strangers, and some of it is made to cost minutes or gigabytes. A call that overruns its
budget is killed with its process and costs one dead letter; the pool then goes on with a fresh process. The functions
must be importable (they are named, not pickled, in the child) and take and give plain records.
"""

import ctypes
import gc
import itertools
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any

from pebble import ProcessExpired, ProcessPool

from transforms.errors import ExtractError, RejectError
from transforms.steps import resolved

_PR_SET_PDEATHSIG = 1
_CALLS = itertools.count(1)
_CALLS_PER_COLLECTION = 200
# A child is replaced after so many calls: libxml2 and regex caches grow with what they saw.
_CALLS_PER_CHILD = 20_000


@dataclass(frozen=True)
class SandboxSettings:
    """How many processes, and what one call may cost."""

    # 0: one a core of whatever machine it is
    processes: int = 0
    # wall seconds
    budget: float = 15.0
    # of address space
    memory_bytes: int = 2 << 30
    # modules that a child imports once, before its first call
    preload: tuple[str, ...] = ("transforms.warm",)

    @property
    def at_once(self) -> int:
        """How many processes there are, here."""
        return self.processes or os.cpu_count() or 1


@dataclass(frozen=True)
class Outcome:
    """What a call gave, and the CPU time it took in the child."""

    value: Any
    cpu_us: int


def start_fork_server(preload: tuple[str, ...] = SandboxSettings.preload) -> None:
    """Start the process that children are forked from; it loads their libraries while the caller goes on."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(preload))
    forkserver.ensure_running()


class Sandbox:
    """A pool of killable processes. Use as `submit(function, argument…)`, then `result(future)`."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        start_fork_server(settings.preload)
        self._pool = ProcessPool(
            max_workers=settings.at_once,
            max_tasks=_CALLS_PER_CHILD,
            initializer=_enter,
            initargs=[os.getpid(), settings.memory_bytes],
            context=multiprocessing.get_context("forkserver"),
        )
        self._pool.schedule(int)  # the processes start now, while their owner still gets ready

    def submit(self, function: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> "Future[Outcome]":
        """Start a call; the time budget begins when a process takes it up.

        A function may be given by its dotted name, so that what it imports is loaded in the children only.
        """
        name = function if isinstance(function, str) else f"{function.__module__}.{function.__qualname__}"
        future: Future[Outcome] = self._pool.schedule(
            _measured, args=[name, args, kwargs], timeout=self._settings.budget
        )
        return future

    def result(self, future: "Future[Outcome]") -> Outcome:
        """What a call gave; raises its RejectError, or ExtractError: parse_timeout, memory_limit, worker_died."""
        try:
            return future.result()
        except TimeoutError as error:
            raise ExtractError("parse_timeout", f"killed after {self._settings.budget:g} s") from error
        except MemoryError as error:
            raise ExtractError("memory_limit", f"needs more than {self._settings.memory_bytes >> 20:,} MB") from error
        except ProcessExpired as error:
            raise ExtractError("worker_died", f"exit code {error.exitcode}") from error

    def close(self) -> None:
        """Kill the processes, whatever they do."""
        self._pool.stop()
        self._pool.join()


def _measured(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
    started = time.process_time()
    if next(_CALLS) % _CALLS_PER_COLLECTION == 0:
        gc.collect()
    try:
        value = resolved(name)(*args, **kwargs)
    except RecursionError as error:  # nesting far beyond any article's
        raise RejectError("memory_limit", "nested too deeply") from error
    return Outcome(value, round((time.process_time() - started) * 1e6))


def _enter(owner: int, memory_bytes: int) -> None:
    """Make a child that dies with its owner, leaves signals of the terminal to it, and cannot take all the memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # trees of pages set it off again and again; between calls is soon enough, and saves a quarter
    _let_fork_server_go()
    if sys.platform == "linux":
        ceiling = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = memory_bytes if ceiling == resource.RLIM_INFINITY else min(memory_bytes, ceiling)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        # the fork server, the child's parent, ends when the owner does
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(owner, os.getppid()), daemon=True).start()


def _let_fork_server_go() -> None:
    """Close the child's copy of the pipe whose end tells the fork server that its owner is gone.

    Children get it so that they could start processes themselves. Held by one that is stuck, where no thread of ours
    runs, it would keep the fork server alive, and that in turn the child.
    """
    alive = getattr(forkserver._forkserver, "_forkserver_alive_fd", None)
    if alive is not None:
        os.close(alive)


def _watch(owner: int, parent: int) -> None:
    while _alive(owner) and os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


_SANDBOXES: dict[SandboxSettings, Sandbox] = {}
_LOCK = threading.Lock()


def sandbox_of(settings: SandboxSettings) -> Sandbox:
    """The one sandbox of this worker process with these settings; started at the first call."""
    with _LOCK:
        if settings not in _SANDBOXES:
            _SANDBOXES[settings] = Sandbox(settings)
        return _SANDBOXES[settings]


def close_sandboxes() -> None:
    """End every sandbox of this process."""
    with _LOCK:
        for sandbox in _SANDBOXES.values():
            sandbox.close()
        _SANDBOXES.clear()

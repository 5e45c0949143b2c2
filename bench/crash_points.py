"""Fail points: a process is killed at its k-th step on an output, without a line in the code that is tested.

In a folder a step is the instant before each file-system call of Python (an audit hook sees them), and one in the midst
of each writing. In a bucket it is the instant before each request that changes something, and the one after it.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transforms.store import objects
from transforms.store.clouds import cloud_of

_EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir", "os.listdir", "shutil.rmtree"}


def die_at(output: str, step: int) -> None:
    """Kill this process with SIGKILL at its step-th step on the output; step 0 never comes."""
    seen = 0

    def is_now() -> bool:
        nonlocal seen
        seen += 1
        return seen == step

    (_watch_bucket if "://" in output else _watch_folder)(output, is_now)


def die() -> None:
    """Kill this process with SIGKILL."""
    os.kill(os.getpid(), signal.SIGKILL)


def _watch_folder(output: str, is_now: Callable[[], bool]) -> None:
    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in _EVENTS or not isinstance(args[0], str | os.PathLike) or not str(args[0]).startswith(output):
            return
        if is_now():
            die()
        if event == "open" and "w" in (args[1] or "") and is_now():
            Path(args[0]).write_bytes(b'{"torn')
            die()

    sys.addaudithook(hook)


def _watch_bucket(output: str, is_now: Callable[[], bool]) -> None:
    cloud = cloud_of(output.partition(":")[0])

    def around(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*args: Any) -> Any:
            if is_now():
                die()
            result = do(*args)
            if is_now():
                die()
            return result

        return done

    def client() -> Any:
        made = cloud.client()
        made.copy, made.delete = around(type(made).copy.__get__(made)), around(type(made).delete.__get__(made))
        return made

    objects.cloud_of = lambda _scheme: cloud._replace(client=client, put=around(cloud.put))

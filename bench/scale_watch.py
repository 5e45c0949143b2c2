"""A stopwatch for functions of the pipeline, where they are called from: own wall and CPU time, without that of others
on the watch."""

import importlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import GeneratorType
from typing import Any, NamedTuple
from unittest.mock import patch


class Step(NamedTuple):
    """A function of the pipeline, and the row of the table that its time goes to."""

    # by dots: module.name, or module.class.name
    place: str
    row: str


class Stopwatch:
    """Times and calls by row; threads are told apart."""

    def __init__(self) -> None:
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.calls: defaultdict[str, int] = defaultdict(int)
        self._inner = threading.local()

    @contextmanager
    def on(self, steps: tuple[Step, ...]) -> Iterator[None]:
        """Watch functions while the context lasts."""
        with ExitStack() as stack:
            for step in steps:
                owner, name = _owner(step.place)
                stack.enter_context(patch.object(owner, name, self.timed(step.row, getattr(owner, name))))
            yield

    def timed(self, row: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, watched; what a generator does is its time, too."""

        @wraps(function)
        def call(*args: Any, **more: Any) -> Any:
            outer = self._enter()
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                result = function(*args, **more)
                return list(result) if isinstance(result, GeneratorType) else result
            finally:
                self._leave(row, outer, time.perf_counter() - wall, time.thread_time() - cpu)

        return call

    def _enter(self) -> tuple[float, float]:
        outer: tuple[float, float] = getattr(self._inner, "spent", (0.0, 0.0))
        self._inner.spent = (0.0, 0.0)
        return outer

    def _leave(self, row: str, outer: tuple[float, float], wall: float, cpu: float) -> None:
        inner = self._inner.spent
        self.calls[row] += 1
        self.wall[row] += wall - inner[0]
        self.cpu[row] += cpu - inner[1]
        self._inner.spent = (outer[0] + wall, outer[1] + cpu)


def _owner(place: str) -> tuple[Any, str]:
    """The module or class that holds a function, and its name there."""
    path, _, name = place.rpartition(".")
    try:
        return importlib.import_module(path), name
    except ModuleNotFoundError:
        module, _, owner = path.rpartition(".")
        return getattr(importlib.import_module(module), owner), name

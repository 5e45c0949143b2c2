"""What several stages do to one thing, done in one visit to a killable process.

An article is sketched and tagged where its page was read: on all cores, within the page's time and memory, and without
travelling in between.
"""

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple


class Step(NamedTuple):
    """A stage's part: a function of what the step before gave, and of arguments that are the same for all."""

    stage: str
    # dotted, so that its libraries are loaded only where it is called
    function: str
    arguments: tuple[Any, ...] = ()


class Walked(NamedTuple):
    """What the last step gave, and the CPU time of each, in microseconds by stage."""

    value: Any
    cpu_us: dict[str, int]


def walk(steps: Iterable[Step], value: Any) -> Walked:
    """Call one step after the other, each with what the one before gave, until one gives None.

    Raises whatever a step raises.

    >>> walk([Step("a", "math.sqrt"), Step("b", "math.pow", (3,))], 16.0).value
    64.0
    """
    spent = {}
    for step in steps:
        if value is None:
            break
        started = time.process_time()
        value = resolved(step.function)(value, *step.arguments)
        spent[step.stage] = round((time.process_time() - started) * 1e6)
    return Walked(value, spent)


def resolved(function: str) -> Callable[..., Any]:
    """A function's dotted name in, the function out."""
    module, _, name = function.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found

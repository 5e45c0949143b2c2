"""Steps: one after the other, each with what the one before gave."""

import pytest

from transforms.errors import ExtractError
from transforms.steps import Step, resolved, walk


def doubled(value: int, plus: int) -> int:
    """A step with an argument; it takes long enough to be measured."""
    return 2 * value + plus + 0 * sum(range(200_000))


def refused(_value: int) -> int:
    """A step that refuses everything."""
    raise ExtractError("no_text", "as it should")


def test_steps_are_walked_in_order():
    """Each gets what the one before gave and its own arguments; what each took is told by stage."""
    walked = walk([Step("first", f"{__name__}.doubled", (1,)), Step("second", f"{__name__}.doubled", (10,))], 5)

    assert walked.value == 2 * (2 * 5 + 1) + 10
    assert list(walked.cpu_us) == ["first", "second"]
    assert all(spent > 0 for spent in walked.cpu_us.values())


def test_an_error_ends_the_walk():
    """What a step raises is raised, and no later step is called."""
    with pytest.raises(ExtractError, match="as it should"):
        walk([Step("first", f"{__name__}.refused"), Step("second", "no.such.function")], 1)


def nothing(_value: int) -> None:
    """A step that has nothing to go on with."""


def test_a_walk_ends_where_nothing_is_left():
    """After a step that gives None no other is called, and what it took is told."""
    walked = walk([Step("first", f"{__name__}.nothing"), Step("second", "no.such.function")], 1)

    assert walked.value is None
    assert list(walked.cpu_us) == ["first"]


def test_a_name_stands_for_its_function():
    """Dotted names are looked up where they are needed."""
    assert resolved("transforms.steps.walk") is walk
    with pytest.raises(ImportError):
        resolved("no.such.function")

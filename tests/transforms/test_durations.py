"""Lengths of time are read as people write them."""

import pytest

from transforms.durations import seconds, shown
from transforms.errors import UsageError


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("0", 0),
        ("0.25", 0.25),
        ("90", 90),
        ("90s", 90),
        ("10m", 600),
        ("24h", 86_400),
        ("1d", 86_400),
        (" 1.5 H ", 5_400),
    ],
)
def test_a_length_is_read(stated: str, expected: float):
    """A number with a unit, or of seconds."""
    assert seconds(stated) == expected


@pytest.mark.parametrize("stated", ["", "m", "-1", "1w", "ten", "1h30m", "1e3", "inf", "nan", "9" * 20])
def test_anything_else_is_refused(stated: str):
    """The error shows how a length is written."""
    with pytest.raises(UsageError, match="is no length of time"):
        seconds(stated)


@pytest.mark.parametrize("stated", ["0s", "45s", "10m", "36h", "7d", "0.25s"])
def test_what_is_shown_can_be_read_again(stated: str):
    """Both directions agree."""
    assert seconds(shown(seconds(stated))) == seconds(stated)

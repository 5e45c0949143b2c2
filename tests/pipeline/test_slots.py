"""Slots come one after the other, however quick the runs and whatever the clock."""

from datetime import timedelta

import pytest

from pipeline.slots import new_slot
from tests.makers import NOW
from transforms.layout import new_run_id, started_at


def test_a_slot_starts_now():
    """To the second, and its run id says when."""
    slot = new_slot(NOW + timedelta(microseconds=999_999))

    assert slot.started_at == started_at(slot.run_id) == NOW


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=30), timedelta(days=1)])
def test_a_slot_starts_after_the_last_run(ahead: timedelta):
    """A run in the same second, or after the clock was set back, still sorts behind: its state is the newest."""
    before = new_run_id(NOW + ahead)

    slot = new_slot(NOW, before)

    assert slot.started_at == NOW + ahead + timedelta(seconds=1)
    assert slot.run_id > before

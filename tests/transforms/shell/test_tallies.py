"""What is counted on the way is added up per run, stage and word."""

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from schemas.tally import Tally
from transforms.shell.tallies import TALLIES, SumTallies, progress, tally


def test_a_tally_is_an_output_and_progress():
    """It goes to the output of tallies, and the progress line sees it at once."""
    before = progress().get(("fetch", "test_word"), 0)

    output = tally("run", "fetch", "test_word", 3)

    assert (output.tag, output.value) == (TALLIES, Tally("run", "fetch", "test_word", 3))
    assert progress()["fetch", "test_word"] == before + 3


def test_tallies_of_several_steps_are_added_up():
    """One sum for each run, stage and word, over all that is handed in."""
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        one = pipeline | "One" >> beam.Create([Tally("r", "fetch", "pages"), Tally("r", "fetch", "pages", 2)])
        two = pipeline | "Two" >> beam.Create([Tally("r", "fetch", "pages", 4), Tally("s", "fetch", "pages")])
        three = pipeline | "Three" >> beam.Create([Tally("r", "tag", "pages")])

        sums = (one, two, three) | SumTallies()

        assert_that(
            sums, equal_to([Tally("r", "fetch", "pages", 7), Tally("s", "fetch", "pages"), Tally("r", "tag", "pages")])
        )


def test_windows_stay_apart():
    """A slot of a stream has its own sums."""
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        early = [TimestampedValue(Tally("r", "fetch", "pages"), at) for at in (1, 2, 11)]
        tallies = pipeline | beam.Create(early) | beam.Map(lambda one: one) | beam.WindowInto(FixedWindows(10))

        sums = (tallies,) | SumTallies()

        assert_that(sums, equal_to([Tally("r", "fetch", "pages", 2), Tally("r", "fetch", "pages", 1)]))

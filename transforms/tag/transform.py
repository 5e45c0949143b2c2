"""The step that tags an article, and the count of those that have topics.

The taxonomy travels with the step: who takes it needs no access to the file, and all tag alike even if that is edited
meanwhile.
"""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam

from schemas.article import Tagged
from transforms.shell.tallies import TALLIES, SummedParDo, tally
from transforms.steps import Step
from transforms.tag.source import pack, read_source

STAGE = "tag"


def tagging(place: str = "") -> Step:
    """A taxonomy's place in ("": the packaged one), the step out. Raises UsageError where that cannot be read."""
    return Step(STAGE, "transforms.tag.step.tag_sketched", (place, pack(read_source(place or None))))


class CountTagged(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Tagged articles in, tallies of those with topics and of those without out."""

    def expand(self, tagged: beam.PCollection) -> beam.PCollection:
        """Count every article once."""
        return (tagged | "Count" >> SummedParDo(_count, main="none"))[TALLIES]


def _count(tagged: Tagged) -> Iterator[Any]:
    yield tally(tagged.article.run_id, STAGE, "articles" if tagged.topics else "untagged")

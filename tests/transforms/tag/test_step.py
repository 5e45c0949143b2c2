"""Tagging as a step: the taxonomy travels along, and every article is counted."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from schemas.article import Sketched, Tagged
from schemas.tally import Tally
from tests.makers import SLOT, article
from transforms.errors import UsageError
from transforms.steps import walk
from transforms.tag.transform import CountTagged, tagging

TOPICS = "climbing: {threshold: 0.5, min_terms: 1, any: {strong: [summit, ridge]}}"


def tagged(text: str, place: str = "") -> Tagged:
    """An article with this text, as the step tags it."""
    found: Tagged = walk([tagging(place)], Sketched(article(text), b"sketch", 7)).value
    return found


def test_the_packaged_taxonomy_tags():
    """Topics, their evidence and the taxonomy's version stand beside what was there."""
    found = tagged("Leaders gather for the G7 summit. New sanctions were agreed, and more sanctions will come.")

    assert "sanctions" in [topic.topic for topic in found.topics]
    assert found.topics_version.startswith("world-affairs@")
    assert (found.sketch, found.shingle_count) == (b"sketch", 7)


def test_the_taxonomy_travels_with_the_step(write: Callable[..., Path]):
    """Who takes the step needs no file: an edit or a loss after the step was made changes nothing."""
    path = write(TOPICS)
    step, version = tagging(str(path)), sha256(path.read_bytes()).hexdigest()[:12]
    path.unlink()

    found = walk([step], Sketched(article("They stood on the summit, and on the ridge below."), b"", 0)).value

    assert [topic.topic for topic in found.topics] == ["climbing"]
    assert found.topics_version == f"small@1+{version}"


def test_a_bad_taxonomy_is_named(tmp_path: Path):
    """A file that is not there is refused where the step is made, a malformed one where it is taken."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("topics: [", "utf-8")

    with pytest.raises(UsageError, match=r"missing\.yaml"):
        tagging(str(tmp_path / "missing.yaml"))
    with pytest.raises(UsageError, match=r"bad\.yaml"):
        tagged("They met.", str(bad))


def test_every_article_is_counted():
    """Those with topics and those without add up to all."""
    articles = [tagged("New sanctions on banks. The sanctions hit trade."), tagged("They met."), tagged("They left.")]
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        counted = pipeline | beam.Create(articles) | CountTagged()
        words = [Tally(SLOT.run_id, "tag", "articles", 1), Tally(SLOT.run_id, "tag", "untagged", 2)]
        assert_that(counted | beam.GroupBy(lambda one: one.word) | beam.MapTuple(_summed), equal_to(words))


def _summed(_word: str, tallies: list[Tally]) -> Tally:
    return tallies[0]._replace(times=sum(one.times for one in tallies))

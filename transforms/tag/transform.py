"""Marked articles in, tagged articles out."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import thread_time
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.article import Marked, Tagged
from transforms.shell.tallies import TALLIES, SummedParDo, tally
from transforms.tag.score import tag_article
from transforms.tag.taxonomy import load_taxonomy

STAGE = "tag"


class TaggedArticles(NamedTuple):
    """Outputs of TagTopics."""

    tagged: beam.PCollection  # Tagged
    tallies: beam.PCollection  # Tally


@dataclass
class TagTopics(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Marked articles in; the same with their topics, each with its evidence, out.

    `topics` is the path of a taxonomy; "" is the packaged one.
    """

    topics: str = ""

    def expand(self, marked: beam.PCollection) -> Any:
        """Match every article once."""
        tagged = marked | "Tag" >> SummedParDo(_Tag(self.topics), main="tagged")
        return TaggedArticles(tagged.tagged, tagged[TALLIES])


class _Tag:
    def __init__(self, topics: str) -> None:
        self._topics = topics

    def setup(self) -> None:
        # an automaton does not pickle, so every worker builds its own
        self._taxonomy = load_taxonomy(self._topics or None)

    def __call__(self, marked: Marked) -> Iterator[Any]:
        article = marked.sketched.article
        started = thread_time()
        topics = tag_article(article.title, article.body_text, article.language, self._taxonomy)
        yield tally(article.run_id, STAGE, "cpu_us", round((thread_time() - started) * 1e6))
        yield tally(article.run_id, STAGE, "articles" if topics else "untagged")
        yield Tagged(marked, topics, self._taxonomy.version)

"""Pages in, articles out; the work is done in killable processes, on all cores."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import pvalue

from schemas.page import Page
from transforms import clock
from transforms.dead_letters import entry_letter
from transforms.errors import RejectError
from transforms.sandbox import Outcome, SandboxSettings, sandbox_of
from transforms.shell.in_flight import InFlight
from transforms.shell.tallies import DEAD, TALLIES, tally

STAGE = "extract"
# by name: only the processes of the sandbox load the extractor
_EXTRACT = "transforms.extract.article.extract_article"
# pages that wait for a process, for each process: enough that none ever waits for a page
_WAITING = 8


class ExtractedArticles(NamedTuple):
    """Outputs of ExtractArticles."""

    articles: beam.PCollection  # Article
    dead: beam.PCollection  # DeadLetter
    tallies: beam.PCollection  # Tally


@dataclass
class ExtractArticles(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Pages in; articles, and a dead letter for each page without one, out. An edit without effect is only counted."""

    sandbox: SandboxSettings

    def expand(self, pages: beam.PCollection) -> Any:
        """Keep every process busy."""
        extracted = pages | "Extract" >> beam.ParDo(_Extract(self.sandbox)).with_outputs(DEAD, TALLIES, main="articles")
        return ExtractedArticles(extracted.articles, extracted[DEAD], extracted[TALLIES])


class _Extract(InFlight):
    def __init__(self, sandbox: SandboxSettings) -> None:
        self._settings = sandbox

    def setup(self) -> None:
        self.limit = _WAITING * self._settings.at_once
        self._sandbox = sandbox_of(self._settings)

    def begin(self, page: Page) -> "Future[Outcome]":
        return self._sandbox.submit(_EXTRACT, page)

    def finish(self, page: Page, future: "Future[Outcome]") -> Iterable[Any]:
        run_id = page.entry.run_id
        try:
            outcome = self._sandbox.result(future)
        except RejectError as error:
            yield pvalue.TaggedOutput(DEAD, entry_letter(page.entry, STAGE, error, clock.now()))
            return
        yield tally(run_id, STAGE, "cpu_us", outcome.cpu_us)
        if outcome.value.edits_nothing:
            yield tally(run_id, STAGE, "unchanged")
            return
        yield tally(run_id, STAGE, "articles")
        yield outcome.value

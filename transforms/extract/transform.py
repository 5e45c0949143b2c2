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
from transforms.steps import Step, Walked, walk

STAGE = "extract"
# by name: only the processes of the sandbox load the extractor
_EXTRACT = "transforms.extract.step.extract_changed"
# pages that wait for a process, for each process: enough that none ever waits for a page
_WAITING = 8


class ExtractedArticles(NamedTuple):
    """Outputs of ExtractArticles."""

    articles: beam.PCollection  # Article, or what the last step gives
    dead: beam.PCollection  # DeadLetter
    tallies: beam.PCollection  # Tally


@dataclass
class ExtractArticles(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Pages in; articles, and a dead letter for each page without one, out. An edit without effect is only counted.

    `then` are further steps that an article goes through at the same visit; what the last one gives is put out.
    """

    sandbox: SandboxSettings
    then: tuple[Step, ...] = ()

    def expand(self, pages: beam.PCollection) -> Any:
        """Keep every process busy."""
        work = _Extract(self.sandbox, (Step(STAGE, _EXTRACT), *self.then))
        extracted = pages | "Extract" >> beam.ParDo(work).with_outputs(DEAD, TALLIES, main="articles")
        return ExtractedArticles(extracted.articles, extracted[DEAD], extracted[TALLIES])


class _Extract(InFlight):
    def __init__(self, sandbox: SandboxSettings, steps: tuple[Step, ...]) -> None:
        self._settings, self._steps = sandbox, steps

    def setup(self) -> None:
        self.limit = _WAITING * self._settings.at_once
        self._sandbox = sandbox_of(self._settings)

    def begin(self, page: Page) -> "Future[Outcome]":
        return self._sandbox.submit(walk, self._steps, page)

    def finish(self, page: Page, future: "Future[Outcome]") -> Iterable[Any]:
        run_id = page.entry.run_id
        try:
            walked: Walked = self._sandbox.result(future).value
        except RejectError as error:
            yield pvalue.TaggedOutput(DEAD, entry_letter(page.entry, STAGE, error, clock.now()))
            return
        for stage, cpu_us in walked.cpu_us.items():
            yield tally(run_id, stage, "cpu_us", cpu_us)
        if walked.value is None:
            yield tally(run_id, STAGE, "unchanged")
            return
        yield tally(run_id, STAGE, "articles")
        yield walked.value

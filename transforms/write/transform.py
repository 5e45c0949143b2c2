"""Records in, published partitions out."""

import logging
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.window import WindowedValue

from schemas.dead_letter import DeadLetter
from schemas.document import Document
from schemas.slot import Slot
from schemas.tally import Tally
from transforms import clock
from transforms.layout import document_path, record_path
from transforms.manifest import Manifest, ManifestFile
from transforms.shell.in_flight import InFlight
from transforms.shell.tallies import TALLIES, Summed, SummedParDo, SumTallies, tally
from transforms.store.base import LostLeaseError
from transforms.store.open import store_of
from transforms.write.commit import commit
from transforms.write.record import run_record
from transforms.write.rows import Record, to_row
from transforms.write.stage import stage_file
from transforms.write.table import encode

STAGE = "write"
# files written at a time
_WRITERS = os.cpu_count() or 1
# of records, in the order in which they come
_KINDS = ("Articles", "FeedRuns", "DeadLetters")
# rows that wait in a bundle before they are encoded
_MOST_BUFFERED = 2_000

# (run_id, dataset, date) of the file a row goes to
Target = tuple[str, str, str]


class Published(NamedTuple):
    """What the commit step puts out: one element a run, once everything is in place."""

    run_id: str
    record: dict[str, Any]


@dataclass
class CountLetters(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """Dead letters in; tallies of entries and feeds, and of reasons, out."""

    def expand(self, letters: beam.PCollection) -> beam.PCollection:
        """Count them by what failed and why."""
        return (letters | "Count" >> SummedParDo(_count_letter, main="none"))[TALLIES]


def _count_letter(letter: DeadLetter) -> Iterator[Any]:
    yield tally(letter.run_id, "dead_letters", "feeds" if letter.article_id is None else "entries")
    yield tally(letter.run_id, "dead_letters", f"{letter.stage}_{letter.reason}")


@dataclass
class PublishRun(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """(Slots, records by kind, tallies, documents) in; one Published a slot out, also for a slot without rows.

    The rows of a slot appear together, by the redo log of `commit.py`. A retry of any step is safe: names carry the run
    id, and visibility comes from the manifest alone.
    """

    output: str
    # facts about program and settings that go into the run's record
    about: dict[str, Any] = field(default_factory=dict)

    def expand(self, inputs: Any) -> Any:
        """Encode where rows arise, write a file per partition, commit where all of a slot comes together."""
        slots, records, tallies, documents = inputs
        # each kind by itself: flattened first, every record would travel once more as an object
        encoded = [
            kind | f"Encode{name}" >> beam.ParDo(_EncodeRows()).with_outputs(TALLIES, main="parts")
            for name, kind in zip(_KINDS, records, strict=False)
        ]
        staged = (
            [kind.parts for kind in encoded]
            | "Parts" >> beam.Flatten()
            | "ByPartition" >> beam.GroupByKey()
            | "StageFiles" >> beam.ParDo(_StageFiles(self.output)).with_outputs(TALLIES, main="files")
        )
        summed = (tallies, staged[TALLIES], *(kind[TALLIES] for kind in encoded)) | SumTallies()
        heartbeat = slots | "Heartbeat" >> beam.Map(_by_run)
        parts = [
            part | f"{name}ByRun" >> beam.Map(_by_run)
            for name, part in (("Files", staged.files), ("Tallies", summed), ("Documents", documents))
        ]
        return (
            [heartbeat, *parts]
            | "AllParts" >> beam.Flatten()
            | "BySlot" >> beam.GroupByKey()
            | "Commit" >> beam.FlatMap(_commit, self.output, self.about)
        )


class _EncodeRows(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    """Records in, (target, packed rows) out: one part a target and bundle."""

    def start_bundle(self) -> None:
        self._rows: dict[tuple[Any, Target], list[dict[str, Any]]] = {}
        self._summed = Summed()
        self._count = 0

    def process(self, record: Record, window: Any = beam.DoFn.WindowParam) -> Iterator[Any]:
        started = thread_time()
        row = to_row(record, clock.now())
        self._rows.setdefault((window, (row.run_id, row.dataset, row.date)), []).append(row.values)
        self._count += 1
        self._summed.add(_spent(row.run_id, started), window)
        if self._count >= _MOST_BUFFERED:
            yield from self._flushed()

    def finish_bundle(self) -> Iterator[Any]:
        yield from self._flushed()
        yield from self._summed.outputs()

    def _flushed(self) -> list[Any]:
        flushed = []
        for (window, target), rows in self._rows.items():
            started = thread_time()
            flushed.append(WindowedValue((target, encode(target[1], rows)), window.max_timestamp(), (window,)))
            self._summed.add(_spent(target[0], started), window)
        self._rows, self._count = {}, 0
        return flushed


def _spent(run_id: str, started: float) -> Any:
    return tally(run_id, STAGE, "cpu_us", round((thread_time() - started) * 1e6))


class _StageFiles(InFlight):
    """Packed rows of a partition in, its unpublished file out; compressing and syncing leave Python to others."""

    limit = 4 * _WRITERS

    def __init__(self, output: str) -> None:
        self._output = output

    def setup(self) -> None:
        self._threads = ThreadPoolExecutor(_WRITERS)

    def begin(self, group: tuple[Target, Iterable[bytes]]) -> "Future[tuple[ManifestFile, Any]]":
        return self._threads.submit(self._staged, group)

    def _staged(self, group: tuple[Target, Iterable[bytes]]) -> tuple[ManifestFile, Any]:
        (run_id, dataset, date), parts = group
        started = thread_time()
        return stage_file(store_of(self._output), run_id, dataset, date, parts), _spent(run_id, started)

    def finish(self, _group: Any, future: "Future[tuple[ManifestFile, Any]]") -> Iterable[Any]:
        yield from future.result()

    def teardown(self) -> None:
        super().teardown()
        self._threads.shutdown()


def _by_run(part: Slot | ManifestFile | Tally | Document) -> tuple[str, Any]:
    return part.run_id, part


def _commit(group: tuple[str, Iterable[Any]], output: str, about: dict[str, Any]) -> Iterator[Published]:
    run_id, parts = group[0], list(group[1])
    files = sorted(part for part in parts if isinstance(part, ManifestFile))
    tallies = [part for part in parts if isinstance(part, Tally)]
    record = run_record(run_id, tallies, files, about, clock.now())
    documents: dict[str, Any] = {record_path(run_id): record}
    for document in (part for part in parts if isinstance(part, Document)):
        documents[document_path(document.kind, run_id)] = list(document.lines)
    try:
        commit(store_of(output), Manifest(run_id, tuple(files), documents))
    except LostLeaseError as error:  # to raise it would let some runners try again for ever
        logging.getLogger("dateline").error("%s", error)
        return
    yield Published(run_id, record)

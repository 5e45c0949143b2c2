"""An output in, the files of whole runs out: what a reader may add up while others write.

Publishing is not instantaneous: a run's files, or a compaction's, appear one after the other. While that lasts, its
manifest is there and its done marker is not. So what is pending is left out; and if anything was committed or finished
while the files were being listed, they are listed anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from transforms.errors import DatelineError
from transforms.layout import DATASETS, DONE, MANIFESTS, PublishedFile
from transforms.manifest import COMPACTION, Manifest, read_manifest
from transforms.published import published_files, run_ids
from transforms.store.base import Store

_TRIES = 50


class State(NamedTuple):
    """The runs with a manifest, and those that are published in full; oldest first."""

    committed: tuple[str, ...]
    done: tuple[str, ...]

    @property
    def pending(self) -> tuple[str, ...]:
        """The runs whose manifest is there but not all that it says, oldest first."""
        return tuple(sorted(set(self.committed) - set(self.done)))


class RestlessError(DatelineError):
    """Something was published at every look: there was no quiet moment to list the files in."""


@dataclass(frozen=True)
class Snapshot:
    """The files of whole runs at one moment, by dataset."""

    files: dict[str, tuple[PublishedFile, ...]]
    # whose pending runs are not in `files`; another one means that there is something new to see
    state: State

    @property
    def paths(self) -> set[str]:
        """Where they all lie."""
        return {file.path for files in self.files.values() for file in files}


def read_state(store: Store) -> State:
    """What is committed and what is finished: two listings, no file is read."""
    done = tuple(run_ids(store, DONE))  # first: what is done has a manifest
    return State(tuple(run_ids(store, MANIFESTS)), done)


def take_snapshot(store: Store) -> Snapshot:
    """The files of whole runs. Raises RestlessError where no moment of quiet was found."""
    for _ in range(_TRIES):
        state = read_state(store)
        found = {dataset: _published(store, dataset) for dataset in DATASETS}
        try:
            hidden = {path for run_id in state.pending for path in _hidden(read_manifest(store, run_id), found)}
        except FileNotFoundError:  # vacuumed meanwhile
            continue
        if read_state(store) == state:
            files = {
                dataset: tuple(file for file in found[dataset].values() if file.path not in hidden) for dataset in found
            }
            return Snapshot(files, state)
    raise RestlessError(f"{store.root}: publishing went on while its files were listed, {_TRIES} times; ask again")


def _published(store: Store, dataset: str) -> dict[str, PublishedFile]:
    return {file.path: file for file in published_files(store, dataset)}


def _hidden(manifest: Manifest, found: dict[str, dict[str, PublishedFile]]) -> Iterator[str]:
    """The files that a pending commit must not show: all of a run; of a compaction either the old or the new ones.

    Old ones are deleted only when all new ones are in place.
    """
    new = [file.path for file in manifest.files]
    if manifest.kind == COMPACTION and all(file.path in found[file.dataset] for file in manifest.files):
        yield from manifest.replaced
    else:
        yield from new

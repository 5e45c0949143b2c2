"""What the redo log asks of a place to write to, and the errors that a place may raise.

Four promises carry the proof of decision 0002, on a disk and in a bucket alike:

* a file appears whole or not at all, and is durable when the call that made it returns;
* `create` gives a name to one of all who ask for it at the same time;
* `place` may be repeated, wherever it was interrupted, and changes nothing that is in place;
* a listing shows what was there before it began.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import IO, Any

from transforms.errors import DatelineError


class StoreError(DatelineError):
    """The output's disk or bucket refuses: it is full, over quota, read-only, unreachable or failing."""

    @classmethod
    def of(cls, root: str, reason: object) -> "StoreError":
        """The error as one line that says what it means."""
        line = " ".join(str(reason).split())
        return cls(f"--output {root}: cannot be written: {line}; nothing is lost, and the next run goes on from here")


class BusyError(DatelineError):
    """Another run writes to the same output."""


class LostFileError(DatelineError):
    """A manifest names a file that is neither staged nor published: somebody removed it by hand."""

    @classmethod
    def of(cls, root: str, path: str) -> "LostFileError":
        """The error as one line that names the file."""
        return cls(
            f"{root}/{path}: in a manifest, but neither staged nor published; restore it, or remove the manifest"
        )


class LostLeaseError(DatelineError):
    """This writer was taken for dead, and another one writes now: what was not committed is not published."""


class Store(ABC):
    """A place that holds an output. Paths are relative to it, with slashes.

    All methods raise StoreError where the disk or bucket refuses.
    """

    # as people write it: a path, or gs://bucket/folder
    root: str

    @abstractmethod
    def files(self, folder: str) -> dict[str, int]:
        """Every file below a folder with its size in bytes, sorted by path; empty where there is no such folder."""

    @abstractmethod
    def open(self, path: str) -> IO[bytes] | Any:
        """A file for reading, seekable. Raises FileNotFoundError."""

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Whether there is such a file."""

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Make or replace a file."""

    @abstractmethod
    def create(self, path: str, data: bytes) -> bool:
        """Make a file unless there is one: whether it is ours."""

    @abstractmethod
    def place(self, moves: Sequence[tuple[str, str]]) -> None:
        """Move each (source, target); a target that exists stays as it is, and its source is left.

        Raises LostFileError where there is neither.
        """

    @abstractmethod
    def delete(self, paths: Iterable[str]) -> None:
        """Delete those files that are there; none comes back after a power failure when this has returned."""

    @abstractmethod
    def delete_folder(self, folder: str) -> None:
        """Delete all below a folder, and the folder."""

    @abstractmethod
    def writing(self) -> "AbstractContextManager[Lease]":
        """Hold the output for one writer.

        Raises BusyError where another one holds it, UsageError where it cannot be written.
        """

    def read(self, path: str) -> bytes:
        """A whole file. Raises FileNotFoundError."""
        with self.open(path) as file:
            data: bytes = file.read()
            return data


class Lease(ABC):
    """The right to write, held by one process at a time."""

    # a run of the last holder that may still be at work although it was taken for dead; "" for none
    abandoned: str = ""

    @abstractmethod
    def works_on(self, run_id: str) -> None:
        """Say which run this holder is about to write, so that whoever takes over can rule it out.

        Raises LostLeaseError where another holder has taken over.
        """

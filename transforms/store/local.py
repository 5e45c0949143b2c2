"""An output in a folder of this machine: durable by fsync, locked by the kernel."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

import pyarrow as pa

from transforms.errors import UsageError
from transforms.store.base import BusyError, Lease, LostFileError, Store, StoreError

# folders that are synced at the same time
_SYNCS = 8


class LocalStore(Store):
    """A folder; made by the first who writes to it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.root = str(root)

    def files(self, folder: str) -> dict[str, int]:
        """Found by walking the folders; what is deleted meanwhile is not among them."""
        with self._errors():
            return dict(sorted(_walked(self._root / folder, f"{folder}/")))

    def open(self, path: str) -> Any:
        """Arrow's own file: Parquet is read from it without Python in between."""
        return pa.OSFile(str(self._root / path))

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self._root / path).is_file()

    def write(self, path: str, data: bytes) -> None:
        """Written beside the unpublished files, then renamed."""
        with self._errors(), self._hidden(data) as hidden:
            hidden.replace(self._made(path))
            _sync_folder((self._root / path).parent)

    def create(self, path: str, data: bytes) -> bool:
        """Looked for, then written: who holds the lock is alone, and links are not to be had everywhere."""
        if self.exists(path):
            return False
        self.write(path, data)
        return True

    def place(self, moves: Sequence[tuple[str, str]]) -> None:
        """Renamed one by one; then all the folders that lead there are synced, each once."""
        with self._errors():
            for source, target in moves:
                if self.exists(target):  # what is published stays, even where a late retry has staged it once more
                    continue
                (self._root / target).parent.mkdir(parents=True, exist_ok=True)
                try:
                    (self._root / source).replace(self._root / target)
                except FileNotFoundError as error:
                    raise LostFileError.of(self.root, target) from error
            folders = {self._root / folder for _, target in moves for folder in PurePath(target).parents}
            with ThreadPoolExecutor(_SYNCS) as threads:  # each is a wait for the disk
                list(threads.map(_sync_folder, sorted(folders)))

    def delete(self, paths: Iterable[str]) -> None:
        """Unlinked; folders stay, and are synced before this returns: a file that comes back would count twice."""
        with self._errors():
            files = [self._root / path for path in paths]
            for file in files:
                file.unlink(missing_ok=True)
            for folder in sorted({file.parent for file in files if file.parent.is_dir()}):
                _sync_folder(folder)

    def delete_folder(self, folder: str) -> None:
        """Removed with all that is in it."""
        with self._errors():
            if (self._root / folder).exists():
                shutil.rmtree(self._root / folder)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Lease]:
        """A lock that the kernel frees when the process dies, whatever killed it."""
        lock = self._root / "_meta" / "lock"
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)  # not inheritable: no child keeps the lock
        except OSError as error:
            raise UsageError(f"--output {self.root}: cannot be written: {error.strerror}") from error
        try:
            self._lock(descriptor)
            yield _Lock()
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"--output {self.root}: another run is writing there; wait for it, or choose another output"
            ) from error
        except OSError as error:  # some network file systems
            raise UsageError(
                f"--output {self.root}: cannot be locked: {error.strerror}; choose a local disk or a bucket"
            ) from error

    @contextlib.contextmanager
    def _hidden(self, data: bytes) -> Iterator[Path]:
        """A durable file that no reader sees; what is left of one that was interrupted goes with the staging."""
        hidden = self._made(f"_staging/.{uuid4().hex}.tmp")
        try:
            with hidden.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield hidden
        finally:
            hidden.unlink(missing_ok=True)

    def _made(self, path: str) -> Path:
        """The path, its folder made."""
        _make_folder((self._root / path).parent)
        return self._root / path

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError.of(self.root, os.strerror(error.errno) if error.errno else error) from error


class _Lock(Lease):
    """What the kernel holds for a process: nobody takes over while that lives."""

    def works_on(self, run_id: str) -> None:
        """Nothing to say: a holder that is dead writes no more."""


def _walked(folder: Path, prefix: str) -> Iterator[tuple[str, int]]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                if entry.is_dir():
                    yield from _walked(Path(entry.path), f"{prefix}{entry.name}/")
                else:
                    yield prefix + entry.name, entry.stat().st_size


def _make_folder(path: Path) -> None:
    """Make a folder and those above it; each is on the disk when this returns, so no file in it can be lost with it."""
    if path.is_dir():
        return
    _make_folder(path.parent)
    path.mkdir(exist_ok=True)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems sync no folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)

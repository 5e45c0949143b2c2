"""An output in a bucket: gs:// and s3://, by the clients that Beam's FileSystems stand on.

A bucket has no locks and no renames. What it has is enough: an object appears whole, a listing shows all that was
there before it, and "create if absent" gives a name to one of all who ask for it.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, TypeVar

from transforms.errors import UsageError
from transforms.store.base import Lease, LostFileError, Store, StoreError
from transforms.store.clouds import cloud_of
from transforms.store.lease import ObjectLease

T = TypeVar("T")
SCHEMES = ("gs", "s3")
# requests at a time: as many connections as either client keeps
_AT_ONCE = 10


class ObjectStore(Store):
    """A folder of a bucket: `gs://bucket/folder` or `s3://bucket/folder`."""

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        scheme, _, rest = self.root.partition("://")
        if scheme not in SCHEMES or not re.fullmatch(r"[^/]+(/[^/]+)+", rest):
            known = " or ".join(f"{scheme}://bucket/folder" for scheme in SCHEMES)
            raise UsageError(f"--output {root}: outputs are local folders, {known}")
        try:
            self._cloud = cloud_of(scheme)
        except ImportError as error:
            raise UsageError(
                f"--output {root}: {scheme}:// needs more packages: pip install 'dateline[{scheme}]'"
            ) from error
        with _to_be_mended():
            self._try(lambda: self._cloud.reach(self.root))

    def files(self, folder: str) -> dict[str, int]:
        """Found by one listing."""
        found = self._try(lambda: list(self._cloud.client().list_files(f"{self.root}/{folder}/")))
        return dict(sorted((url[len(self.root) + 1 :], size) for url, size in found))

    def open(self, path: str) -> IO[bytes]:
        """Read in ranges, as they are asked for."""
        return self._found(path, lambda: self._cloud.client().open(self._url(path)))

    def read(self, path: str) -> bytes:
        """Read at once."""
        return self._found(path, lambda: bytes(self._cloud.client().open(self._url(path)).read()))

    def exists(self, path: str) -> bool:
        """Whether there is such an object."""
        return self._try(lambda: bool(self._cloud.client().exists(self._url(path))))

    def write(self, path: str, data: bytes) -> None:
        """One upload."""
        self._try(lambda: self._cloud.put(self._url(path), data, False))

    def create(self, path: str, data: bytes) -> bool:
        """One upload under the condition that there is no such object."""
        if self._try(lambda: self._cloud.put(self._url(path), data, True)):
            return True
        # the client tries again after a lost answer, and is then refused by what it made itself
        return self.read(path) == data

    def place(self, moves: Sequence[tuple[str, str]]) -> None:
        """Copied, each whole at once; the sources go with the staging.

        Whether all arrived is told by a listing, for not every client says what it could not copy.
        """
        there = self._there(moves)
        errors = self._each(self._copy, [move for move in moves if move[1] not in there])
        there = self._there(moves)
        for source, target in moves:
            if target not in there:
                failure = LostFileError.of(self.root, target)
                raise failure if not self.exists(source) else errors[0] if errors else failure

    def delete(self, paths: Iterable[str]) -> None:
        """Deleted side by side."""
        for error in self._each(self._delete, paths):
            raise error

    def delete_folder(self, folder: str) -> None:
        """All that is below it; there are no folders."""
        self.delete(self.files(folder))

    @contextlib.contextmanager
    def writing(self) -> Iterator[Lease]:
        """A lease object with an expiry, renewed while this process lives."""
        with _to_be_mended():
            lease = ObjectLease.take(self)
        try:
            yield lease
        finally:
            lease.release()

    def _url(self, path: str) -> str:
        return f"{self.root}/{path}"

    def _there(self, moves: Sequence[tuple[str, str]]) -> set[str]:
        return {path for folder in {target.partition("/")[0] for _, target in moves} for path in self.files(folder)}

    def _copy(self, move: tuple[str, str]) -> None:
        self._cloud.client().copy(*map(self._url, move))

    def _delete(self, path: str) -> None:
        self._cloud.client().delete(self._url(path))

    def _each(self, do: Callable[[Any], None], whats: Iterable[Any]) -> list[StoreError]:
        """Do it for each, side by side; what went wrong."""

        def tried(what: Any) -> StoreError | None:
            try:
                self._try(lambda: do(what))
            except StoreError as error:
                return error
            return None

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return [error for error in threads.map(tried, whats) if error]

    def _found(self, path: str, do: Callable[[], T]) -> T:
        """What `do` gives of an object. Raises FileNotFoundError where there is none, or none any more."""
        try:
            return self._try(do)
        except StoreError:
            if self.exists(path):
                raise
            raise FileNotFoundError(self._url(path)) from None

    def _try(self, do: Callable[[], T]) -> T:
        """What `do` gives; whatever a cloud's client raises is a StoreError, for each has its own errors."""
        try:
            return do()
        except self._cloud.errors as error:
            raise StoreError.of(self.root, error) from error


@contextlib.contextmanager
def _to_be_mended() -> Iterator[None]:
    """Before anything was begun, a bucket that refuses is the operator's to mend."""
    try:
        yield
    except StoreError as error:
        raise UsageError(str(error).partition("; nothing is lost")[0]) from error

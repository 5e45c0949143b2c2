"""A folder is held by one process, and says what is wrong with it."""

import errno
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.errors import UsageError
from transforms.store.base import BusyError
from transforms.store.open import store_of


def _try(output: Path) -> None:
    try:
        with store_of(output).writing():
            code = 0
    except BusyError:
        code = 3
    raise SystemExit(code)


def in_another_process(action: Callable[[Path], None], output: Path) -> int | None:
    """The exit code of an action in a process of its own."""
    process = multiprocessing.get_context("forkserver").Process(target=action, args=(output,))
    process.start()
    process.join(60)
    return process.exitcode


def test_what_is_deleted_does_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folders of deleted files are on the disk when deleting returns: a replaced file must not count again."""
    store, synced = store_of(tmp_path), set()
    for path in ("articles/date=2021-06-16/x", "articles/date=2021-06-17/y"):
        store.write(path, b"1")
    monkeypatch.setattr("os.fsync", lambda descriptor: synced.add(os.fstat(descriptor).st_ino))
    store.delete(["articles/date=2021-06-16/x", "articles/date=2021-06-17/y", "nothing/there"])

    assert synced == {folder.stat().st_ino for folder in (tmp_path / "articles").iterdir()}


def test_one_writer_at_a_time(tmp_path: Path):
    """While one process writes, another is refused; afterwards it is not."""
    with store_of(tmp_path).writing():
        assert in_another_process(_try, tmp_path) == 3
        with pytest.raises(BusyError, match="another run is writing there"), store_of(tmp_path).writing():
            pass

    assert in_another_process(_try, tmp_path) == 0


def test_the_output_is_free_after_an_error(tmp_path: Path):
    """A run that fails gives the output back."""
    with pytest.raises(KeyError), store_of(tmp_path).writing():
        raise KeyError("a bug")

    with store_of(tmp_path).writing():
        pass


@pytest.mark.parametrize("place", ["", "_meta", "_meta/lock"])
def test_an_output_that_cannot_be_written_is_a_usage_error(tmp_path: Path, place: str):
    """A file in place of a folder, or the other way round, is the operator's to repair."""
    output = tmp_path / "output"
    blocked = output / place
    blocked.parent.mkdir(parents=True, exist_ok=True)
    if place == "_meta/lock":
        blocked.mkdir()
    else:
        blocked.write_text("in the way")

    with pytest.raises(UsageError, match=r"--output .*: cannot be written: \w"), store_of(output).writing():
        pass


def test_an_output_that_cannot_be_locked_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file system without locks could not keep a second writer out, so it is not written to."""

    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(UsageError, match="cannot be locked: No locks available"), store_of(tmp_path).writing():
        pass

"""The redo log: how a run's files become visible exactly once (decision 0002 has the proof).

    stage and sync every file → manifest (the commit point) → rename into place → done marker → staging removed

A run killed before its manifest leaves only unpublished files, which the next run deletes. A run killed after it is
finished by the next run: renaming is a no-op for what is already in place. Nothing published is ever overwritten or
deleted.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from transforms.errors import DatelineError, UsageError
from transforms.layout import done_path, manifest_path, staging
from transforms.write.files import disk_errors, make_folder, sync_folder, write_durably, write_json
from transforms.write.stage import StagedFile


class BusyError(DatelineError):
    """Another run writes to the same output."""


class LostFileError(DatelineError):
    """A manifest names a file that is neither staged nor published: somebody removed it by hand."""


@contextmanager
def writing(output: Path) -> Iterator[None]:
    """Hold the output for one writer. The kernel frees the lock when the process dies, whatever killed it.

    Raises BusyError where another run holds it, UsageError where the output cannot be written.
    """
    lock = output / "_meta" / "lock"
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)  # not inheritable: no child keeps the lock
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BusyError(
            f"--output {output}: another run is writing there; wait for it, or choose another output"
        ) from error
    except OSError as error:  # some network file systems
        os.close(descriptor)
        raise UsageError(f"--output {output}: cannot be locked: {error.strerror}; choose a local disk") from error
    try:
        yield
    finally:
        os.close(descriptor)


def commit(output: Path, run_id: str, files: Iterable[StagedFile], documents: dict[str, Any]) -> None:
    """Publish a run: its staged files, and small JSON documents by their path below the output.

    Raises DiskError where the disk refuses: before the manifest nothing is published, after it the next run goes on.
    """
    entries = [file._asdict() for file in sorted(files)]
    manifest = {"run_id": run_id, "files": entries, "documents": documents}
    with disk_errors(output):
        write_json(manifest_path(output, run_id), manifest)
        _publish(output, manifest)


def recover(output: Path) -> list[str]:
    """Finish every committed run that was interrupted, delete what no manifest names; the ids of the runs finished."""
    finished = []
    with disk_errors(output):
        for path in sorted((output / "_meta" / "manifests").glob("*.json")):
            if not done_path(output, path.stem).exists():
                _publish(output, json.loads(path.read_text("utf-8")))
                finished.append(path.stem)
        discard(output)
    return finished


def discard(output: Path) -> None:
    """Delete all unpublished files; only for a writer, and only when no commit is under way."""
    for folder in sorted((output / "_staging").glob("*")):
        committed = manifest_path(output, folder.name).exists() and not done_path(output, folder.name).exists()
        if folder.is_dir() and not committed:
            shutil.rmtree(folder)
    for half_written in sorted((output / "_meta").glob("*/.*.tmp")):
        half_written.unlink()


def _publish(output: Path, manifest: dict[str, Any]) -> None:
    """Move everything of a manifest into place; may be repeated, and picks up wherever an earlier try was killed."""
    run_id = manifest["run_id"]
    for entry in manifest["files"]:
        _move(staging(output, run_id) / entry["path"], output / entry["path"])
    for path, document in manifest["documents"].items():
        write_json(output / path, document)
    write_durably(done_path(output, run_id), b"")
    shutil.rmtree(staging(output, run_id), ignore_errors=True)


def _move(staged: Path, target: Path) -> None:
    make_folder(target.parent)
    if not target.exists():  # what is published stays, even where a late retry has staged it once more
        if not staged.exists():
            raise LostFileError(
                f"{target}: in a manifest, but neither staged nor published; restore it, or remove the manifest"
            )
        staged.replace(target)
    sync_folder(target.parent)

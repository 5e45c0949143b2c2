"""Durable files: on the disk before anything says so; a disk that refuses is a declared error."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transforms.errors import DatelineError


class DiskError(DatelineError):
    """The output's disk refuses: it is full, over quota, read-only or failing."""


@contextlib.contextmanager
def disk_errors(output: Path) -> Iterator[None]:
    """Raise DiskError, one line, for whatever OSError the body meets below an output."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise DiskError(
            f"--output {output}: cannot be written: {reason}; nothing is lost, and the next run goes on from here"
        ) from error


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all, and is on the disk when this returns."""
    make_folder(path.parent)
    hidden = path.with_name(f".{path.name}.tmp")
    with hidden.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    hidden.replace(path)
    sync_folder(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, durably."""
    write_durably(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode())


def make_folder(path: Path) -> None:
    """Make a folder and those above it; each is on the disk when this returns, so no file in it can be lost with it."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with _opened(path) as descriptor:
        os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    with _opened(path) as descriptor, contextlib.suppress(OSError):  # some file systems sync no folders
        os.fsync(descriptor)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

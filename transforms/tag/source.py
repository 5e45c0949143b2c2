"""A taxonomy's place in, its bytes out: all of it that a process needs which tags nothing itself."""

import zlib
from pathlib import Path

from transforms.errors import UsageError
from transforms.store.open import read_file

PACKAGED = Path(__file__).with_name("data") / "topics.yaml"


def read_source(path: Path | str | None = None) -> bytes:
    """A taxonomy's file in (None: the packaged one; gs:// or s3:// for one in a bucket), its bytes out.

    Raises UsageError where it cannot be read.
    """
    try:
        return read_file(path or PACKAGED)
    except OSError as error:
        raise UsageError(f"{path}: the taxonomy cannot be read: {error.strerror or error}") from error


def pack(source: bytes) -> bytes:
    """A taxonomy's bytes as they travel with every article: a third."""
    return zlib.compress(source)


def unpack(packed: bytes) -> bytes:
    """What was packed."""
    return zlib.decompress(packed)

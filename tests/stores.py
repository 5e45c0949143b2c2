"""Stores to test with: a folder, and folders of real buckets on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from bench.buckets import Bucket, bucket
from transforms.store.base import Store
from transforms.store.open import store_of

SCHEMES = ("gs", "s3")


@pytest.fixture(scope="session")
def buckets() -> Iterator[dict[str, Bucket]]:
    """A bucket of each kind."""
    with ExitStack() as stack:
        yield {scheme: stack.enter_context(bucket(scheme)) for scheme in SCHEMES}


# requests take longer than files: the quick tests keep to a folder
_KINDS = ["folder", *(pytest.param(scheme, marks=pytest.mark.slow) for scheme in SCHEMES)]


@pytest.fixture(params=_KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty place to write to, of each kind."""
    if request.param == "folder":
        return store_of(tmp_path)
    made = request.getfixturevalue("buckets")[request.param]
    return store_of(f"{made.root}/{uuid4().hex}")

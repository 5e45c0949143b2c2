"""An output as people write it in, the store that holds it out."""

from functools import lru_cache
from pathlib import Path

from transforms.store.base import Store
from transforms.store.local import LocalStore


@lru_cache(maxsize=64)
def store_of(output: str | Path) -> Store:
    """The store of a local folder, or of a folder in a bucket.

    Raises UsageError for what is neither, or where a bucket's packages are not installed.

    >>> store_of("/data/news").root
    '/data/news'
    """
    if "://" in str(output):
        from transforms.store.objects import ObjectStore  # a run on a local disk loads no cloud

        return ObjectStore(str(output))
    return LocalStore(Path(output))

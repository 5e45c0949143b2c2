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


def read_file(place: Path | str, most: int = -1) -> bytes:
    """The first bytes of a file of this machine, or of gs://bucket/file or s3://bucket/file. Raises OSError."""
    if "://" not in str(place):
        with Path(place).open("rb") as file:
            return file.read(most)
    scheme = str(place).partition("://")[0]
    try:
        from transforms.store.clouds import cloud_of

        cloud = cloud_of(scheme)
    except KeyError as error:
        raise OSError(f"{scheme}:// is not to be read here, only files, gs:// and s3://") from error
    except ImportError as error:
        raise OSError(f"{scheme}:// needs more packages: pip install 'dateline[{scheme}]'") from error
    try:
        cloud.reach(str(place))  # asked once: opening would try for minutes
        with cloud.client().open(str(place)) as file:
            content: bytes = file.read(most)
            return content
    except cloud.errors as error:
        raise OSError(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}") from error

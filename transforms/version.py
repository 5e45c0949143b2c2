"""The version of Dateline that runs."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version


@lru_cache(maxsize=1)
def pipeline_version() -> str:
    """The installed distribution's version, "0+unknown" where the code runs without being installed."""
    try:
        return version("dateline")
    except PackageNotFoundError:
        return "0+unknown"

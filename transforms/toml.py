"""TOML by the standard library where it reads it (Python 3.11), else by its twin; and the tables of our packages."""

import sys
from importlib.resources import files
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["packaged_toml", "tomllib"]


def packaged_toml(package: str, name: str) -> dict[str, Any]:
    """Return the tables of a file in a package's folder data/.

    >>> "words" in packaged_toml("transforms.extract", "markup.toml")
    True
    """
    return tomllib.loads(files(package).joinpath("data", name).read_text("utf-8"))

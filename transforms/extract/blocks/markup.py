"""What the block model knows of markup: data/markup.toml as it stands there."""

import sys
from importlib.resources import files
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MARKUP: dict[str, Any] = tomllib.loads(files("transforms.extract").joinpath("data/markup.toml").read_text("utf-8"))

"""The news agencies of data/agencies.toml: a piece of text in, the agencies it names out."""

import re
import sys
from importlib.resources import files

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_DATA = tomllib.loads(files(__package__).joinpath("data/agencies.toml").read_text("utf-8"))

# every name in lower case, with the id it stands for
AGENCIES: dict[str, str] = {name.lower(): agency for agency, names in _DATA["agencies"].items() for name in names}

# a pattern of all names, longest first; scripts without blanks set a name off by no boundary of words
NAME = (
    r"(?<![^\W\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef])(?:"
    + "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(AGENCIES, key=len, reverse=True))
    + r")(?![^\W\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef])"
)
_NAME = re.compile(NAME, re.I)


def agencies_in(text: str) -> list[str]:
    """Return the ids of the agencies a text names, in order, each once.

    >>> agencies_in("Source: AFP and The Associated Press")
    ['afp', 'ap']
    """
    return list(dict.fromkeys(AGENCIES[" ".join(match[0].lower().split())] for match in _NAME.finditer(text)))

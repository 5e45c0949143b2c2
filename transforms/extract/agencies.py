"""The news agencies of data/agencies.toml: a piece of text in, the agencies it names out."""

import re
import sys
from importlib.resources import files

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_DATA = tomllib.loads(files(__package__).joinpath("data/agencies.toml").read_text("utf-8"))

# every name, as written and in capitals, with the id it stands for; case counts, for "sid" or "pa" are words elsewhere
AGENCIES: dict[str, str] = {
    form: agency for agency, names in _DATA["agencies"].items() for name in names for form in (name, name.upper())
}

# a letter of an alphabet that sets words off by blanks; "共同" may stand in the middle of a line without any
_LETTER = r"[^\W\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef]"
# a regular expression of all names, longest first
NAME = (
    rf"(?<!{_LETTER})(?:"
    + "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(AGENCIES, key=len, reverse=True))
    + rf")(?!{_LETTER})"
)
_NAME = re.compile(NAME)


def agencies_in(text: str) -> list[str]:
    """Return the ids of the agencies a text names, in order, each once.

    >>> agencies_in("Source: AFP and The Associated Press")
    ['afp', 'ap']
    """
    return list(dict.fromkeys(AGENCIES[" ".join(match[0].split())] for match in _NAME.finditer(text)))

"""Lengths of time as people write them in, seconds out."""

import re

from transforms.errors import UsageError

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_STATED = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([smhd]?)")


def seconds(stated: str) -> float:
    """Return the seconds of a number with a unit of s, m, h or d; none stands for seconds. Raises UsageError.

    >>> seconds("10m"), seconds("0.25"), seconds("1 d")
    (600.0, 0.25, 86400.0)
    """
    match = _STATED.fullmatch(stated.strip().lower())
    if not match:
        raise UsageError(f"{stated.strip()[:100]!r} is no length of time; write it as 90, 90s, 10m, 24h or 1d")
    return float(match[1]) * _UNITS[match[2]]


def shown(length: float) -> str:
    """Return seconds as a person reads them, in their largest whole unit.

    >>> shown(600), shown(90), shown(86400), shown(0.25)
    ('10m', '90s', '1d', '0.25s')
    """
    units = ((name, size) for name, size in reversed(_UNITS.items()) if name and length and length % size == 0)
    name, size = next(units, ("s", 1.0))
    return f"{length / size:g}{name}"

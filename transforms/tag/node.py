"""Mappings of a YAML file that know where they stand, so that whatever is wrong is said with its place."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

# libyaml reads the file ten times as fast, where it is built in
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # one of two base classes
    """A loader that refuses a key given twice: the first one's terms would be lost silently."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set[str]()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class Node:
    """A mapping and its place in the file; a value that is not as asked for raises ValueError, in one line."""

    def __init__(self, content: object, place: str) -> None:
        if not isinstance(content, Mapping):
            raise ValueError(f"{place} must be a mapping of keys to values")
        self._content: Mapping[Any, Any] = content
        self.place = place

    def value(self, key: str) -> object:
        """What stands under a key; None without it."""
        return self._content.get(key)

    def names(self, known: Sequence[str] | None = None) -> list[str]:
        """The keys, which must be texts and, if `known` is given, among these: a misspelt one is not ignored."""
        for key in self._content:
            if not isinstance(key, str):
                raise ValueError(f"{self.place}: the key {key!r} is not a text; put it in quotes")
            if known is not None and key not in known:
                raise ValueError(f"{self.place}: unknown key {key!r}; known are {', '.join(known)}")
        return list(self._content)

    def node(self, key: str, named: str = "") -> "Node":
        """The mapping under a key; without one, an empty mapping."""
        content = self._content.get(key)
        return Node({} if content is None else content, named or f"{self.place}: {key}")

    def text(self, key: str) -> str:
        """The text under a key."""
        value = self._content.get(key)
        if not isinstance(value, str) or not value:
            raise ValueError(f"{self.place}: {key} must be a text; put it in quotes")
        return value

    def list(self, key: str) -> Sequence[object]:
        """The list under a key; without one, an empty list."""
        value = self._content.get(key)
        if value is not None and not isinstance(value, list):
            raise ValueError(f"{self.place}: {key} must be a list")
        return value or []

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts under a key."""
        values = self.list(key)
        for value in values:
            if not isinstance(value, str):
                raise ValueError(f"{self.place}: {key}: {value!r} is not a text; put it in quotes")
        return tuple(map(str, values))

    def number(self, key: str, default: float | None = None, least: float = 0) -> float:
        """The number under a key, or the default."""
        value = self._content.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= least:
            raise ValueError(f"{self.place}: {key} must be a number of at least {least}")
        return value


def read_yaml(raw: bytes) -> Node:
    """The bytes of a file in, its outermost mapping out; ValueError says in one line what is wrong, and where.

    >>> read_yaml(b"a: 1").number("a")
    1
    """
    try:
        return Node(yaml.load(raw, _Loader), "the file")  # noqa: S506  # a safe loader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{error.problem}") from error
    except yaml.YAMLError as error:  # bytes that are no text
        raise ValueError(" ".join(str(error).split())) from error

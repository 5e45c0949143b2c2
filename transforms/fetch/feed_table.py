"""One feed's settings as a TOML table in, a Feed out.

Secrets are never in the list: it names the environment variable or the file that holds them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from schemas.feed import Feed, SecretRef
from transforms.durations import seconds, shown
from transforms.errors import UsageError

# headers that give access: their values must lie elsewhere
_SECRET_NAME = re.compile(r"auth|cookie|token|secret|passw|credential|key\b|session", re.I)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
# what the client sets itself
_OWN_HEADERS = {
    *("host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "proxy-authorization"),
    *("accept-encoding", "if-none-match", "if-modified-since", "range"),
}
_PLACES = ("env", "file")
_WORDS: dict[type, str] = {str: "text", bool: "true or false", list: "a list of words", dict: "a table"}


def feed_of(table: Mapping[str, Any], feed: Feed) -> Feed:
    """Return the feed with what the table sets of it. Raises UsageError, which names the setting."""
    for name in table:
        if name not in SETTINGS:
            raise UsageError(f"{name!r} is no setting of a feed; known are url, {', '.join(SETTINGS)}")
    for name, value in table.items():
        field, kind, read = SETTINGS[name]
        if not isinstance(value, kind):
            raise UsageError(f"{name} must be {_WORDS[kind]}")
        feed = replace(feed, **{field: read(value)})
    _check(table, feed)
    return feed


def _check(table: Mapping[str, Any], feed: Feed) -> None:
    for name in ("password", "token"):
        if {f"{name}_env", f"{name}_file"} <= table.keys():
            raise UsageError(f"{name}_env and {name}_file: one of them, please")
    if feed.token and (feed.user or feed.password):
        raise UsageError("a token and a password: one of them, please")
    if feed.password and not feed.user:
        raise UsageError("a password without user")
    if feed.min_poll > feed.max_poll:
        raise UsageError(f"min_poll {shown(feed.min_poll)} is more than max_poll {shown(feed.max_poll)}")


def _length(stated: str) -> int:
    return round(seconds(stated))


def _tags(stated: list[object]) -> tuple[str, ...]:
    if not all(isinstance(tag, str) for tag in stated):
        raise UsageError("tags must be a list of words")
    return tuple(str(tag) for tag in stated)


def _headers(stated: dict[str, object]) -> tuple[tuple[str, str | SecretRef], ...]:
    return tuple((_header_name(name), _header(name, value)) for name, value in stated.items())


def _header_name(name: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
        raise UsageError(f"header {name[:100]!r} cannot be set")
    return name


def _header(name: str, value: object) -> str | SecretRef:
    if isinstance(value, dict) and len(value) == 1 and (kind := next(iter(value))) in _PLACES:
        return _secret(kind)(str(value[kind]))
    if not isinstance(value, str) or not value.isprintable():
        raise UsageError(f'header {name} must be one line of text, or {{env = "NAME"}}, or {{file = "PATH"}}')
    if _SECRET_NAME.search(name):
        raise UsageError(
            f'header {name} looks like a secret; write {{env = "NAME"}} or {{file = "PATH"}} for its value'
        )
    return value


def _secret(kind: str) -> Callable[[str], SecretRef]:
    def read(name: str) -> SecretRef:
        if not name.strip() or not name.isprintable():
            raise UsageError(f"a secret's {kind} has no name")
        return SecretRef(kind, name)

    return read


def _not_here(name: str) -> Callable[[object], str]:
    def refuse(_: object) -> str:
        raise UsageError(f"a {name} does not belong in the list; set {name}_env to the variable that holds it")

    return refuse


# setting in the list: field of Feed, type in TOML, what makes the one from the other
SETTINGS: dict[str, tuple[str, type, Callable[[Any], Any]]] = {
    "title": ("title", str, str),
    "tags": ("tags", list, _tags),
    "language": ("language", str, str),
    "full_text": ("full_text", bool, bool),
    "robots": ("robots", bool, bool),
    "min_poll": ("min_poll", str, _length),
    "max_poll": ("max_poll", str, _length),
    "headers": ("headers", dict, _headers),
    "user": ("user", str, str),
    "password_env": ("password", str, _secret("env")),
    "password_file": ("password", str, _secret("file")),
    "token_env": ("token", str, _secret("env")),
    "token_file": ("token", str, _secret("file")),
    "password": ("password", object, _not_here("password")),
    "token": ("token", object, _not_here("token")),
}

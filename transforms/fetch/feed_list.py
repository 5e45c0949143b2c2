"""The operator's feed list in, feeds out: OPML as feed readers export it, TOML, or plain text with one URL a line.

A list is right or the run does not start: every fault is one UsageError that names file and line.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml import etree

from schemas.feed import Feed
from transforms.errors import RejectError, UsageError
from transforms.toml import tomllib
from transforms.urls import absolute_url

_TOML_KEYS = {"url": str, "title": str, "tags": list, "language": str}
_MAX_BYTES = 20_000_000


def read_feed_list(path: Path) -> list[Feed]:
    """Return the feeds of a list, each URL once, in the list's order. Raises UsageError."""
    text = _read(path)
    if re.match(r"\s*<", text):
        found = _opml(path, text)
    elif path.suffix == ".toml":
        found = _toml(path, text)
    else:
        found = _plain(path, text)
    feeds: dict[str, Feed] = {}
    for feed in found:
        feeds.setdefault(feed.url, feed)
    if not feeds:
        raise UsageError(f"{path}: lists no feed; add one URL a line, or export an OPML file from a feed reader")
    return list(feeds.values())


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path}: more than {_MAX_BYTES:,} bytes is no feed list")
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start:,})") from error


def _feed(where: str, url: str, title: str = "", tags: tuple[str, ...] = (), language: str = "") -> Feed:
    if not urlsplit(url.strip()).scheme:
        raise UsageError(f"{where}: {url.strip()[:200]!r} is no URL; it must begin with http:// or https://")
    try:
        return Feed(urldefrag(absolute_url(url, url)).url, title, tags, language)
    except RejectError as error:
        raise UsageError(f"{where}: {url.strip()[:200]!r} cannot be fetched: {error}") from error


def _plain(path: Path, text: str) -> Iterator[Feed]:
    for number, line in enumerate(text.splitlines(), 1):
        url = re.sub(r"(^|\s)#.*", "", line).strip()
        if url:
            yield _feed(f"{path}:{number}", url)


def _opml(path: Path, text: str) -> Iterator[Feed]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"{path}:{error.lineno}: is no well-formed OPML: {error.msg}") from error
    if root.tag != "opml":
        raise UsageError(f"{path}:{root.sourceline}: is no OPML: its root is <{root.tag}>")
    for body in root.iterfind("body"):
        yield from _outlines(path, body, ())


def _outlines(path: Path, parent: Any, folders: tuple[str, ...]) -> Iterator[Feed]:
    for outline in parent.iterfind("outline"):
        named = {name.lower(): value for name, value in outline.attrib.items()}
        title = named.get("title") or named.get("text") or ""
        if "xmlurl" in named:
            labels = tuple(t.strip() for t in named.get("category", "").split(",") if t.strip())
            yield _feed(
                f"{path}:{outline.sourceline}", named["xmlurl"], title, folders + labels, named.get("language", "")
            )
        yield from _outlines(path, outline, folders if "xmlurl" in named or not title else (*folders, title))


def _toml(path: Path, text: str) -> Iterator[Feed]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise UsageError(f"{path}:{line[1] if line else '1'}: is no valid TOML: {error}") from error
    tables = document.get("feeds", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise UsageError(f"{path}:1: feeds must be tables: [[feeds]], each with a url")
    defaults = document.get("defaults", {})
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*feeds\s*\]\]", line)]
    for number, table in enumerate(tables):
        yield _table(path, lines[number] if number < len(lines) else 1, defaults | table)


def _table(path: Path, line: int, table: dict[str, Any]) -> Feed:
    for name, value in table.items():
        if name not in _TOML_KEYS:
            raise UsageError(f"{path}:{line}: {name!r} is no setting of a feed; known are {', '.join(_TOML_KEYS)}")
        if not isinstance(value, _TOML_KEYS[name]):
            raise UsageError(f"{path}:{line}: {name} must be a {'list of words' if name == 'tags' else 'text'}")
    if "url" not in table:
        raise UsageError(f"{path}:{line}: a feed without url")
    tags = tuple(str(tag) for tag in table.get("tags", ()))
    return _feed(f"{path}:{line}", table["url"], table.get("title", ""), tags, table.get("language", ""))

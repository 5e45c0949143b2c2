"""The operator's feed list in, feeds out: OPML as feed readers export it, TOML, or plain text with one URL a line.

A list is right or the run does not start: every fault is one UsageError that names file and line.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml import etree

from schemas.feed import Feed
from transforms.errors import RejectError, UsageError
from transforms.fetch.feed_table import feed_of
from transforms.store.open import read_file
from transforms.toml import tomllib
from transforms.urls import absolute_url, without_secrets

_MAX_BYTES = 20_000_000
_HEADING = re.compile(r"\s*\[\[\s*feeds\s*\]\]")


def read_feed_list(path: Path | str, common: Feed = Feed("")) -> list[Feed]:  # noqa: B008  frozen
    """Return the feeds of a list, each URL once, in the list's order; what it does not say is as in `common`.

    `path` may be gs://bucket/file or s3://bucket/file. Raises UsageError.
    """
    text = _text(path)
    path = Path(path)
    if re.match(r"\s*<", text):
        found = _opml(path, text, common)
    elif path.suffix == ".toml":
        found = _toml(path, text, common)
    else:
        found = _plain(path, text, common)
    feeds: dict[str, Feed] = {}
    for feed in found:
        feeds.setdefault(feed.url, feed)
    if not feeds:
        raise UsageError(f"{path}: lists no feed; add one URL a line, or export an OPML file from a feed reader")
    return list(feeds.values())


def _text(path: Path | str) -> str:
    try:
        content = read_file(path, _MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise UsageError(f"{path}: more than {_MAX_BYTES:,} bytes is no feed list")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start:,})") from error


def _url(where: str, stated: str) -> str:
    if not urlsplit(stated.strip()).scheme:
        raise UsageError(f"{where}: {stated.strip()[:200]!r} is no URL; it must begin with http:// or https://")
    try:
        return urldefrag(absolute_url(stated, stated)).url
    except RejectError as error:
        shown = without_secrets(stated.strip())[:200]
        raise UsageError(f"{where}: {shown!r} cannot be fetched: {error}") from error


def _plain(path: Path, text: str, common: Feed) -> Iterator[Feed]:
    for number, line in enumerate(text.splitlines(), 1):
        url = re.sub(r"(^|\s)#.*", "", line).strip()
        if url:
            yield replace(common, url=_url(f"{path}:{number}", url))


def _opml(path: Path, text: str, common: Feed) -> Iterator[Feed]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"{path}:{error.lineno}: is no well-formed OPML: {error.msg}") from error
    if root.tag != "opml":
        raise UsageError(f"{path}:{root.sourceline}: is no OPML: its root is <{root.tag}>")
    for body in root.iterfind("body"):
        yield from _outlines(path, body, (), common)


def _outlines(path: Path, parent: Any, folders: tuple[str, ...], common: Feed) -> Iterator[Feed]:
    for outline in parent.iterfind("outline"):
        named = {name.lower(): value for name, value in outline.attrib.items()}
        title = named.get("title") or named.get("text") or ""
        if "xmlurl" in named:
            labels = tuple(t.strip() for t in named.get("category", "").split(",") if t.strip())
            url = _url(f"{path}:{outline.sourceline}", named["xmlurl"])
            language = named.get("language") or common.language
            yield replace(common, url=url, title=title, tags=folders + labels, language=language)
        inner = folders if "xmlurl" in named or not title else (*folders, title)
        yield from _outlines(path, outline, inner, common)


def _toml(path: Path, text: str, common: Feed) -> Iterator[Feed]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise UsageError(f"{path}:{line[1] if line else '1'}: is no valid TOML: {error}") from error
    tables, defaults = document.get("feeds", []), document.get("defaults", {})
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise UsageError(f"{path}:1: feeds must be tables: [[feeds]], each with a url")
    if unknown := sorted(document.keys() - {"feeds", "defaults"}):
        raise UsageError(f"{path}:1: {unknown[0]!r} is not known; a list has [defaults] and [[feeds]]")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _HEADING.match(line)]
    for number, table in enumerate(tables):
        yield _table(f"{path}:{lines[number] if number < len(lines) else 1}", defaults | table, common)


def _table(where: str, table: dict[str, Any], common: Feed) -> Feed:
    if not isinstance(url := table.pop("url", None), str):
        raise UsageError(f"{where}: a feed without url")
    try:
        return feed_of(table, replace(common, url=_url(where, url)))
    except UsageError as error:
        raise UsageError(str(error) if str(error).startswith(where) else f"{where}: {error}") from error

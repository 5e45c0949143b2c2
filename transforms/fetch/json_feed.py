"""JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not read: a document in, the shape of its entries out."""

import json
from typing import Any

from transforms.errors import ParseError
from transforms.fetch.statement import Statement


def looks_like_json(body: bytes) -> bool:
    """Whether bytes begin as a JSON object does."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def read_json_feed(body: bytes) -> tuple[str, str, list[Statement]]:
    """A JSON Feed's title, language and entries. Raises ParseError: not_a_feed."""
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError("not_a_feed", f"neither XML nor JSON: {error}") from error
    items = document.get("items")
    if "jsonfeed.org" not in _text(document.get("version")) or not isinstance(items, list):
        raise ParseError("not_a_feed", "a JSON document, but no JSON Feed")
    statements = [_statement(item) for item in items if isinstance(item, dict)]
    return _text(document.get("title")), _text(document.get("language")), statements


def _statement(item: dict[str, Any]) -> Statement:
    authors = item.get("authors") or [item.get("author")]
    return Statement(
        link=_text(item.get("url")) or _text(item.get("external_url")),
        guid=_text(item.get("id")),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        content_html=_text(item.get("content_html")) or _paragraphs(_text(item.get("content_text"))),
        authors=tuple(_text(a.get("name")) for a in authors if isinstance(a, dict))
        if isinstance(authors, list)
        else (),
        tags=tuple(_text(tag) for tag in item["tags"]) if isinstance(item.get("tags"), list) else (),
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        has_enclosure=bool(item.get("attachments")),
    )


def _paragraphs(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"<p>{line}</p>" for line in escaped.splitlines() if line.strip())


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""

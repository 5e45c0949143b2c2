"""A page's tree in, what its JSON-LD says of the article out, however broken or oddly shaped the JSON is."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from transforms.extract.tree import squash

# a JSON object: the values are whatever a stranger wrote
Node = dict[str, object]

_SCRIPTS: Any = etree.XPath("//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]")
_ARTICLE = re.compile("Article|Posting|Report")
_WRAPPING = re.compile(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*$|;\s*$")
_DANGLING_COMMA = re.compile(r",\s*([}\]])")
# control characters and lone surrogates, which JSON may spell and nothing can store
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
# where pages keep the article inside another node
_NESTING = ("@graph", "mainEntity", "mainEntityOfPage")


def article_node(tree: Any) -> Node:
    """Return the JSON-LD node that describes the article, {} if there is none.

    >>> from transforms.extract.tree import parse_page
    >>> page = b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rain"}</script>'
    >>> article_node(parse_page(page))["headline"]
    'Rain'
    """
    nodes = [node for script in _SCRIPTS(tree) for node in _article_nodes(_load(script.text or ""))]
    return max(nodes, key=_completeness, default={})


def _completeness(node: Node) -> int:
    """How sure a node is the article itself and not a mention of another one."""
    return 2 * bool(node.get("headline")) + bool(node.get("headline") and node.get("datePublished"))


def _load(text: str) -> object:
    """JSON in, its value out; None where it cannot be read even without the usual slips."""
    text = _WRAPPING.sub("", text.strip()).strip()
    for attempt in (text, _DANGLING_COMMA.sub(r"\1", text)):
        try:
            value: object = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _article_nodes(value: object) -> Iterator[Node]:
    """Every node of an article type, in page order; without recursion, for nesting has no limit."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting.extend(reversed(found))
        elif isinstance(found, dict):
            if _ARTICLE.search(" ".join(strings(found.get("@type")))):
                yield found
            waiting.extend(found[key] for key in reversed(_NESTING) if isinstance(found.get(key), list | dict))


def strings(value: object) -> list[str]:
    """A string, or a list with strings in it, in; the strings in one line each out.

    >>> strings(["a", 1, " b &amp; c"]), strings(None)
    (['a', 'b & c'], [])
    """
    values = value if isinstance(value, list) else [value]
    return [squash(_UNPRINTABLE.sub(" ", html.unescape(v))) for v in values if isinstance(v, str) and v.strip()]


def string(value: object) -> str:
    """The first string of a value, "" for none."""
    return next(iter(strings(value)), "")


def names(value: object) -> list[str]:
    """A person or organisation, or several, as names or nodes, in; their names out.

    >>> names([{"name": "A. Writer"}, "B. Writer", {"@id": "#c"}, None])
    ['A. Writer', 'B. Writer']
    """
    values = value if isinstance(value, list) else [value]
    return [name for v in values for name in strings(v.get("name") if isinstance(v, dict) else v)]

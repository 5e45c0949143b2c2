"""A page's tree in, what its JSON-LD says of the article out, however broken or oddly shaped the JSON is."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from transforms.extract.tree import squash

# a JSON object: the values are whatever a stranger wrote
Node = dict[str, object]

_ARTICLE = re.compile("Article|(?<!Job)Posting|Report")
# what old pages put around a script, for browsers that knew none
_OPENING, _CLOSING = re.compile(r"(?://)?\s*(?:<!\[CDATA\[|<!--)"), re.compile(r"(?:(?://)?\s*(?:\]\]>|-->)|;)\s*$")
_DANGLING_COMMA = re.compile(r",\s*([}\]])")
# control characters and lone surrogates, which JSON may spell and nothing can store
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
# where pages keep the article inside another node
_NESTING = ("@graph", "mainEntity", "mainEntityOfPage")


def page_nodes(tree: Any) -> list[Node]:
    """Return the JSON-LD nodes in which a page describes itself, of any type, in page order.

    >>> from transforms.extract.tree import parse_page
    >>> page = b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rain"}</script>'
    >>> page_nodes(parse_page(page))[0]["headline"]
    'Rain'
    """
    scripts = (script for script in tree.iter("script") if "ld+json" in script.get("type", "").lower())
    return [node for script in scripts for node in _nodes(_load(script.text or ""))]


def article_node(nodes: Iterable[Node], url: str = "") -> Node:
    """Return the node that describes the article at this address, {} if there is none.

    >>> article_node([{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "Rain"}])["headline"]
    'Rain'
    """
    page = _place(url)
    return max(filter(is_article, nodes), key=lambda node: (_completeness(node), _is_of(node, page)), default={})


def is_article(node: Node) -> bool:
    """Whether a node describes an article, be it the page's own or another one."""
    return _ARTICLE.search(" ".join(types(node))) is not None


def types(node: Node) -> list[str]:
    """The types of a node."""
    return strings(node.get("@type"))


def _completeness(node: Node) -> int:
    """How sure a node is the article itself and not a mention of another one."""
    return 2 * bool(node.get("headline")) + bool(node.get("headline") and node.get("datePublished"))


def _is_of(node: Node, place: str) -> bool:
    """Whether a node gives the place of the page as its own."""
    stated = (node.get(key) for key in ("url", "@id", "mainEntityOfPage"))
    links = (string(value.get("@id") if isinstance(value, dict) else value) for value in stated)
    return bool(place) and any(_place(link) == place for link in links)


def _place(url: str) -> str:
    """A link without what differs between spellings of one address: scheme, query, fragment, last slash."""
    return re.split("[?#]", url, maxsplit=1)[0].partition("://")[2].removeprefix("www.").rstrip("/")


def _load(text: str) -> object:
    """JSON in, its value out; None where it cannot be read even without the usual slips."""
    for mend in (str, _unwrapped, lambda text: _DANGLING_COMMA.sub(r"\1", _unwrapped(text))):
        try:
            value: object = json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _unwrapped(text: str) -> str:
    text = text.strip()
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    closing = _CLOSING.search(text, max(0, len(text) - 40))
    return text[: closing.start()] if closing else text


def _nodes(value: object) -> Iterator[Node]:
    """Every node that is no part of another, in page order; without recursion, for nesting has no limit."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting.extend(reversed(found))
        elif isinstance(found, dict):
            yield found
            waiting.extend(found[key] for key in reversed(_NESTING) if isinstance(found.get(key), list | dict))


def strings(value: object) -> list[str]:
    """A string, or a list with strings in it, in; the strings in one line each out.

    >>> strings(["a", 1, " b &amp; c"]), strings(None)
    (['a', 'b & c'], [])
    """
    values = value if isinstance(value, list) else [value]
    return [line(v) for v in values if isinstance(v, str) and v.strip()]


def line(text: str) -> str:
    """A text as JSON or an attribute has it in; the same in one line, without entities and control characters, out."""
    text = html.unescape(text) if "&" in text else text
    return squash(text if text.isprintable() else _UNPRINTABLE.sub(" ", text))


def string(value: object) -> str:
    """The first string of a value, "" for none."""
    return next(iter(strings(value)), "")


def by_id(nodes: Iterable[Node]) -> dict[str, Node]:
    """Nodes by the id under which others refer to them."""
    return {identity: node for node in nodes if isinstance(identity := node.get("@id"), str)}


def parts(value: object, known: Mapping[str, Node] = MappingProxyType({})) -> Iterator[object]:
    """A value, or a list of values or of lists of them, in; the values out.

    A node that only refers to another one by its id is replaced by that one, if it is `known`.

    >>> list(parts([{"@id": "#a"}, [1], "b"], {"#a": {"name": "A. Smith"}}))
    [{'name': 'A. Smith'}, 1, 'b']
    """
    for outer in value if isinstance(value, list) else [value]:
        for part in outer if isinstance(outer, list) else [outer]:
            identity = part.get("@id") if isinstance(part, dict) and len(part) <= 2 else None
            yield known.get(identity, part) if isinstance(identity, str) else part


def names(value: object, known: Mapping[str, Node] = MappingProxyType({})) -> list[str]:
    """A person or organisation, or several, as names or nodes or lists of these, in; their names out.

    >>> names([{"name": "A. Smith"}, ["B. Smith"], {"@id": "#c"}, None])
    ['A. Smith', 'B. Smith']
    """
    return [
        name for part in parts(value, known) for name in strings(part.get("name") if isinstance(part, dict) else part)
    ]

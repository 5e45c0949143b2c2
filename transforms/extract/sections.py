"""The part of its site that a page belongs to, and the tags its publisher gives it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from transforms.extract.jsonld import Node, parts, string, strings, types
from transforms.extract.metatags import Meta, values
from transforms.extract.titles import folded
from transforms.extract.tree import squash

_SECTION = ("article:section", "og:article:section", "parsely-section", "articlesection", "section", "og:section")
# of a tag or section; and how many tags, nodes and steps of a breadcrumb
_LONGEST, _MOST = 500, 100


def section(node: Node, nodes: Iterable[Node], known: Mapping[str, Node], meta: Meta, title: str) -> str:
    """The section that JSON-LD or a meta tag names, else the last step of the breadcrumb before the page itself."""
    stated = chain(strings(node.get("articleSection")), values(meta, _SECTION), _last_steps(nodes, known, title))
    return next((name for name in stated if 0 < len(name) <= _LONGEST), "")


def publisher_tags(node: Node, meta: Meta) -> tuple[str, ...]:
    """The publisher's own tags, of the first place that has any."""
    stated = strings(node.get("keywords")) or meta.get("article:tag") or values(meta, ("news_keywords", "keywords"))[:1]
    tags = stated if len(stated) > 1 else [tag for text in stated for tag in text.split(",")]
    return tuple(dict.fromkeys(tag for text in tags if (tag := squash(text)) and len(tag) <= _LONGEST))[:_MOST]


def _last_steps(nodes: Iterable[Node], known: Mapping[str, Node], title: str) -> Iterator[str]:
    """Of every breadcrumb the last step, but for the page itself; the first one is the site's."""
    for node in islice(nodes, _MOST):
        for trail in [node] if "BreadcrumbList" in types(node) else parts(node.get("breadcrumb"), known):
            yield from [step for step in _steps(trail)[1:] if folded(step) != folded(title)][-1:]


def _steps(trail: object) -> list[str]:
    """The names in a breadcrumb, which stand at its items or at what these lead to."""
    items = islice(parts(trail.get("itemListElement") if isinstance(trail, dict) else None), _MOST)
    found = (string(item.get("name")) or _name_of(item.get("item")) for item in items if isinstance(item, dict))
    return [name for name in found if name]


def _name_of(item: object) -> str:
    return string(item.get("name")) if isinstance(item, dict) else ""

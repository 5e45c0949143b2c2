"""A page's tree in, its meta tags by name out."""

from collections.abc import Iterable
from typing import Any

from transforms.extract.jsonld import line

# meta tags by lower-case name, each with its values in page order
Meta = dict[str, list[str]]


def meta_tags(tree: Any) -> Meta:
    """Return what a page's meta tags say.

    >>> from transforms.extract.tree import parse_page
    >>> meta_tags(parse_page(b'<meta property="og:title" content="Rain"><meta name="Author" content="">'))
    {'og:title': ['Rain']}
    """
    tags: Meta = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content and not content.isspace():
            tags.setdefault(name.lower(), []).append(line(content))
    return tags


def values(meta: Meta, keys: Iterable[str]) -> list[str]:
    """The first value of each of these tags.

    >>> values({"a": ["1", "2"]}, ("b", "a"))
    ['1']
    """
    return [meta[key][0] for key in keys if meta.get(key)]

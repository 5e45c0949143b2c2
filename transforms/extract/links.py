"""The addresses that a page states: its own, and its lead image's."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from tld import get_fld

from transforms.errors import RejectError
from transforms.extract.jsonld import Node, parts, string
from transforms.extract.metatags import Meta, values
from transforms.extract.tree import squash
from transforms.urls import absolute_url, canonical_url

_IMAGE = ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")
# images that are looked at
_MOST = 10


def own_address(tree: Any, meta: Meta, url: str) -> str:
    """The address the page gives itself, normalised; "" for none, an impossible one, or the front page's."""
    links = (squash(link.get("href") or "") for link in tree.iter("link") if link.get("rel") == "canonical")
    stated = next((link for link in chain(links, values(meta, ("og:url",))) if link), "")
    try:
        own = canonical_url(urljoin(url, stated)) if stated else ""
    except (RejectError, ValueError):  # ValueError: urljoin on a malformed host
        return ""
    return "" if _is_front(own) and not _is_front(url) else own


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def is_foreign(address: str, url: str) -> bool:
    """Whether an address belongs to another site than a URL, by the public suffix list.

    >>> is_foreign("https://amp.e.co.uk/1", "https://www.e.co.uk/1"), is_foreign("https://f.co.uk/1", "https://e.co.uk/1")
    (False, True)
    """
    return bool(address) and _site(address) != _site(url)


def _site(url: str) -> str:
    """The registrable domain; of a host without a public suffix the last two labels, of an address all of it."""
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    return get_fld(url, fail_silently=True) or (host if labels[-1].isdigit() else ".".join(labels[-2:]))


def lead_image(node: Node, known: Mapping[str, Node], meta: Meta, url: str) -> str:
    """The address of the image that stands for the article, absolute; "" for none or only impossible ones."""
    stated = chain(_images(node, known), values(meta, _IMAGE))
    return next((address for link in stated if link and (address := _absolute(link, url))), "")


def _images(node: Node, known: Mapping[str, Node]) -> Iterator[str]:
    """The images of a node, as addresses or nodes, each in its first spelling."""
    for part in islice(parts(node.get("image"), known), _MOST):
        found: Iterable[object] = (
            (part.get("url"), part.get("contentUrl"), part.get("@id")) if isinstance(part, dict) else (part,)
        )
        yield next((link for value in found if (link := string(value))), "")


def _absolute(link: str, base: str) -> str:
    try:
        return absolute_url(link, base)
    except RejectError:
        return ""

"""Whether a page says that its text is not free: in its JSON-LD, in its meta tags, or by an offer where it stops."""

import re
from collections.abc import Iterable, Mapping, Sequence

from transforms.extract import phrases
from transforms.extract.jsonld import Node, types
from transforms.extract.signs import Signs

# publishers name the tag in many ways, with a prefix or without: article:content_tier, cxenseparse:recs:paywall, …
_TIER = re.compile(r"(?:^|[:._-])(?:content[_-]?tier|access|access[_-]?status|access[_-]?level)$")
_PAID = re.compile(r"(?:^|[:._-])(?:is[_-]?)?(?:premium|paid|locked|paywall|paywalled|requires[_-]?subscription)$")
_FREE = re.compile(r"(?:^|[:._-])is[_-]?(?:accessible[_-]?for[_-]?)?free$")
# "metered" is free to most who come
_TIERS = frozenset({"locked", "paid", "premium", "abo", "subscriber", "subscribers", "subscription"})
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_OF_PAGE = re.compile("Article|Posting|Report|WebPage$|CreativeWork")
# a text that is longer is no opening that an offer cuts off
_OPENING = 1_500


def states_paywall(nodes: Iterable[Node], meta: Mapping[str, Sequence[str]]) -> bool:
    """The page's own JSON-LD nodes and its meta tags in; whether they say that the text is not free.

    >>> states_paywall([{"@type": "Article", "isAccessibleForFree": "False"}], {})
    True
    >>> states_paywall([], {"article:content_tier": ["metered"]}), states_paywall([], {"is_premium": ["1"]})
    (False, True)
    """
    return any(map(_is_locked, nodes)) or any(values and _locks(name, values[0]) for name, values in meta.items())


def _is_locked(node: Node) -> bool:
    """Whether a node says so of the article, or, where it says nothing of all, of a part of it."""
    if not _OF_PAGE.search(" ".join(types(node))):
        return False
    if node.get("isAccessibleForFree") is not None:
        return _is_false(node)
    parts = node.get("hasPart")
    return any(isinstance(part, dict) and _is_false(part) for part in (parts if isinstance(parts, list) else [parts]))


def _is_false(node: Node) -> bool:
    """Whether it is not free: false, "False", "http://schema.org/False"."""
    return str(node.get("isAccessibleForFree")).lower().endswith("false")


def _locks(name: str, value: str) -> bool:
    value = value.lower()
    if value in _YES:
        return _PAID.search(name) is not None
    if value in _NO:
        return _FREE.search(name) is not None
    return value in _TIERS and _TIER.search(name) is not None


def offer(signs: Signs) -> str:
    """Return the offer to subscribe that follows on a text of an opening's length, "" for none."""
    if len(signs.body) >= _OPENING:
        return ""
    return next((found[0] for line in signs.closing if (found := phrases.OFFER.search(line.lower()))), "")

"""Texts for tests of de-duplication, made of invented prose, and the edits that outlets make to agency copy."""

from datetime import datetime, timedelta

from tests.makers import NOW, digest, prose
from transforms.dedup.card import Card, Order
from transforms.dedup.sketch import pack
from transforms.dedup.sketching import sketch_text

STORY = prose(1, 40)
OTHER = prose(2, 40)
BOILERPLATE = prose(3, 3)


def sentences(text: str) -> list[str]:
    """A text's sentences."""
    return [part + "." for part in text.rstrip(".").split(". ")]


def cut(text: str, share: float) -> str:
    """The text cut from the bottom to a share of its sentences."""
    parts = sentences(text)
    return " ".join(parts[: max(1, round(share * len(parts)))])


def order(name: str, hours: float = 0.0, published: datetime = NOW) -> Order:
    """An order key, so many hours after the first run."""
    at = NOW + timedelta(hours=hours)
    return Order(at, at, published, digest(name))


def card(name: str, text: str, *, hours: float = 0.0, cluster: str | None = None, depth: int = 0) -> Card:
    """A card of an article by name; `cluster` is the name of the published cluster's canonical."""
    import hashlib

    published = None if cluster is None else NOW
    return Card(
        order(name, hours),
        hashlib.sha256(text.encode()).hexdigest(),
        pack(sketch_text(text)),
        None if cluster is None else digest(cluster),
        published,
        depth,
    )

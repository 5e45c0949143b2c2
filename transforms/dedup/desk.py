"""Pairs of articles in, verdicts out: the desk where cards are laid side by side."""

from collections.abc import Iterable

from transforms.dedup.arrays import Array
from transforms.dedup.card import Card, Order
from transforms.dedup.compare import Verdict, compare, same_text
from transforms.dedup.sketch import Sketch, unpack, without


class Desk:
    """Cards by id, their sketches unpacked without stop anchors when first asked for, each pair compared once."""

    def __init__(self, cards: Iterable[Card], stops: Array) -> None:
        self._cards = {card.article_id: card for card in cards}
        self._stops = stops
        self._sketches: dict[str, tuple[Order, Sketch]] = {}
        self._verdicts: dict[tuple[str, str], Verdict | None] = {}

    def verdict(self, one: str, other: str) -> Verdict | None:
        """The verdict on two articles; None where they share fewer than two anchors."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._verdicts:
            self._verdicts[pair] = self._compare(*pair)
        return self._verdicts[pair]

    def _compare(self, one: str, other: str) -> Verdict | None:
        a, b = self._cards[one], self._cards[other]
        if a.content_sha256 == b.content_sha256:
            return same_text(a.order, b.order)
        return compare(self._sketch(one), self._sketch(other))

    def _sketch(self, article_id: str) -> tuple[Order, Sketch]:
        if article_id not in self._sketches:
            card = self._cards[article_id]
            self._sketches[article_id] = card.order, without(unpack(card.sketch), self._stops)
        return self._sketches[article_id]

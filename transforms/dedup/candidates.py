"""Candidate pairs: articles that share a grouping key, found by sorting packed arrays instead of shuffling records.

Of an article about twenty keys travel, as numbers in an array of its bundle; a million articles are 320 MB and a few
seconds of sorting. Only the pairs leave, about four an article, and each is compared once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from transforms.dedup.arrays import Array
from transforms.dedup.card import Card, Order
from transforms.dedup.sketch import key_count, unpack, without
from transforms.dedup.stops import groups_of

# anchors are spread over so many ranges, pairs over so many parts: the most workers that share a run's work
RANGES = 16
_REPRESENTATIVES = 32  # of a key's articles the earliest are compared with all


class Packet(NamedTuple):
    """Anchors of one range from one bundle, each with the position of its article in `orders`."""

    orders: tuple[Order, ...]
    anchors: Array  # uint64
    owners: Array  # int64


def anchor_packets(cards: Sequence[Card], stops: Array) -> Iterator[tuple[int, Packet]]:
    """Every anchor of a bundle's articles that is not known for a stop, by range: where boilerplate is looked for."""
    return _packets(cards, [without(unpack(card.sketch), stops).anchors for card in cards])


def key_packets(cards: Sequence[Card], stops: Array) -> Iterator[tuple[int, Packet]]:
    """The grouping keys of a bundle's articles, by range, and a key for each whole text."""
    return _packets(cards, [card_keys(card, stops) for card in cards])


def card_keys(card: Card, stops: Array) -> Array:
    """The grouping keys of an article: its smallest anchors without stops, and one made of its text's hash."""
    anchors = without(unpack(card.sketch), stops).anchors
    text = np.array([text_key(card.content_sha256)], np.uint64)
    return np.concatenate([anchors[: key_count(anchors)], text])


def text_key(content_sha256: str) -> int:
    """A key that equal texts share; the first 64 bits of their hash."""
    return int(content_sha256[:16], 16)


def _packets(cards: Sequence[Card], anchors: list[Array]) -> Iterator[tuple[int, Packet]]:
    if not cards:
        return
    orders = tuple(card.order for card in cards)
    owners = np.repeat(np.arange(len(cards)), [len(a) for a in anchors])
    values = np.concatenate(anchors)
    ranges = values % np.uint64(RANGES)
    for number in range(RANGES):
        chosen = ranges == number
        if chosen.any():
            yield number, Packet(orders, values[chosen], owners[chosen])


def merged(packets: Iterable[Packet], by: Callable[[Order], Any] | None = None) -> Packet:
    """The packets of one range as one, its articles in their order or as `by` sorts them, each once."""
    packets = list(packets)
    orders = sorted({order for packet in packets for order in packet.orders}, key=by)
    position = {order: number for number, order in enumerate(orders)}
    owners = [np.array([position[o] for o in packet.orders], np.int64)[packet.owners] for packet in packets]
    return Packet(tuple(orders), np.concatenate([p.anchors for p in packets]), np.concatenate(owners))


def candidate_pairs(packet: Packet) -> set[tuple[str, str]]:
    """Pairs of article ids that share a key, the earlier first."""
    pairs: set[tuple[int, int]] = set()
    for _, held in groups_of(packet.anchors, packet.owners, 2):
        articles = held.tolist()
        for place, one in enumerate(articles[:_REPRESENTATIVES]):
            pairs.update((one, other) for other in articles[place + 1 :] if other != one)
    return {(packet.orders[a].article_id, packet.orders[b].article_id) for a, b in pairs}

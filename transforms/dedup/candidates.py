"""Candidate pairs: articles that share a grouping key, found by sorting packed arrays instead of shuffling records.

Of an article about twenty keys travel, as numbers in an array of its bundle. Only the pairs leave, about four an
article, and each is compared once.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from transforms.dedup.arrays import U64, Array, among
from transforms.dedup.card import Card
from transforms.dedup.sketch import are_keys, packed_anchors
from transforms.dedup.stops import groups_of

# anchors are spread over so many ranges, pairs over so many parts: the most workers that share a run's work
RANGES = 16
_REPRESENTATIVES = 32  # of a key's articles the earliest are compared with all
# an Order (card.py) as numbers: microseconds since 1970, and the id's 32 digits
_TIMES, _ID = ("run_at", "first_seen_at", "published_at"), "article_id"
_ORDER = np.dtype([*((time, np.int64) for time in _TIMES), (_ID, "S32")])
# the order of articles, and their order by id, which does not depend on the run that published them
BY_ORDER, BY_ID = (*_TIMES, _ID), (_ID,)


class Packet(NamedTuple):
    """Anchors of one range from one bundle, each with the position of its article in `articles`."""

    articles: Array  # of _ORDER
    anchors: Array  # uint64
    owners: Array  # int64

    def id_of(self, position: int) -> str:
        """The id of the article at a position."""
        article_id: str = self.articles[_ID][position].decode()
        return article_id


def anchor_packets(cards: Sequence[Card], stops: Array) -> Iterator[tuple[int, Packet]]:
    """Every anchor of a bundle's articles that is not known for a stop, by range: where boilerplate is looked for."""
    return _packets(cards, *card_anchors(cards, stops))


def key_packets(cards: Sequence[Card], stops: Array) -> Iterator[tuple[int, Packet]]:
    """The grouping keys of a bundle's articles, by range, and a key for each whole text."""
    keys, owners = card_keys(cards, stops)
    texts = text_keys(cards)
    return _packets(cards, np.concatenate([keys, texts]), np.concatenate([owners, np.arange(len(texts))]))


def card_anchors(cards: Sequence[Card], stops: Array) -> tuple[Array, Array]:
    """Some cards' anchors that are no stops, card after card and ascending, and the position of each one's card."""
    sizes = np.array([len(card.sketch) // 8 for card in cards], np.int64)
    words = np.frombuffer(b"".join(card.sketch for card in cards), U64)
    anchors, owners = packed_anchors(words, np.cumsum(sizes) - sizes)
    kept = ~among(anchors, stops)
    return anchors[kept], owners[kept]


def card_keys(cards: Sequence[Card], stops: Array) -> tuple[Array, Array]:
    """Of `card_anchors` those that are grouping keys."""
    anchors, owners = card_anchors(cards, stops)
    keys = are_keys(anchors, owners)
    return anchors[keys], owners[keys]


def text_keys(cards: Sequence[Card]) -> Array:
    """A key a card that equal texts share: the first 64 bits of their hash."""
    return np.array([int(card.content_sha256[:16], 16) for card in cards], U64)


def _packets(cards: Sequence[Card], anchors: Array, owners: Array) -> Iterator[tuple[int, Packet]]:
    articles, ranges = _orders(cards), anchors % U64(RANGES)
    for number in range(RANGES):
        chosen = ranges == number
        if chosen.any():
            yield number, Packet(articles, anchors[chosen], owners[chosen])


def _orders(cards: Sequence[Card]) -> Array:
    orders = np.empty(len(cards), _ORDER)
    for time in _TIMES:
        stated = pa.array([getattr(card.order, time) for card in cards], pa.timestamp("us", "UTC"))
        orders[time] = stated.cast(pa.int64()).to_numpy()
    orders[_ID] = [card.article_id for card in cards]
    return orders


def merged(packets: Iterable[Packet], fewest: int, by: tuple[str, ...] = BY_ORDER) -> Packet:
    """The packets of one range as one: anchors that at least `fewest` articles hold, and these articles, each once.

    Most articles share nothing: they are left out before anything is sorted. `by` is how the others are.
    """
    packets = list(packets)
    before = np.cumsum([0, *(len(packet.articles) for packet in packets)])
    anchors = np.concatenate([packet.anchors for packet in packets])
    owners = np.concatenate([packet.owners + start for packet, start in zip(packets, before, strict=False)])
    shared = _held_by(anchors, fewest)
    holders, owners = np.unique(owners[shared], return_inverse=True)
    articles, positions = _each_once(np.concatenate([packet.articles for packet in packets])[holders], by)
    return Packet(articles, anchors[shared], positions[owners])


def _held_by(anchors: Array, fewest: int) -> Array:
    """Of each anchor whether it is there so often."""
    _, which, counts = np.unique(anchors, return_inverse=True, return_counts=True)
    often: Array = counts[which] >= fewest
    return often


def _each_once(articles: Array, by: tuple[str, ...]) -> tuple[Array, Array]:
    """Articles in; each once and sorted, and where each of those given is now, out."""
    order = np.lexsort([articles[name] for name in reversed(by)])
    ids = articles[_ID][order]
    first = np.ones(len(ids), bool)
    first[1:] = ids[1:] != ids[:-1]
    positions = np.empty(len(ids), np.int64)
    positions[order] = np.cumsum(first) - 1
    return articles[order][first], positions


def candidate_pairs(packet: Packet) -> set[tuple[str, str]]:
    """Pairs of article ids that share a key, the earlier first."""
    pairs: set[tuple[int, int]] = set()
    for _, held in groups_of(packet.anchors, packet.owners, 2):
        articles = held.tolist()
        for place, one in enumerate(articles[:_REPRESENTATIVES]):
            pairs.update((one, other) for other in articles[place + 1 :] if other != one)
    return {(packet.id_of(a), packet.id_of(b)) for a, b in pairs}

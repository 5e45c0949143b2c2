"""Articles in, marked articles out: which are copies of which, in this run and in what was published in the last seven
days.

    articles ─ sketch ─ blocks of cards ─┬─ anchors by range ─ stop anchors ─┐
                       published cards ──┘─ keys by range ─ candidate pairs ─┴─ verdicts ─ links ─ marks (side input)

Bodies are not shuffled: they wait for the marks. Within one window, as all of the graph.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from time import thread_time
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
from apache_beam import pvalue
from apache_beam.transforms.window import WindowedValue

from schemas.article import Article, Mark, Marked, Sketched
from schemas.document import Document
from schemas.slot import Slot
from transforms.dedup.candidates import RANGES, Packet, anchor_packets, candidate_pairs, key_packets, merged
from transforms.dedup.card import Card, Order
from transforms.dedup.compare import Verdict, compare, same_text
from transforms.dedup.marks import NO_MARKS, Marks, mark_articles
from transforms.dedup.partners import (
    DEPTHS,
    WINDOW,
    Wanted,
    find_partners,
    load_corrections,
    load_stops,
    partner_files,
    wanted_by,
)
from transforms.dedup.sketch import Sketch, pack, sketch_text, unpack, without
from transforms.dedup.stops import find_stops
from transforms.dedup.tokens import U64
from transforms.layout import PublishedFile, started_at
from transforms.shell.tallies import TALLIES, tally

STAGE = "dedup"
# articles whose cards travel together
_BLOCK = 2_000

# a set of anchors in a window without articles; Beam compares defaults, which arrays refuse
_NONE: tuple[int, ...] = ()

Block = tuple[Card, ...]
Pair = tuple[str, str]


class MarkedArticles(NamedTuple):
    """Outputs of MarkNearDuplicates."""

    marked: beam.PCollection  # Marked
    documents: beam.PCollection  # Document
    tallies: beam.PCollection  # Tally


@dataclass
class MarkNearDuplicates(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """(Slots, articles) in; every article with its mark out. Deterministic: neither order nor bundles of the input
    matter.

    A revision keeps the cluster of the article it revises. `block` bounds the articles whose cards travel together.
    """

    output: str
    block: int = _BLOCK

    def expand(self, pair: Any) -> Any:
        """Sketch, find, compare, link; the picture is above. Gives MarkedArticles."""
        slots, articles = pair
        sketched = articles | "Sketch" >> beam.ParDo(_sketched).with_outputs(TALLIES, main="sketched")
        published = _side(slots | "LoadStops" >> beam.Map(_load_stops, self.output), _NONE)
        blocks = self._blocks(slots, sketched.sketched, published)
        found, stops = _stops(blocks, published)
        marks = _side(_marks(blocks, stops), NO_MARKS)
        marked = sketched.sketched | "Mark" >> beam.ParDo(_marked, marks).with_outputs(TALLIES, main="marked")
        documents = (
            slots | "NewStops" >> beam.FlatMap(_new_stops, _side(found, _NONE), published),
            slots | "NewCorrections" >> beam.FlatMap(_corrections, marks),
        ) | "Documents" >> beam.Flatten()
        tallies = (sketched[TALLIES], marked[TALLIES]) | "DedupTallies" >> beam.Flatten()
        return MarkedArticles(marked.marked, documents, tallies)

    def _blocks(self, slots: beam.PCollection, sketched: beam.PCollection, stops: Any) -> beam.PCollection:
        """The cards of new articles, and of the published ones around them, one depth after the other."""
        found = [sketched | "Cards" >> beam.ParDo(_PackCards(self.block))]
        files = slots | "RecentFiles" >> beam.FlatMap(_recent_files, self.output)
        corrections = _side(slots | "LoadCorrections" >> beam.Map(_load_corrections, self.output), {})
        for depth in DEPTHS:
            at_hand = tuple(found) | f"AtHand{depth}" >> beam.Flatten()
            gathered = at_hand | f"Gather{depth}" >> beam.CombineGlobally(_concatenated).without_defaults()
            wanted = _side(gathered | f"Want{depth}" >> beam.Map(_wanted, stops), ())
            # its own shuffle a depth: fused into one step, the depths would wait for each other for ever
            spread = files | f"SpreadFiles{depth}" >> beam.Reshuffle()
            found.append(spread | f"Partners{depth}" >> beam.FlatMap(_partners, wanted, corrections, depth))
        return tuple(found) | "Blocks" >> beam.Flatten()


def _side(one: beam.PCollection, default: Any) -> Any:
    """The single element of a window as a side input; the default in a window without articles."""
    return pvalue.AsSingleton(one, default_value=default)


def _load_stops(_slot: Slot, output: str) -> np.ndarray:
    return load_stops(Path(output))


def _sketched(article: Article) -> Iterator[Any]:
    started = thread_time()
    sketch = sketch_text(article.body_text)
    yield tally(article.run_id, STAGE, "cpu_us", round((thread_time() - started) * 1e6))
    yield Sketched(article, pack(sketch), sketch.shingles)


class _PackCards(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    """Sketched articles in, blocks of the cards of new ones out: one object a bundle and window, not one an article."""

    def __init__(self, size: int) -> None:
        self._size = size

    def start_bundle(self) -> None:
        self._cards: dict[Any, list[Card]] = {}

    def process(self, sketched: Sketched, window: Any = beam.DoFn.WindowParam) -> Iterator[Any]:
        if sketched.article.known is not None:
            return
        cards = self._cards.setdefault(window, [])
        cards.append(_card(sketched))
        if len(cards) >= self._size:
            yield tuple(self._cards.pop(window))

    def finish_bundle(self) -> Iterator[Any]:
        for window, cards in self._cards.items():
            yield WindowedValue(tuple(cards), window.max_timestamp(), (window,))


def _card(sketched: Sketched) -> Card:
    article = sketched.article
    order = Order(started_at(article.run_id), article.first_seen_at, article.published_at, article.article_id)
    return Card(order, article.content_sha256, sketched.sketch, None, None, 0)


def _load_corrections(slot: Slot, output: str) -> dict[str, str]:
    return load_corrections(Path(output), slot.started_at - WINDOW)


def _wanted(cards: tuple[Card, ...], stops: np.ndarray) -> tuple[Wanted]:
    return (wanted_by([cards], stops),)


def _union(arrays: Iterable[Any]) -> Any:
    return np.unique(np.concatenate([np.asarray(array, U64) for array in (_NONE, *arrays)]))


def _recent_files(slot: Slot, output: str) -> list[PublishedFile]:
    return partner_files(Path(output), slot.started_at)


def _partners(
    file: PublishedFile, wanted: tuple[Wanted, ...], corrections: dict[str, str], depth: int
) -> Iterator[Block]:
    found = [card for one in wanted for card in find_partners(file, one, corrections, depth)]
    if found:
        yield tuple(found)


def _stops(blocks: beam.PCollection, published: Any) -> tuple[beam.PCollection, Any]:
    """Boilerplate of this run's articles and their partners, and all that is to be left out, as a side input."""
    found = (
        blocks
        | "Anchors" >> beam.FlatMap(anchor_packets)
        | "AnchorRanges" >> beam.GroupByKey()
        | "FindStops" >> beam.Map(_find_stops, pvalue.AsList(blocks))
        | "FoundStops" >> beam.CombineGlobally(_union).without_defaults()
    )
    every = found | "AllStops" >> beam.Map(_both, published)
    return found, _side(every, _NONE)


def _both(found: np.ndarray, published: np.ndarray) -> Any:
    return _union([found, published])


def _new_stops(slot: Slot, found: np.ndarray, published: np.ndarray) -> Iterator[Document]:
    new = np.setdiff1d(np.asarray(found, U64), np.asarray(published, U64))
    if len(new):
        yield Document(slot.run_id, "stop_anchors", tuple(f"{anchor:016x}" for anchor in new.tolist()))


def _corrections(slot: Slot, marks: Marks) -> Iterator[Document]:
    if marks.corrections:
        lines = tuple(f"{article_id} {cluster}" for article_id, cluster in marks.corrections)
        yield Document(slot.run_id, "corrections", lines)


def _marks(blocks: beam.PCollection, stops: Any) -> beam.PCollection:
    """One Marks a window."""
    verdicts = (
        blocks
        | "GroupingKeys" >> beam.FlatMap(key_packets, stops)
        | "KeyRanges" >> beam.GroupByKey()
        | "Pairs" >> beam.FlatMap(_pairs)
        | "PairParts" >> beam.GroupByKey()
        | "Compare" >> beam.Map(_verdicts, pvalue.AsList(blocks), stops)
        | "Verdicts" >> beam.CombineGlobally(_concatenated).without_defaults()
    )
    return (
        blocks
        | "AllCards" >> beam.CombineGlobally(_concatenated).without_defaults()
        | "Link" >> beam.Map(mark_articles, _side(verdicts, ()))
    )


def _concatenated(parts: Iterable[Any]) -> Any:
    return tuple(one for part in parts for one in part)


def _pairs(group: tuple[int, Iterable[Packet]]) -> Iterator[tuple[int, tuple[Pair, ...]]]:
    """Pairs by part, so that one found under several keys is compared once."""
    parts: dict[int, list[Pair]] = {}
    for pair in sorted(candidate_pairs(merged(group[1]))):
        parts.setdefault(zlib.crc32("".join(pair).encode()) % RANGES, []).append(pair)
    for part, pairs in parts.items():
        yield part, tuple(pairs)


class _Desk:
    """The cards of a window, their sketches unpacked when they are first asked for."""

    def __init__(self, blocks: Iterable[Block], stops: np.ndarray) -> None:
        self._cards = {card.article_id: card for block in blocks for card in block}
        self._stops = stops
        self._sketch = lru_cache(maxsize=None)(self._unpacked)

    def _unpacked(self, article_id: str) -> tuple[Order, Sketch]:
        card = self._cards[article_id]
        return card.order, without(unpack(card.sketch), self._stops)

    def verdict(self, one: str, other: str) -> Verdict | None:
        a, b = self._cards[one], self._cards[other]
        if a.content_sha256 == b.content_sha256:
            return same_text(a.order, b.order)
        return compare(self._sketch(one), self._sketch(other))


def _find_stops(group: tuple[int, Iterable[Packet]], blocks: list[Block]) -> np.ndarray:
    packet = merged(group[1])
    desk = _Desk(blocks, np.zeros(0, U64))

    @cache
    def same_story(one: int, other: int) -> bool:
        verdict = desk.verdict(packet.orders[one].article_id, packet.orders[other].article_id)
        return verdict is not None and verdict.kind in ("copy", "excerpt")

    return find_stops(packet.anchors, packet.owners, same_story)


def _verdicts(
    group: tuple[int, Iterable[tuple[Pair, ...]]], blocks: list[Block], stops: np.ndarray
) -> tuple[Verdict, ...]:
    desk = _Desk(blocks, stops)
    found = (desk.verdict(*pair) for pair in sorted({pair for pairs in group[1] for pair in pairs}))
    return tuple(verdict for verdict in found if verdict is not None)


def _marked(sketched: Sketched, marks: Marks) -> Iterator[Any]:
    article = sketched.article
    mark = marks.marks[article.article_id] if article.known is None else _standing(article)
    yield tally(article.run_id, STAGE, "revision" if article.known else mark.duplicate_kind or "canonical")
    yield Marked(sketched, mark)


def _standing(revision: Article) -> Mark:
    known = revision.known
    assert known is not None
    return Mark(known.cluster_id, known.duplicate_of, known.duplicate_kind, None, None, None)

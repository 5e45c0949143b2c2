"""Tagged articles in, marked articles out: which are copies of which, in this run and in what was published in the last
seven days.

    articles ─ blocks of cards ─┬─ anchors by range ─ stop anchors ─┐
              published cards ──┘─ keys by range ─ candidate pairs ─┴─ verdicts ─ links ─ marks (side input)

Bodies are not shuffled: they wait for the marks. Within one window, as all of the graph.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
from apache_beam import pvalue
from apache_beam.transforms.window import WindowedValue

from schemas.article import Article, Mark, Marked, Sketched, Tagged
from schemas.document import Document
from schemas.slot import Slot
from transforms.dedup.arrays import U64, Array, distinct
from transforms.dedup.candidates import BY_ID, RANGES, Packet, anchor_packets, candidate_pairs, key_packets, merged
from transforms.dedup.card import Card, Order
from transforms.dedup.compare import Verdict
from transforms.dedup.desk import Desk
from transforms.dedup.marks import Marks, mark_articles
from transforms.dedup.partners import find_partners, load_stops
from transforms.dedup.stops import FREQUENT, find_stops
from transforms.layout import started_at
from transforms.shell.tallies import TALLIES, SummedParDo, tally
from transforms.steps import Step
from transforms.store.open import store_of

STAGE = "dedup"
# by name: only the processes that read pages load it
SKETCH = Step(STAGE, "transforms.dedup.step.sketch_article")
# articles whose cards travel together
_BLOCK = 2_000


class Block(tuple[Card, ...]):
    """Cards that travel as one object: of a plain tuple Beam's coder makes as many as it has members."""


Pair = tuple[str, str]


class MarkedArticles(NamedTuple):
    """Outputs of MarkNearDuplicates."""

    marked: beam.PCollection  # Marked
    documents: beam.PCollection  # Document
    tallies: beam.PCollection  # Tally


@dataclass
class MarkNearDuplicates(beam.PTransform):  # type: ignore[misc]  # Beam ships no types
    """(Slots, tagged articles) in; every article with its mark out. Deterministic: neither order nor bundles of the
    input matter.

    A revision keeps the cluster of the article it revises. `block` bounds the articles whose cards travel together.
    """

    output: str
    block: int = _BLOCK

    def expand(self, pair: Any) -> Any:
        """Find, compare, link; the picture is above. Gives MarkedArticles."""
        slots, articles = pair
        published_stops = pvalue.AsSingleton(slots | "LoadStops" >> beam.Map(_load_stops, self.output))
        new = articles | "Cards" >> beam.ParDo(_PackCards(self.block))
        old = (
            slots
            | "WaitForCards" >> beam.Reshuffle()
            | "Partners" >> beam.FlatMap(_partners, pvalue.AsList(new), published_stops, self.output)
        )
        blocks = (new, old) | "Blocks" >> beam.Flatten()
        found_stops = pvalue.AsList(_find_stops(blocks, published_stops))
        verdicts = _compare(blocks, found_stops, published_stops)
        # a shuffle apart: fused into one step, what waits for the others' results would hold them up for ever
        waiting = slots | "WaitForVerdicts" >> beam.Reshuffle()
        marks = pvalue.AsSingleton(waiting | "Link" >> beam.Map(_link, pvalue.AsList(blocks), pvalue.AsList(verdicts)))
        marked = articles | "Mark" >> SummedParDo(_marked, marks, main="marked")
        documents = (
            slots
            | "WaitForMarks" >> beam.Reshuffle()
            | "Documents" >> beam.FlatMap(_documents, marks, found_stops, published_stops)
        )
        return MarkedArticles(marked.marked, documents, marked[TALLIES])


def _load_stops(_slot: Slot, output: str) -> Array:
    return load_stops(store_of(output))


class _PackCards(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    """Articles in, blocks of the cards of new ones out: one object a bundle and window, not one an article."""

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
            yield Block(self._cards.pop(window))

    def finish_bundle(self) -> Iterator[Any]:
        for window, cards in self._cards.items():
            yield WindowedValue(Block(cards), window.max_timestamp(), (window,))


def _card(sketched: Sketched) -> Card:
    article = sketched.article
    order = Order(started_at(article.run_id), article.first_seen_at, article.published_at, article.article_id)
    return Card(order, article.content_sha256, sketched.sketch, None, None, 0)


def _partners(slot: Slot, new: list[Block], stops: Array, output: str) -> Iterator[Block]:
    found = find_partners(store_of(output), slot.started_at, [card for block in new for card in block], stops)
    if found:
        yield Block(found)


def _find_stops(blocks: beam.PCollection, published: Any) -> beam.PCollection:
    """New boilerplate among this run's articles and their partners: one array a range of anchors."""
    return (
        blocks
        | "Anchors" >> beam.FlatMap(anchor_packets, published)
        | "AnchorRanges" >> beam.GroupByKey()
        | "FindStops" >> beam.ParDo(_FindStops(), pvalue.AsList(blocks))
    )


def _compare(blocks: beam.PCollection, found_stops: Any, published_stops: Any) -> beam.PCollection:
    """The verdict on every pair that shares a grouping key, each once."""
    return (
        blocks
        | "GroupingKeys" >> beam.FlatMap(_key_packets, found_stops, published_stops)
        | "KeyRanges" >> beam.GroupByKey()
        | "Pairs" >> beam.FlatMap(_pairs)
        | "PairParts" >> beam.GroupByKey()
        | "Compare" >> beam.ParDo(_Compare(), pvalue.AsList(blocks), found_stops, published_stops)
    )


def _union(found: list[Array], published: Array) -> Any:
    return distinct(np.concatenate([published, *found]))


def _key_packets(block: Block, found: list[Array], published: Array) -> Iterator[tuple[int, Packet]]:
    return key_packets(block, _union(found, published))


def _pairs(group: tuple[int, Iterable[Packet]]) -> Iterator[tuple[int, tuple[Pair, ...]]]:
    """Pairs by part, so that one found under several keys is compared once."""
    parts: dict[int, list[Pair]] = {}
    for pair in sorted(candidate_pairs(merged(group[1], 2))):
        parts.setdefault(zlib.crc32("".join(pair).encode()) % RANGES, []).append(pair)
    for part, pairs in parts.items():
        yield part, tuple(pairs)


class _AtDesk(beam.DoFn):  # type: ignore[misc]  # Beam ships no types
    """A DoFn that keeps its desk while the blocks are the same, so that a bundle unpacks a sketch once."""

    def start_bundle(self) -> None:
        self._blocks: list[Block] | None = None

    def _desk_for(self, blocks: list[Block], stops: Array) -> Desk:
        if self._blocks is not blocks:
            self._blocks, self._desk = blocks, Desk((card for block in blocks for card in block), stops)
        return self._desk


class _FindStops(_AtDesk):
    def process(self, group: tuple[int, Iterable[Packet]], blocks: list[Block]) -> Iterator[Array]:
        # by id: which pairs are sampled must not depend on the run that published them
        packet, desk = merged(group[1], FREQUENT, BY_ID), self._desk_for(blocks, np.zeros(0, U64))

        def same_story(one: int, other: int) -> bool:
            verdict = desk.verdict(packet.id_of(one), packet.id_of(other))
            return verdict is not None and verdict.kind in ("copy", "excerpt")

        yield find_stops(packet.anchors, packet.owners, same_story)


class _Compare(_AtDesk):
    def process(
        self,
        group: tuple[int, Iterable[tuple[Pair, ...]]],
        blocks: list[Block],
        found: list[Array],
        published: Array,
    ) -> Iterator[Verdict]:
        desk = self._desk_for(blocks, _union(found, published))
        for pair in sorted({pair for pairs in group[1] for pair in pairs}):
            verdict = desk.verdict(*pair)
            if verdict is not None:
                yield verdict


def _link(_slot: Slot, blocks: list[Block], verdicts: list[Verdict]) -> Marks:
    return mark_articles((card for block in blocks for card in block), verdicts)


def _documents(slot: Slot, marks: Marks, found: list[Array], published: Array) -> Iterator[Document]:
    stops = np.setdiff1d(_union(found, published), published)
    if len(stops):
        yield Document(slot.run_id, "stop_anchors", tuple(f"{anchor:016x}" for anchor in stops.tolist()))
    if marks.corrections:
        lines = tuple(f"{article_id} {cluster}" for article_id, cluster in marks.corrections)
        yield Document(slot.run_id, "corrections", lines)


def _marked(tagged: Tagged, marks: Marks) -> Iterator[Any]:
    article = tagged.article
    mark = marks.marks[article.article_id] if article.known is None else _standing(article)
    yield tally(article.run_id, STAGE, "revision" if article.known else mark.duplicate_kind or "canonical")
    yield Marked(tagged, mark)


def _standing(revision: Article) -> Mark:
    known = revision.known
    assert known is not None
    return Mark(known.cluster_id, known.duplicate_of, known.duplicate_kind, None, None, None)

"""Clusters: copies join, excerpts hang on, digests and outvoted pairs bridge nothing; and order never matters."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import NOW, digest, prose
from tests.transforms.dedup.texts import OTHER, STORY, card, cut, order
from transforms.dedup.arrays import U64
from transforms.dedup.candidates import (
    BY_ID,
    Packet,
    _orders,
    anchor_packets,
    candidate_pairs,
    key_packets,
    merged,
)
from transforms.dedup.card import Card
from transforms.dedup.cluster import link
from transforms.dedup.compare import Verdict
from transforms.dedup.desk import Desk
from transforms.dedup.marks import mark_articles
from transforms.dedup.stops import find_stops

import numpy as np  # isort: skip


def edge(small: str, large: str, kind: str = "copy", cx: float = 0.8, **changes: object) -> Verdict:
    """A verdict between two articles by name."""
    made = Verdict(digest(small), digest(large), kind, 0.9, cx, 0.7, False, False, False, -1, -1)
    return made._replace(**changes)


def clusters(names: str, edges: list[Verdict]) -> set[str]:
    """The clusters as sorted words of one-letter names."""
    found = link({digest(n): order(n, hours) for hours, n in enumerate(names)}, edges)
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(found[digest(name)], []).append(name)
    return {"".join(group) for group in groups.values()}


class TestLink:
    def test_copies_join(self):
        """A chain of copies is one cluster."""
        assert clusters("abcd", [edge("a", "b"), edge("c", "b")]) == {"abc", "d"}

    def test_an_excerpt_hangs_on_its_best_container(self):
        """A brief joins the text that holds most of it, and brings no others with it."""
        edges = [edge("x", "a", "excerpt", 0.1), edge("x", "b", "excerpt", 0.15)]

        assert clusters("abx", edges) == {"a", "bx"}

    def test_an_excerpt_of_an_excerpt_stays_alone(self):
        """Leaves do not carry leaves."""
        edges = [edge("x", "y", "excerpt", 0.1), edge("y", "a", "excerpt", 0.1)]

        assert clusters("axy", edges) == {"ay", "x"}

    def test_a_digest_bridges_nothing(self):
        """An article that holds two unrelated leads at different places falls away from both."""
        edges = [edge("a", "d", cx=0.3, small_lead_at=5), edge("b", "d", cx=0.3, small_lead_at=80)]

        assert clusters("abd", edges) == {"a", "b", "d"}

    def test_a_story_with_two_versions_is_no_digest(self):
        """Leads of articles that are copies of each other, held at one place, are one story."""
        edges = [edge("a", "d", cx=0.3, small_lead_at=5), edge("b", "d", cx=0.3, small_lead_at=80), edge("a", "b")]

        assert clusters("abd", edges) == {"abd"}

    def test_a_short_pair_is_outvoted(self):
        """Two short notes part when more neighbours side with one than with both."""
        edges = [
            edge("a", "b", short=True),
            edge("a", "c"),
            edge("b", "c", "conflict"),
            edge("a", "d"),
            edge("b", "d", "conflict"),
        ]

        assert clusters("abcd", edges) == {"acd", "b"}

    def test_a_sure_pair_is_not_outvoted(self):
        """A pair that is nearly the same text stands against all neighbours."""
        edges = [edge("a", "b", short=True, sure=True), edge("a", "c"), edge("b", "c", "conflict")]

        assert clusters("abc", edges) == {"abc"}

    @pytest.mark.parametrize("seed", range(5))
    def test_order_does_not_matter(self, seed: int):
        """Shuffled verdicts give the same clusters."""
        rnd = random.Random(seed)
        names = "abcdefghij"
        edges = [
            edge(
                a,
                b,
                rnd.choice(["copy", "copy", "excerpt", "conflict", "none"]),
                rnd.choice([0.1, 0.3, 0.7]),
                short=rnd.random() < 0.5,
            )
            for a, b in {tuple(sorted(rnd.sample(names, 2))) for _ in range(25)}
        ]
        shuffled = rnd.sample(edges, len(edges))

        assert clusters(names, shuffled) == clusters(names, edges)


def verdicts_of(cards: list[Card]) -> list[Verdict]:
    """All verdicts on cards, found as the transform finds them."""
    desk = Desk(cards, np.zeros(0, U64))
    ranges: dict[int, list] = {}
    for number, packet in key_packets(cards, np.zeros(0, U64)):
        ranges.setdefault(number, []).append(packet)
    pairs = set().union(*(candidate_pairs(merged(packets, 2)) for packets in ranges.values()))
    return [v for v in (desk.verdict(*pair) for pair in pairs) if v]


names = st.sampled_from([f"a{n}" for n in range(9)])


@given(st.lists(st.lists(st.tuples(names, st.integers(0, 12)), min_size=1, max_size=12), min_size=1, max_size=4))
def test_candidates_are_those_that_share_an_anchor(bundles: list[list[tuple[str, int]]]):
    """Whatever the bundles, and though a bundle repeats an article: each pair once, the earlier first."""
    packets = [_packet(held) for held in bundles]
    holders: dict[int, set[str]] = {}
    for held in bundles:
        for name, anchor in held:
            holders.setdefault(anchor, set()).add(name)
    wanted = {pair for among in holders.values() for pair in combinations(sorted(among, key=_hours), 2)}

    assert candidate_pairs(merged(packets, 2)) == {(digest(one), digest(other)) for one, other in wanted}


def _hours(name: str) -> int:
    """Later names are earlier, so that the order is not that of names."""
    return -int(name[1:])


def _packet(held: list[tuple[str, int]]) -> Packet:
    cards = [card(name, "", hours=_hours(name)) for name, _ in held]
    return Packet(_orders(cards), np.array([anchor for _, anchor in held], U64), np.arange(len(held)))


class TestMarks:
    def test_the_earliest_is_the_canonical(self):
        """A reprint names its canonical, its kind, its measures and how late it is."""
        cards = [card("late", cut(STORY, 0.6), hours=2), card("early", STORY), card("apart", OTHER)]

        marks = mark_articles(cards, verdicts_of(cards)).marks

        assert marks[digest("early")].duplicate_of is None
        assert marks[digest("late")].duplicate_of == digest("early")
        assert marks[digest("late")].duplicate_kind == "copy"
        assert marks[digest("late")].reprint_lag_seconds == 0
        assert marks[digest("apart")].cluster_id == digest("apart")
        assert marks[digest("apart")].containment is None

    def test_equal_texts_are_exact_copies(self):
        """A text of few words run twice is found by its hash, too."""
        cards = [card("a", "Markets closed."), card("b", "Markets closed.")]

        marks = mark_articles(cards, verdicts_of(cards)).marks

        assert {mark.duplicate_kind for mark in marks.values()} == {None, "exact"}

    def test_a_published_canonical_wins(self):
        """A new article joins the published cluster, though it claims an earlier date."""
        new = card("new", STORY)._replace(order=order("new", 5, published=NOW.replace(year=2020)))
        old = card("old", cut(STORY, 0.7), cluster="old", depth=1)

        found = mark_articles([new, old], verdicts_of([new, old]))

        assert found.marks[digest("new")].duplicate_of == digest("old")
        assert found.marks.keys() == {digest("new")}
        assert found.corrections == ()

    def test_a_bridge_corrects_what_is_published(self):
        """A new long version shows that two published clusters are one story; the later one's articles move."""
        whole = f"{STORY} {OTHER}"
        cards = [
            card("one", STORY, cluster="one", depth=1),
            card("two", cut(whole, 0.75).removeprefix(cut(STORY, 0.25)), hours=1, cluster="two", depth=1),
            card("new", whole, hours=2),
        ]

        found = mark_articles(cards, verdicts_of(cards))

        assert found.marks[digest("new")].cluster_id == digest("one")
        assert found.corrections in ((), ((digest("two"), digest("one")),))

    def test_a_cluster_keeps_a_canonical_that_is_too_old_to_be_at_hand(self):
        """A member published under an older canonical brings new articles to that one."""
        member = card("member", STORY, cluster="grandmother", depth=1)
        new = card("new", cut(STORY, 0.8), hours=3)

        found = mark_articles([member, new], verdicts_of([member, new]))

        assert found.marks[digest("new")].duplicate_of == digest("grandmother")
        assert found.corrections == ()

    def test_far_cards_are_not_judged(self):
        """Of cards too far from the new ones to be judged nothing is corrected."""
        cards = [
            card("new", prose(20, 30), hours=1),
            card("far", STORY, cluster="elsewhere", depth=3),
            card("elsewhere", OTHER, cluster="elsewhere", depth=3),
        ]

        assert mark_articles(cards, verdicts_of(cards)).corrections == ()


class TestStops:
    def test_boilerplate_is_found_and_stories_are_not(self):
        """A passage in fifteen unrelated texts is boilerplate; a story that fifteen outlets run is none."""
        passage = prose(30, 6)
        cards = [card(f"b{n}", f"{prose(100 + n, 20)} {passage}") for n in range(15)]
        cards += [card(f"s{n}", cut(STORY, 1 - n / 50)) for n in range(15)]
        desk = Desk(cards, np.zeros(0, U64))
        ranges: dict[int, list] = {}
        for number, packet in anchor_packets(cards, np.zeros(0, np.uint64)):
            ranges.setdefault(number, []).append(packet)

        def stops_of(packets: list) -> set[int]:
            packet = merged(packets, 12, BY_ID)

            def same_story(one: int, other: int) -> bool:
                verdict = desk.verdict(packet.id_of(one), packet.id_of(other))
                return verdict is not None and verdict.kind == "copy"

            return set(find_stops(packet.anchors, packet.owners, same_story).tolist())

        stops = set().union(*(stops_of(packets) for packets in ranges.values()))
        story, note = (set(key_packets_of(text)) for text in (STORY, passage))

        assert stops
        assert not stops & story
        assert stops <= note


def key_packets_of(text: str) -> list[int]:
    """All anchors of a text, the rare ones too."""
    from transforms.dedup.sketching import _shingles  # the whole set, to compare the sample with
    from transforms.dedup.tokens import tokenise

    return _shingles(tokenise(text)).tolist()

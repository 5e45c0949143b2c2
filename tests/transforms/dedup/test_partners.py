"""Which published cards are looked at: what shares something telling with a new article, and what is around that."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import NOW, article, prose
from tests.transforms.dedup.test_transform import publish, slots
from transforms.dedup.arrays import U64, among, distinct
from transforms.dedup.candidates import text_keys
from transforms.dedup.card import Card, Order
from transforms.dedup.partners import _keys_of_texts, find_partners
from transforms.dedup.sketch import pack, unpack
from transforms.dedup.sketching import sketch_text
from transforms.store.local import LocalStore
from transforms.store.open import store_of

STANDING, NONE = prose(90, 6), np.zeros(0, U64)


def card(text: str) -> Card:
    """The card of a new article."""
    made = article(text, "http://new.example/1")
    order = Order(made.first_seen_at, made.first_seen_at, made.published_at, made.article_id)
    return Card(order, made.content_sha256, pack(sketch_text(text)), None, None, 0)


def later() -> datetime:
    """The start of a later run."""
    return NOW + timedelta(hours=1)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Two published articles, of which one ends in a standing text."""
    (slot,) = slots(1)
    texts = {"a": f"{prose(91, 20)} {STANDING}", "b": prose(92, 20)}
    publish(tmp_path, slot, [article(text, f"http://{name}.example/1", slot) for name, text in texts.items()], 10)
    return tmp_path


def test_what_shares_anchors_is_a_partner(output: Path):
    """And what shares nothing is none."""
    found = find_partners(store_of(output), later(), [card(f"{prose(93, 20)} {STANDING}")], NONE)

    assert [(one.cluster_id == one.article_id, one.depth) for one in found] == [(True, 1)]


def test_known_boilerplate_leads_nowhere(output: Path):
    """Where all that is shared is known for a stop, the published article is not looked at."""
    new = card(f"{prose(93, 20)} {STANDING}")
    (partner,) = find_partners(store_of(output), later(), [new], NONE)
    shared = np.intersect1d(unpack(new.sketch).anchors, unpack(partner.sketch).anchors)

    assert len(shared) > 3
    assert find_partners(store_of(output), later(), [new], shared[1:]) == [partner]
    assert find_partners(store_of(output), later(), [new], shared) == []


def test_without_new_articles_nothing_is_read(output: Path, monkeypatch: pytest.MonkeyPatch):
    """A slot in which nothing is new opens no file."""
    opened: list[str] = []
    monkeypatch.setattr(LocalStore, "open", lambda _store, path: opened.append(path))

    assert find_partners(store_of(output), later(), [], NONE) == []
    assert opened == []


@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_sets_of_numbers(numbers: list[int], wanted: list[int]):
    """As Python's own sets would have it."""
    held = np.array(numbers, U64)

    assert distinct(held).tolist() == sorted(set(numbers))
    assert among(held, np.array(wanted, U64)).tolist() == [number in set(wanted) for number in numbers]


@given(st.lists(st.binary(min_size=32, max_size=32)))
def test_text_keys_of_a_column(hashes: list[bytes]):
    """All at once they are what each is by itself."""
    column = pa.array([one.hex() for one in hashes], pa.string())

    cards = [card("")._replace(content_sha256=one.hex()) for one in hashes]

    assert _keys_of_texts(column).tolist() == text_keys(cards).tolist()

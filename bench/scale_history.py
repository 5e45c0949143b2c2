"""What a run asks of the history, each question in a process of its own: time, memory, and which bytes were read.

The question goes through a store that notes every range it is asked for; with the files' own metadata these become
bytes by column, and distinct bytes, so that one sees what was read more than once, and that a body was never read.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.scale_child import Spent, measured_call
from bench.scale_columns import feed_urls, hexadecimal, sketches
from bench.scale_fill import NOW, run_id_at
from bench.scale_noted import NotingStore
from schemas.feed import Feed
from schemas.slot import Slot
from transforms.dedup.card import Card, Order
from transforms.dedup.partners import find_partners, load_stops
from transforms.history.feeds import plan_polls
from transforms.history.known import find_failures, find_known, find_retries
from transforms.published import columns_of, published_files
from transforms.store.base import Store
from transforms.store.local import LocalStore

# no question may touch these: they are most of what is published
NEVER = frozenset({"body_text", "summary", "topics", "authors", "agencies", "url"})
# share of the bytes of all datasets that one question may touch; bodies are an eighth of real ones here
MOST = 0.5
SIZES = (0, 400, 20_000)
_RECENT, _WEEK = NOW - timedelta(days=3), NOW - timedelta(days=7)
_SLOT = Slot(run_id_at(NOW), NOW)
# of new articles one in so many is a copy of a published one
_COPIES = 10

# a question is prepared on a store, and then asked of one
Ask = Callable[[Store], Any]
Prepare = Callable[[Store], Ask]


class Asked(NamedTuple):
    """What one question took."""

    question: str
    found: int
    spent: Spent
    # bytes by column, as often as they were read
    columns: dict[str, int]
    distinct_bytes: int

    def faults(self, whole: int) -> list[str]:
        """What is wrong with it, given the bytes of all datasets."""
        faults = [f"{self.question}: {name} was read" for name in sorted(NEVER & self.columns.keys())]
        if self.distinct_bytes > MOST * whole:
            faults.append(f"{self.question}: {self.distinct_bytes:,} of {whole:,} bytes were read")
        return faults


def questions(sizes: Sequence[int], feeds: int) -> dict[str, Prepare]:
    """Everything that a run asks, by name."""
    most = sizes[-1]
    asked: dict[str, Prepare] = {}
    for size in sizes:
        asked[f"find_known, {size:,} ids, half known, of 3 days"] = partial(_known, size, _RECENT)
    asked[f"find_known, {most:,} ids, half known, of all time"] = partial(_known, most, None)
    asked[f"find_failures, {most:,} ids"] = partial(_failures, most)
    asked["find_retries"] = _retries
    asked[f"plan_polls, {feeds:,} feeds"] = partial(_plan, feeds, 0)
    asked[f"plan_polls, {feeds:,} feeds and a new one"] = partial(_plan, feeds, 1)
    for size in sizes:
        asked[f"find_partners, {size:,} articles"] = partial(_partners, size)
    asked["load_stops"] = lambda _: load_stops
    return asked


def ask(root: str, question: str, sizes: Sequence[int], feeds: int) -> Asked:
    """Ask one question of a history."""
    noting = NotingStore(Path(root))
    asked = questions(sizes, feeds)[question](LocalStore(Path(root)))
    found, spent = measured_call(lambda: asked(noting))
    return Asked(question, len(found), spent, dict(noting.read_by_column()), noting.distinct_bytes)


def _known(size: int, since: datetime | None, store: Store) -> Ask:
    ids = _half_known(store, "articles", size, since)
    return lambda asked: find_known(asked, ids)


def _failures(size: int, store: Store) -> Ask:
    ids = _half_known(store, "dead_letters", size, None)
    return lambda asked: find_failures(asked, ids)


def _retries(_: Store) -> Ask:
    return lambda asked: find_retries(asked, _SLOT)


def _plan(feeds: int, more: int, _: Store) -> Ask:
    listed = [Feed(url) for url in [*feed_urls(feeds).to_pylist(), *(f"https://new{n}.example/" for n in range(more))]]
    return lambda asked: plan_polls(listed, asked, _SLOT).polls


def _partners(size: int, store: Store) -> Ask:
    cards, stops = _cards(store, size), load_stops(store)
    return lambda asked: find_partners(asked, NOW, cards, stops)


def _half_known(store: Store, dataset: str, size: int, since: datetime | None) -> list[str]:
    """Ids, half of them published, spread over the files."""
    unknown = hexadecimal(np.random.default_rng(5), size - size // 2, 32).to_pylist()
    return [*unknown, *_some(store, dataset, "article_id", size // 2, since)]


def _some(store: Store, dataset: str, column: str, count: int, since: datetime | None) -> list[Any]:
    """So many values of a column, the same number out of each file."""
    files = published_files(store, dataset, since)
    share, values = -(-count // max(1, len(files))), list[Any]()
    for file in files if count else ():
        values += columns_of(store, file, [column])[column][:share].to_pylist()
    return values[:count]


def _cards(store: Store, size: int) -> list[Card]:
    """New articles, some of which are copies of published ones."""
    rng = np.random.default_rng(6)
    copies = _some(store, "articles", "sketch", size // _COPIES, _WEEK)
    packed = [*copies, *sketches(rng, size - len(copies)).to_pylist()]
    ids, hashes = hexadecimal(rng, size, 32).to_pylist(), hexadecimal(rng, size, 64).to_pylist()
    orders = [Order(NOW, NOW, NOW - timedelta(hours=1), article_id) for article_id in ids]
    return [Card(*card, None, None, 0) for card in zip(orders, hashes, packed, strict=True)]

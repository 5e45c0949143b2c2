"""Columns of made-up rows, by numpy and Arrow: a row of Python objects each would take hours."""

from datetime import datetime, timezone
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.scale_articles import text_of
from schemas.dating import Dating
from schemas.entry import Entry
from transforms.dead_letters import to_payload
from transforms.dedup.arrays import Array
from transforms.dedup.sketch import SKETCH_VERSION, pack, unpack
from transforms.dedup.sketching import sketch_text

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_FEW = 64
_ID, _TEXT = "@id@", "@text@"
_FEEDS = 100_000


def hexadecimal(rng: np.random.Generator, rows: int, digits: int) -> pa.Array:
    """Strings of so many random digits.

    >>> len(hexadecimal(np.random.default_rng(1), 2, 32)[1].as_py())
    32
    """
    raw = np.frombuffer(rng.bytes(rows * digits // 2), np.uint8)
    return _fixed(_HEX[np.stack([raw >> 4, raw & 15], axis=1)].ravel(), rows, pa.string())


def _fixed(data: Array, rows: int, kind: pa.DataType) -> pa.Array:
    """Values of one length."""
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(len(data) // max(1, rows))
    return pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))])


@cache
def feed_urls(count: int) -> pa.Array:
    """The feeds that everything comes from."""
    return pa.array([f"https://outlet{n}.example/feed.xml" for n in range(count)])


@cache
def _phrases() -> pa.Array:
    return pa.array([text_of(n, 3_000, 3).title.partition(" ")[0] + f" {n * 7919 % 3_000}" for n in range(3_000)])


def article_columns(
    rng: np.random.Generator, at: pa.Array, *, reprints: bool, sketched: bool, feeds: int
) -> dict[str, pa.Array]:
    """What `articles/` and `reprints/` hold, as far as later runs look at it."""
    rows = len(at)
    ids, others = hexadecimal(rng, rows, 32), hexadecimal(rng, rows, 32)
    words = [_phrases().take(pa.array(rng.integers(0, 3_000, rows))) for _ in range(4)]
    urls = pc.binary_join_element_wise("https://outlet.example", ids, "/")
    kind = "copy" if reprints else None
    return {
        "article_id": ids,
        "url": urls,
        "guid": urls,
        "feed_url": feed_urls(feeds or _FEEDS).take(pa.array(rng.integers(0, feeds or _FEEDS, rows))),
        "title": pc.binary_join_element_wise(*words, " "),
        "body_text": hexadecimal(rng, rows, 400),
        **dict.fromkeys(("published_at", "first_seen_at", "fetched_at"), at),
        "language": _constant("en", rows),
        "cluster_id": others if reprints else ids,
        "duplicate_of": others if reprints else pa.nulls(rows, pa.string()),
        "duplicate_kind": _constant(kind, rows),
        "reprint_lag_seconds": _constant(900 if reprints else None, rows, pa.int64()),
        "revision_no": _constant(1, rows, pa.int32()),
        "entry_sha256": hexadecimal(rng, rows, 64),
        "content_sha256": hexadecimal(rng, rows, 64),
        "sketch": sketches(rng, rows) if sketched else _few_sketches().take(pa.array(rng.integers(0, _FEW, rows))),
        "sketch_version": _constant(SKETCH_VERSION, rows, pa.int32()),
    }


def letter_columns(rng: np.random.Generator, at: pa.Array, **_: Any) -> dict[str, pa.Array]:
    """What `dead_letters/` hold: a fifth may be tried again, and is due."""
    rows = len(at)
    ids, final = hexadecimal(rng, rows, 32), rng.random(rows) < 0.8
    before, between, after = _payload()
    payloads = pc.binary_join_element_wise(before, ids, between, hexadecimal(rng, rows, 400), after, "")
    return {
        "dead_letter_id": hexadecimal(rng, rows, 32),
        "occurred_at": at,
        "stage": _constant("fetch", rows),
        "reason": _constant("timeout", rows),
        "feed_url": feed_urls(_FEEDS).take(pa.array(rng.integers(0, _FEEDS, rows))),
        "article_id": ids,
        "attempt": _constant(1, rows, pa.int32()),
        "final": pa.array(final),
        "next_attempt_at": pc.if_else(pa.array(final), pa.scalar(None, at.type), at),
        "payload": payloads,
    }


def feed_run_columns(rng: np.random.Generator, at: pa.Array, *, feeds: int, **_: Any) -> dict[str, pa.Array]:
    """What `feed_runs/` hold: polls that went well, of feeds at random."""
    rows = len(at)
    return {
        "feed_url": feed_urls(feeds).take(pa.array(rng.integers(0, feeds, rows))),
        "feed_title": _constant("A feed", rows),
        "started_at": at,
        "outcome": _constant("ok", rows),
        "etag": hexadecimal(rng, rows, 16),
        "last_modified": _constant("", rows),
        "body_sha256": hexadecimal(rng, rows, 64),
        "consecutive_failures": _constant(0, rows, pa.int32()),
        "failure_weight": _constant(0.0, rows, pa.float32()),
        "next_poll_at": at,
        "poll_interval_s": _constant(3_600, rows, pa.int32()),
        "fresh_for_s": _constant(0, rows, pa.int32()),
        "moved_to": _constant("", rows),
    }


def _constant(value: Any, rows: int, kind: pa.DataType | None = None) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind or pa.string()), rows)


@cache
def _few_sketches() -> pa.Array:
    return pa.array([pack(sketch_text("\n".join(text_of(n, _FEW, 3).paragraphs))) for n in range(_FEW)], pa.binary())


def sketches(rng: np.random.Generator, rows: int) -> pa.Array:
    """Sketches of the size that a real text's has, each with anchors of its own."""
    template = sorted(_few_sketches().to_pylist(), key=len)[_FEW // 2]
    anchors = len(unpack(template).anchors)
    packed = np.tile(np.frombuffer(template, np.uint8), (rows, 1))
    values = np.sort(rng.integers(0, 1 << 61, (rows, anchors), dtype=np.uint64), axis=1)
    start = 32
    packed[:, start : start + 8 * anchors] = values.view(np.uint8).reshape(rows, 8 * anchors)
    rest = packed[:, start + 8 * anchors :]
    rest[:] = rng.integers(0, 256, rest.shape, dtype=np.uint8)
    return _fixed(packed.ravel(), rows, pa.binary())


@cache
def _payload() -> tuple[str, str, str]:
    """An entry as a letter carries it: what stands around its id and its summary."""
    at = datetime(2026, 11, 23, tzinfo=timezone.utc)
    entry = Entry(
        article_id=_ID,
        url="https://outlet.example/story-of-the-day",
        feed_url="https://outlet.example/feed.xml",
        source_name="An outlet",
        guid="https://outlet.example/story-of-the-day",
        title="What the outlet has to say of the day",
        summary=_TEXT,
        content_html="",
        authors=("Ada Pen",),
        tags=("world",),
        published=Dating(at, at.isoformat(), "feed", "second"),
        updated=Dating(),
        language="en",
        entry_sha256="0" * 64,
        run_id="",
        first_seen_at=at,
    )
    before, _, rest = to_payload(entry).partition(_ID)
    between, _, after = rest.partition(_TEXT)
    return before, between, after

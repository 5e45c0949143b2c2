"""The same job as one writes it in an afternoon, from the usual libraries: what Dateline is compared with.

    python -m bench.naive --feeds FILE --output DIR [--json FILE]

Feeds and pages are fetched by sixteen threads while the main thread extracts; near-duplicates, languages and topics
come from the obvious library or a regular expression each. It is meant to be good at that. It keeps no history and no
dead letters, has no commit protocol, and a hostile page can stop it.
"""

import re
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import feedparser
import pyarrow as pa
import pyarrow.dataset as ds
import requests
import trafilatura
from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]
from langdetect import LangDetectException, detect

from bench.figures import arguments, print_table, write_json

THREADS = 16
PERMUTATIONS = 128
THRESHOLD = 0.7
SHINGLE = 5
TOPICS = {
    "politics": r"election|parliament|president|minister|senate|government|wahl|regierung|élection|gobierno",
    "business": r"market|shares|inflation|profit|bank|investor|wirtschaft|économie|economía",
    "technology": r"software|smartphone|artificial intelligence|internet|startup|google|apple|microsoft",
    "health": r"hospital|vaccine|virus|patients|disease|cancer|gesundheit|santé|salud",
    "sports": r"football|match|season|tournament|coach|olympic|league|fußball|fútbol",
    "climate": r"climate|emissions|carbon|renewable|wildfire|drought|klima|climat",
    "crime": r"police|court|murder|arrested|prosecutor|prison|polizei|gericht|policía",
    "science": r"scientists|researchers|nasa|physics|species|forscher|chercheurs",
}
_TOPICS = {topic: re.compile(rf"\b(?:{words})\b", re.I) for topic, words in TOPICS.items()}
_WORD = re.compile(r"\w+")
_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "url", "feed_url", "title", "text", "author", "language", "duplicate_of")]
    + [("published", pa.date32()), ("topics", pa.list_(pa.string())), ("date", pa.string())]
)

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_local = threading.local()


def fetch(url: str) -> bytes:
    """A URL in, its body out, over this thread's own session; b"" where it cannot be had."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    try:
        answer = _local.session.get(url, timeout=20)
        answer.raise_for_status()
    except requests.RequestException as error:
        print(f"{url}: {error}", file=sys.stderr)
        return b""
    return bytes(answer.content)


def ahead(
    pool: ThreadPoolExecutor, function: Callable[[_In], _Out], inputs: Iterable[_In]
) -> Iterator[tuple[_In, _Out]]:
    """Inputs in, each with its result out, in order; four per thread wait at most, or pages would fill the memory."""
    waiting: deque[tuple[_In, Future[_Out]]] = deque()
    for value in inputs:
        waiting.append((value, pool.submit(function, value)))
        if len(waiting) >= 4 * THREADS:
            first, future = waiting.popleft()
            yield first, future.result()
    for value, future in waiting:
        yield value, future.result()


def list_entries(pool: ThreadPoolExecutor, feeds: Iterable[str]) -> dict[str, Any]:
    """Feed URLs in; link → entry out, each link once."""
    found: dict[str, Any] = {}
    for feed_url, body in ahead(pool, fetch, feeds):
        for entry in feedparser.parse(body).entries:
            if entry.get("link"):
                found.setdefault(entry.link, entry | {"feed_url": feed_url})
    return found


def extract(url: str, html: bytes, entry: Any) -> dict[str, Any] | None:
    """A page in, a row out; None where there is no text."""
    page = trafilatura.bare_extraction(html, url=url, with_metadata=True) if html else None
    if page is None or not page.text:
        return None
    published = day_of(page.date)
    return {
        "id": sha256(url.encode()).hexdigest()[:16],
        "url": url,
        "feed_url": entry["feed_url"],
        "title": page.title or entry.get("title"),
        "text": page.text,
        "author": page.author,
        "language": language_of(page.text),
        "topics": [topic for topic, words in _TOPICS.items() if len(words.findall(page.text)) >= 3],
        "published": published,
        "date": (published or datetime.now(timezone.utc).date()).isoformat(),
    }


def day_of(text: str | None) -> date | None:
    """A day such as 2026-11-25 in, a date out; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def language_of(text: str) -> str | None:
    """A text in, its language out."""
    try:
        return str(detect(text))
    except LangDetectException:  # no letters
        return None


class Duplicates:
    """Near-duplicates by MinHash and locality-sensitive hashing."""

    def __init__(self) -> None:
        self._lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)

    def earlier(self, id_: str, text: str) -> str | None:
        """An article in, the id of an earlier one that is alike out, None where there is none."""
        words = _WORD.findall(text.lower())
        shingles = {" ".join(words[i : i + SHINGLE]).encode() for i in range(max(1, len(words) - SHINGLE + 1))}
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch(list(shingles))
        alike = self._lsh.query(sketch)
        self._lsh.insert(id_, sketch)
        return str(min(alike)) if alike else None


def ingest(feeds: Sequence[str], output: Path) -> dict[str, Any]:
    """Feed URLs in; a dataset partitioned by date is written, and the numbers are given back."""
    duplicates, rows = Duplicates(), []
    with ThreadPoolExecutor(THREADS) as pool:
        entries = list_entries(pool, feeds)
        for url, html in ahead(pool, fetch, entries):
            if row := extract(url, html, entries[url]):
                rows.append(row | {"duplicate_of": duplicates.earlier(row["id"], row["text"])})
    ds.write_dataset(
        pa.Table.from_pylist(rows, _SCHEMA),
        output,
        format="parquet",
        partitioning=ds.partitioning(pa.schema([("date", pa.string())]), flavor="hive"),
        existing_data_behavior="overwrite_or_ignore",
        max_partitions=100_000,
    )
    return {
        "feeds": len(feeds),
        "pages": len(entries),
        "rows": len(rows),
        "duplicates": sum(row["duplicate_of"] is not None for row in rows),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Ingest as the command line says."""
    parser = arguments("Feeds to Parquet, the afternoon's way.")
    parser.add_argument("--feeds", type=Path, required=True, metavar="FILE", help="feed URLs, one a line")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(argv)
    began = time.monotonic()
    figures = ingest(options.feeds.read_text("utf-8").split(), options.output)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures |= {"wall_s": time.monotonic() - began, "cpu_s": used.ru_utime + used.ru_stime}
    figures["cpu_ms_per_page"] = 1000 * figures["cpu_s"] / max(1, figures["pages"])
    print_table("naive", ["figure", "value"], list(figures.items()))
    write_json(options.json, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Cluster labelled documents with the pipeline's own transforms, for a scorer.

    python -m bench.dedup DOCS.jsonl --predictions FILE [--shuffle SEED] [--bundles N] [--runs N] [--json FILE]

A document is a line {"id", "text", "title"?, …}; a prediction {"id", "cluster"}, the cluster named by its smallest
member, so that two predictions are equal files when their clusters are. The documents go through MarkNearDuplicates and
are published as Parquet, in as many runs as asked for, each of which knows of the earlier ones only what these
published; the clusters are read back from there.
"""

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from bench.figures import print_table, write_json
from schemas.article import Agency, Article, Tagged
from schemas.entry import Known
from schemas.slot import Slot
from transforms.dedup.partners import load_corrections
from transforms.dedup.step import sketch_article
from transforms.dedup.transform import MarkNearDuplicates
from transforms.extract.article import text_hash
from transforms.layout import new_run_id
from transforms.published import columns_of, published_files
from transforms.store.open import store_of
from transforms.write.transform import PublishRun

_FIRST = datetime(2026, 1, 5, tzinfo=timezone.utc)
_BETWEEN_RUNS = timedelta(hours=1)
# what a document does not say, by the type of the field
_EMPTY: dict[Any, Any] = {
    **{str: "", int: 0, float: 0.0, bool: False, tuple[str, ...]: (), tuple[Agency, ...]: ()},
    **{datetime | None: None, Known | None: None},
}


def main(argv: list[str] | None = None) -> None:
    """Read, cluster, write."""
    args = _arguments(argv)
    documents = [json.loads(line) for line in args.documents.read_text("utf-8").splitlines() if line.strip()]
    if args.shuffle is not None:
        random.Random(args.shuffle).shuffle(documents)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        for slot, batch in _batches(documents, args.runs):
            run(Path(folder), slot, [article(d, slot) for d in batch], block=-(-len(batch) // args.bundles))
        seconds = time.perf_counter() - started
        clusters = read_clusters(Path(folder))
    write_predictions(args.predictions, documents, clusters)
    figures = {
        "documents": len(documents),
        "clusters": len(set(clusters.values())),
        "runs": args.runs,
        "bundles": args.bundles,
        "seconds": round(seconds, 2),
        "ms_per_document": round(seconds / max(1, len(documents)) * 1e3, 3),
    }
    print_table("Near-duplicates", ("what", "figure"), list(figures.items()))
    write_json(args.json, figures)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.dedup", description="Cluster labelled documents.")
    parser.add_argument("documents", type=Path, metavar="DOCS.jsonl")
    parser.add_argument("--predictions", type=Path, required=True, metavar="FILE")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="shuffle the documents first")
    parser.add_argument("--bundles", type=int, default=1, metavar="N", help="split each run's documents into N blocks")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="publish them in N runs, an hour apart")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser.parse_args(argv)


def _batches(documents: list[dict[str, Any]], runs: int) -> Iterator[tuple[Slot, list[dict[str, Any]]]]:
    size = -(-len(documents) // runs)
    for number in range(runs):
        started = _FIRST + number * _BETWEEN_RUNS
        yield Slot(new_run_id(started), started), documents[number * size : (number + 1) * size]


def article(document: dict[str, Any], slot: Slot) -> Article:
    """A document as an article that the slot listed first."""
    unsaid = {field.name: _EMPTY[field.type] for field in fields(Article) if field.type in _EMPTY}
    said = {
        "article_id": hashlib.sha256(document["id"].encode()).hexdigest()[:32],
        "url": document["id"],
        "title": document.get("title") or "",
        "body_text": document["text"],
        "content_sha256": text_hash(document["text"]),
        "language": document.get("lang") or "und",
        "published_source": "first_seen",
        "published_precision": "none",
        "language_source": "none",
        "revision_no": 1,
        "run_id": slot.run_id,
    }
    times = dict.fromkeys(("published_at", "first_seen_at", "fetched_at"), slot.started_at)
    return Article(**(unsaid | said | times))


def run(output: Path, slot: Slot, articles: list[Article], block: int) -> None:
    """Mark and publish the articles of one run."""
    with beam.Pipeline(options=PipelineOptions(["--runner=FnApiRunner", "--no_pipeline_type_check"])) as pipeline:
        slots = pipeline | "Slot" >> beam.Create([slot])
        made = pipeline | beam.Create(articles) | beam.Map(untagged)
        marked = (slots, made) | MarkNearDuplicates(str(output), block=block)
        _ = (slots, (marked.marked,), marked.tallies, marked.documents) | PublishRun(str(output))


def untagged(one: Article) -> Tagged:
    """An article with its sketch and no topics."""
    return Tagged(**vars(sketch_article(one)), topics=(), topics_version="")


def read_clusters(output: Path) -> dict[str, str]:
    """Document id → cluster id, from what is published."""
    store = store_of(output)
    found: dict[str, tuple[str, str]] = {}
    for dataset in ("articles", "reprints"):
        for file in published_files(store, dataset):
            rows = columns_of(store, file, ["url", "article_id", "cluster_id"]).to_pylist()
            found |= {row["url"]: (row["article_id"], row["cluster_id"]) for row in rows}
    corrections = load_corrections(store)
    return {document: corrections.get(article_id, cluster) for document, (article_id, cluster) in found.items()}


def write_predictions(path: Path, documents: list[dict[str, Any]], clusters: dict[str, str]) -> None:
    """One line a document, sorted by id, its cluster named by the cluster's smallest document id."""
    members = defaultdict(list)
    for document_id, cluster in clusters.items():
        members[cluster].append(document_id)
    names = {cluster: min(ids) for cluster, ids in members.items()}
    lines = [{"id": i, "cluster": names[clusters[i]]} for i in sorted(d["id"] for d in documents)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()

"""The block model's weights from labelled pages; cross-validation by site.

    python -m bench.train_blocks PAGES.parquet [--output FILE] [--cross_validate] [--predictions FILE] [--json FILE]

Columns of PAGES: id, site, url, html, set; for a news page `body`, its true text; for a general one (set `traf`)
`snip_with` and `snip_without`, lines that belong to the article and lines that don't.

Labels. A block of a news page is text when half of its shingles of four words stand in the true body. On a general
page, blocks that hold a snippet are labelled; and, for the trees that see the page alone, at a tenth of the weight, the
blocks on which three settings of trafilatura agree. Weights: a block counts with the root of its share of the text, for
sites differ in how small they cut it.

Cross-validation trains five times without a fifth of the sites (by hash, so that a page's fold never depends on the
others) and extracts the pages of these sites, as the product would.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier
from trafilatura import bare_extraction

from bench.extractors import Page, ours
from bench.figures import arguments, print_table, write_json
from bench.scores import text_scores
from transforms.errors import ExtractError
from transforms.extract import page
from transforms.extract.blocks.columns import read_columns, with_extracted
from transforms.extract.blocks.lines import squeezed
from transforms.extract.blocks.model import BlockModel
from transforms.extract.blocks.names import COLUMNS
from transforms.extract.blocks.walk import Block, read_blocks
from transforms.extract.body import extract_fast
from transforms.extract.metadata import read_metadata
from transforms.extract.page import open_page
from transforms.extract.tree import squash

FOLDS, DOUBT = 5, 0.18
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
PACKAGED = Path(page.__file__).parent / "data" / "blocks.json"
_FOREST = {
    "max_iter": 200,
    "learning_rate": 0.08,
    "max_depth": 3,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 40,
    "l2_regularization": 2,
    # each test chooses among so many columns: trees that differ err less on sites never seen (decision 0006)
    "max_features": 0.4,
    "random_state": 0,
}
# weights: of a snippet's block, for the first trees and the second; of one on which all settings agree, for the first
_WORD = re.compile(r"\w+")
_SNIPPET, _SNIPPET_SECOND, _AGREED = 0.3, 0.15, 0.1
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Example:
    """A page's blocks as numbers, with and without the second extractor, their labels and weights."""

    page: Any
    with_extracted: Any
    labels: Any
    page_weights: Any
    second_weights: Any


def example(row: Row) -> Example | None:
    """A labelled page in; what trees learn from it out, None for a page without text."""
    try:
        tree, _ = open_page(row["html"])
    except ExtractError:
        return None
    metadata, blocks = read_metadata(tree, url=row["url"], now=NOW), read_blocks(tree)
    if not blocks:
        return None
    columns = read_columns(blocks, title=metadata.title, description=metadata.summary)
    text = extract_fast(tree, row["url"])
    labels, page_weights, second_weights = (
        _of_snippets(row, blocks, text) if row["set"] == "traf" else _of_body(row["body"], blocks)
    )
    return Example(columns, with_extracted(columns, blocks, text), labels, page_weights, second_weights)


def _of_body(truth: str, blocks: Sequence[Block]) -> tuple[Any, Any, Any]:
    labels = body_labels(truth, blocks)
    total = sum(len(block.text) for block, label in zip(blocks, labels, strict=True) if label) or 1
    weights = np.array([min((len(block.text) / total) ** 0.5 + 0.05, 1.5) for block in blocks])
    return np.array(labels), weights, weights


def body_labels(truth: str, blocks: Sequence[Block]) -> list[bool]:
    """Whether each block of a news page belongs to its true text; a short line only does beside longer ones."""
    whole, lines, known = squeezed(truth), {squeezed(line) for line in truth.split("\n")}, set(_shingles(truth))
    labels = [_is_of(block.text, whole, lines, known) for block in blocks]
    long = [place for place, block in enumerate(blocks) if labels[place] and len(block.text) >= 60]
    return [
        label and (len(block.text) >= 60 or any(abs(place - other) <= 5 for other in long))
        for place, (label, block) in enumerate(zip(labels, blocks, strict=True))
    ]


def _is_of(text: str, whole: str, lines: set[str], known: set[tuple[str, ...]]) -> bool:
    key, shingles = squeezed(text), _shingles(text)
    if len(text.split()) < 5 and len(shingles) < 2:
        return key in lines or (len(key) > 20 and key in whole)
    return (len(key) > 40 and key in whole) or sum(s in known for s in set(shingles)) >= len(set(shingles)) / 2


def _shingles(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text)
    return [tuple(words[place : place + 4]) for place in range(max(1, len(words) - 3))]


def _of_snippets(row: Row, blocks: Sequence[Block], text: str) -> tuple[Any, Any, Any]:
    wanted, unwanted = map(squash, row["snip_with"]), map(squash, row["snip_without"])
    settings: tuple[dict[str, bool], ...] = ({"fast": True, "favor_precision": True, "include_comments": False}, {})
    others = [squeezed(text), *(squeezed(_extract(row, **setting)) for setting in settings)]
    size = max(200, len(others[1]))
    known = [(snippet, True) for snippet in wanted] + [(snippet, False) for snippet in unwanted]
    learnt = [_learnt(block.text, known, others, size) for block in blocks]
    labels, page_weights, second_weights = zip(*learnt, strict=True)
    return np.array(labels), np.array(page_weights), np.array(second_weights)


def _learnt(
    text: str, known: Sequence[tuple[str, bool]], others: Sequence[str], size: int
) -> tuple[bool, float, float]:
    """Label and both weights of one block of a general page."""
    for snippet, label in known:
        if snippet in text:
            return label, _SNIPPET, _SNIPPET_SECOND
    key = squeezed(text)
    piece = key[len(key) // 5 :][:60]
    votes = sum(piece in other for other in others)
    is_agreed = len(key) >= 8 and votes in (0, len(others))
    weight = _AGREED * min(1, (len(text) / size) ** 0.5 + 0.05) if is_agreed else 0
    return votes == len(others), weight, 0.0


def _extract(row: Row, **options: bool) -> str:
    document = bare_extraction(row["html"], url=row["url"], **options)
    return (document.text or "") if document else ""


def train(examples: Sequence[Example]) -> dict[str, Any]:
    """Examples in; the weights as data/blocks.json keeps them out."""
    first = [(e.page, e.labels, e.page_weights) for e in examples]
    second = [(e.with_extracted, e.labels, e.second_weights) for e in examples]
    return {"columns": list(COLUMNS), "doubt": DOUBT, "page": _fit(first), "with_extracted": _fit(second)}


def _fit(parts: Sequence[tuple[Any, Any, Any]]) -> dict[str, Any]:
    rows, labels, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    known = weights > 0
    model = HistGradientBoostingClassifier(**_FOREST)
    model.fit(rows[known], labels[known], sample_weight=weights[known])
    trees = [_as_heap(predictor.nodes) for (predictor,) in model._predictors]
    columns, thresholds, values = map(list, zip(*trees, strict=True))
    base = float(np.ravel(model._baseline_prediction)[0])
    return {"base": round(base, 6), "columns": columns, "thresholds": thresholds, "values": values}


def _as_heap(nodes: Any) -> tuple[list[int], list[float], list[float]]:
    """A tree of scikit-learn in; its tests and the values of its nodes in the order of a heap out.

    A leaf above the last level becomes a test that every row fails, over copies of itself.
    """
    columns, thresholds, values, counts = [0] * 7, [1e9] * 7, [0.0] * 15, [0] * 15

    def fill(place: int, number: int) -> None:
        node = nodes[number]
        if place >= 7:
            values[place], counts[place] = float(node["value"]), int(node["count"])
            return
        left, right = (number, number) if node["is_leaf"] else (int(node["left"]), int(node["right"]))
        if not node["is_leaf"]:
            columns[place], thresholds[place] = int(node["feature_idx"]), float(f"{node['num_threshold']:.6g}")
        fill(2 * place + 1, left)
        fill(2 * place + 2, right)
        below = (2 * place + 1, 2 * place + 2)
        counts[place] = sum(counts[child] for child in below)
        values[place] = sum(values[child] * counts[child] for child in below) / counts[place]

    fill(0, 0)
    return columns, thresholds, [round(value, 5) for value in values]


def fold(site: str) -> int:
    """The fold of a site."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def held_out(rows: Sequence[Row]) -> Callable[[str], BlockModel]:
    """Labelled pages in; a function out that gives for a site the model that saw none of its fold's pages."""
    examples = [(fold(row["site"]), made) for row in rows if (made := example(row))]
    models = [BlockModel.of(train([made for place, made in examples if place != held])) for held in range(FOLDS)]
    return lambda site: models[fold(site)]


def main(argv: Sequence[str] | None = None) -> int:
    """Train, or cross-validate, as the command line says."""
    parser = arguments("The block model's weights from labelled pages.")
    parser.add_argument("pages", type=Path, metavar="PAGES.parquet")
    parser.add_argument(
        "--output", type=Path, default=PACKAGED, metavar="FILE", help="gets the weights; default: the package"
    )
    parser.add_argument("--cross_validate", action="store_true", help="train without a fifth of the sites, in turn")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="of --cross_validate: a line per page")
    options = parser.parse_args(argv)
    rows = pq.read_table(options.pages).to_pylist()
    figures = _cross_validate(rows, options.predictions) if options.cross_validate else _train(rows, options.output)
    print_table("block model", ["figure", "value"], list(figures.items()))
    write_json(options.json, figures)
    return 0


def _train(rows: Sequence[Row], output: Path) -> dict[str, object]:
    examples = [made for row in rows if (made := example(row))]
    text = json.dumps(train(examples), separators=(",", ":")) + "\n"
    output.write_text(text, "utf-8")
    blocks = sum(len(made.labels) for made in examples)
    return {"pages": len(examples), "blocks": blocks, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _cross_validate(rows: Sequence[Row], predictions: Path | None) -> dict[str, object]:
    pages = [Page(row["id"], row["site"], row["url"], row["html"]) for row in rows]
    model_of = held_out(rows)
    found = [ours(page, now=NOW, model_of=model_of) for page in pages]
    if predictions:
        lines = (json.dumps({"id": p.id, **f._asdict()}, ensure_ascii=False) for p, f in zip(pages, found, strict=True))
        predictions.write_text("".join(line + "\n" for line in lines), "utf-8")
    return {"pages": len(found), **{f"F1 {name}": score.f1 for name, score in text_scores(rows, found).items()}}


if __name__ == "__main__":
    sys.exit(main())

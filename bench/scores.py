"""Predictions and the truth in, scores out: bodies, snippets, metadata.

A news page has its true text as `body`. Text is compared in shingles of four words, each as often as it occurs.
Precision is the mean over pages of the share of the predicted shingles that are true, recall that of the true ones that
were predicted, and F1 is made of these two means, as article-extraction-benchmark does it.

A general page has snippets that belong to its text (`snip_with`), and others that don't (`snip_without`). All snippets
of all pages count alike.

Of metadata, the share of exact values is given, among the pages whose value is known: white space and case aside, dates
by their digits up to the day or the minute, authors as a set.
"""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bench.extractors import Prediction

Truth = dict[str, Any]
_WORD, _SIZE = re.compile(r"\w+"), 4


class Score(NamedTuple):
    """How good the texts of one set of pages are."""

    pages: int
    f1: float
    precision: float
    recall: float


def has_article(truth: Truth) -> bool:
    """Whether a page is known to hold a text."""
    return bool(truth.get("body") or truth.get("snip_with"))


def text_scores(truths: Sequence[Truth], predictions: Sequence[Prediction]) -> dict[str, Score]:
    """Pages with their truth and what was predicted of each, in; the score of every `set` that has a truth, out."""
    sets: dict[str, list[tuple[Truth, str]]] = {}
    for truth, prediction in zip(truths, predictions, strict=True):
        if has_article(truth):
            sets.setdefault(truth.get("set") or "pages", []).append((truth, prediction.text))
    return {name: _score(pairs) for name, pairs in sets.items()}


def _score(pairs: Sequence[tuple[Truth, str]]) -> Score:
    bodies = all(truth.get("body") for truth, _ in pairs)
    precision, recall = (_of_bodies if bodies else _of_snippets)(pairs)
    return Score(len(pairs), 2 * precision * recall / max(1e-9, precision + recall), precision, recall)


def _of_bodies(pairs: Sequence[tuple[Truth, str]]) -> tuple[float, float]:
    counts = [(shingles(text), shingles(truth["body"])) for truth, text in pairs]
    both = [(found & true).total() for found, true in counts]
    precision = [n / found.total() for n, (found, _) in zip(both, counts, strict=True) if found]
    recall = [n / true.total() for n, (_, true) in zip(both, counts, strict=True) if true]
    return statistics.mean(precision or [0]), statistics.mean(recall or [0])


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """A text in; how often it has each run of four words out. A shorter text is one run.

    >>> sorted(shingles("The ferry is late again").values()), shingles("Late.")
    ([1, 1], Counter({('Late',): 1}))
    """
    words = _WORD.findall(text)
    runs = (tuple(words[start : start + _SIZE]) for start in range(max(1, len(words) - _SIZE + 1)))
    return Counter(run for run in runs if run)


def _of_snippets(pairs: Sequence[tuple[Truth, str]]) -> tuple[float, float]:
    texts = [squashed(text) for _, text in pairs]
    kept, wanted = _found("snip_with", pairs, texts)
    wrong, _ = _found("snip_without", pairs, texts)
    return kept / max(1, kept + wrong), kept / max(1, wanted)


def _found(column: str, pairs: Sequence[tuple[Truth, str]], texts: Sequence[str]) -> tuple[int, int]:
    """How many snippets of a column stand in the texts, and how many there are."""
    hits = [
        squashed(snippet) in text
        for (truth, _), text in zip(pairs, texts, strict=True)
        for snippet in truth.get(column) or ()
    ]
    return sum(hits), len(hits)


def metadata_scores(truths: Sequence[Truth], predictions: Sequence[Prediction]) -> dict[str, float]:
    """Pages with their truth and what was predicted of each, in; the share of exact values by kind, out."""
    return {
        "title": _exact(truths, "title", [p.title for p in predictions], _folded),
        "day": _exact(truths, "date", [p.date for p in predictions], lambda date: str(date)[:10]),
        "minute": _exact(truths, "date", [p.date for p in predictions], _minute),
        "authors": _exact(truths, "authors", [p.authors for p in predictions], lambda names: set(map(_folded, names))),
    }


def _exact(truths: Sequence[Truth], column: str, values: Sequence[Any], key: Callable[[Any], Any]) -> float:
    known = [(truth[column], value) for truth, value in zip(truths, values, strict=True) if truth.get(column)]
    return sum(bool(key(true) == key(value)) for true, value in known) / max(1, len(known))


def _minute(date: str | None) -> str:
    return str(date)[:16].replace("T", " ")


def _folded(text: str | None) -> str:
    return squashed(text).casefold()


def squashed(text: str | None) -> str:
    """A text with white space folded."""
    return " ".join((text or "").split())

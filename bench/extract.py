"""Extraction of saved pages: what it costs beside other extractors, how good it is, what it rejects.

    python -m bench.extract PAGES.parquet [--predictions FILE] [--extractors NAMES] [--limit N] [--rounds N]
                            [--score_all] [--cross_validate] [--twice] [--json FILE]

With --cross_validate the block model of each page is one of five, trained on pages of other sites.

Columns of PAGES: id, site, url, html, and the truth where it is known: set, body, snip_with, snip_without, title, date,
authors (bench/scores.py says what they mean).

Each extractor has a process of its own, as it has where it is used, so that none pays for what another does to memory
and caches; they take turns page by page, one at a time, and who is first changes with every page. CPU time is that of
the process, system time included. The collector is off during a call, as it is in the pipeline's processes, and
collects before each what the one before left behind. Of several rounds the fastest counts, since other work on the
machine only ever adds time. A page that an extractor rejects or fails on counts like any other.
"""

import gc
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from bench.extractors import OURS, YARDSTICK, Extract, Page, Prediction, extractors, ours
from bench.figures import arguments, print_table, write_json
from bench.scores import Truth, has_article, metadata_scores, text_scores
from bench.train_blocks import held_out
from transforms.errors import ExtractError
from transforms.extract.page import extract_page

_WARMED_ON = 5
# what is loaded at its first use, such as a second parser of dates, is loaded before the clock runs
_ODD = Page(
    "", "", "", b'<meta property="article:published_time" content="ven., 20 novembre 2026 10:00"><p>Le pont est rompu.'
)
_TRUTH = {"set", "body", "snip_with", "snip_without", "title", "date", "authors"}
Figures = dict[str, Any]


class Attempt(NamedTuple):
    """One extractor's work on one page."""

    cpu_s: float
    prediction: Prediction
    # what it raised, "" for nothing
    failure: str


def read_pages(path: Path, limit: int | None = None) -> tuple[list[Page], list[Truth]]:
    """A file of saved pages in; the pages and what is known to be true of each, out."""
    columns = {"id", "site", "url", "html"} | (_TRUTH & set(pq.read_schema(path).names))
    rows = pq.read_table(path, columns=sorted(columns)).slice(0, limit).to_pylist()
    pages = [Page(row["id"], row["site"] or "", row["url"] or "", row.pop("html")) for row in rows]
    return pages, rows


def measure(pages: Sequence[Page], chosen: Mapping[str, Extract], rounds: int) -> dict[str, list[Attempt]]:
    """Pages and extractors in; the fastest attempt of each extractor at each page, in their order, out."""
    tries: dict[str, list[list[Attempt]]] = {name: [[] for _ in pages] for name in chosen}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(extract, pages)) for name, extract in chosen.items()}
        for number in range(rounds):
            for place in range(len(pages)):
                for name in rotated(list(chosen), place + number):
                    workers[name].send(place)
                    tries[name][place].append(workers[name].recv())
    return {name: [min(of_page, key=lambda one: one.cpu_s) for of_page in own] for name, own in tries.items()}


@contextmanager
def _worker(extract: Extract, pages: Sequence[Page]) -> Iterator[Connection]:
    """The near end of a pipe: the place of a page goes in, the attempt at it comes out. The process ends with it."""
    context = get_context("fork")  # an extractor may hold a trained model, and the pages are there already
    near, far = context.Pipe()
    process = context.Process(target=_work, args=(far, extract, pages), daemon=True)
    process.start()
    far.close()
    try:
        near.recv()
        yield near
    finally:
        near.close()
        process.terminate()
        process.join()


def _work(pipe: Connection, extract: Extract, pages: Sequence[Page]) -> None:
    for page in (_ODD, *pages[:_WARMED_ON]):
        attempt(extract, page)
    gc.freeze()  # what it loaded stays, and is nobody's work
    gc.disable()  # as in the processes of the pipeline
    pipe.send("ready")
    while True:
        pipe.send(attempt(extract, pages[pipe.recv()]))


def attempt(extract: Extract, page: Page) -> Attempt:
    """Extract one page; whatever a library raises is its failure."""
    gc.collect()
    prediction, failure, began = Prediction(), "", time.process_time()
    try:
        prediction = extract(page)
    except Exception as error:  # noqa: BLE001  other people's code may raise anything
        failure = " ".join(f"{type(error).__name__}: {error}".split())[:100]
    return Attempt(time.process_time() - began, prediction, failure)


def rotated(names: Sequence[str], by: int) -> list[str]:
    """Names in, the same from another one on out.

    >>> rotated(["a", "b", "c"], 4)
    ['b', 'c', 'a']
    """
    start = by % len(names)
    return [*names[start:], *names[:start]]


def costs(attempts: Mapping[str, Sequence[Attempt]]) -> dict[str, Figures]:
    """Attempts by extractor in; the cost of each, alone and beside the yardstick, out."""
    mean = {name: float(np.mean([one.cpu_s for one in own])) for name, own in attempts.items()}
    return {name: _cost(own, mean[name], mean.get(YARDSTICK)) for name, own in attempts.items()}


def _cost(attempts: Sequence[Attempt], mean: float, yardstick: float | None) -> Figures:
    median, p95 = np.percentile([one.cpu_s for one in attempts], [50, 95])
    return {
        "cpu_ms": 1000 * mean,
        "median_ms": 1000 * float(median),
        "p95_ms": 1000 * float(p95),
        "pages_per_cpu_s": 1 / mean,
        "cpu_ratio": mean / yardstick if yardstick else None,
        "failures": dict(Counter(one.failure for one in attempts if one.failure)),
    }


def rejections(truths: Sequence[Truth], attempts: Sequence[Attempt]) -> list[Figures]:
    """Our attempts in; for each reason the pages it rejects, and those of them that are known to hold a text, out."""
    pairs = list(zip(truths, attempts, strict=True))
    rejected = Counter(one.prediction.rejected for _, one in pairs)
    lost = Counter(one.prediction.rejected for truth, one in pairs if has_article(truth))
    return [
        {"reason": reason, "pages": count, "lost": lost[reason]} for reason, count in rejected.most_common() if reason
    ]


def prediction_lines(pages: Sequence[Page], attempts: Sequence[Attempt]) -> Iterator[str]:
    """A line of JSON for every page; a rejected one has an empty text."""
    for page, one in zip(pages, attempts, strict=True):
        said = one.prediction._asdict()
        del said["rejected"]
        yield json.dumps({"id": page.id, **said, "cpu_s": one.cpu_s}, ensure_ascii=False) + "\n"


def differences(path: Path, limit: int | None, now: datetime) -> list[str]:
    """The ids of pages that gave something else in a fresh process, where they came in the reverse order."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        again = fresh.submit(fingerprints, path, limit, now, reverse=True)
        once = fingerprints(path, limit, now)
        return [id_ for id_, print_ in again.result().items() if once[id_] != print_]


def fingerprints(path: Path, limit: int | None, now: datetime, *, reverse: bool = False) -> dict[str, str]:
    """A file of saved pages in; a hash of all that is extracted of each, out."""
    pages, _ = read_pages(path, limit)
    ordered = reversed(pages) if reverse else pages
    return {
        page.id: hashlib.sha256(_outcome(page, now).encode("utf-8", "surrogatepass")).hexdigest() for page in ordered
    }


def _outcome(page: Page, now: datetime) -> str:
    try:
        return repr(extract_page(page.html, url=page.url, now=now))
    except ExtractError as error:
        return repr(error)


def report(truths: Sequence[Truth], attempts: Mapping[str, Sequence[Attempt]], *, score_all: bool) -> Figures:
    """Attempts by extractor in; tables of cost, scores and rejections are printed, and their figures given back."""
    figures: Figures = {"extractors": costs(attempts)}
    _print_costs(figures["extractors"], len(truths))
    scored = [name for name in attempts if name == OURS or score_all] if any(map(has_article, truths)) else []
    figures["scores"] = {name: _scores(truths, [one.prediction for one in attempts[name]]) for name in scored}
    if scored:
        _print_scores(figures["scores"])
    if OURS in attempts:
        figures["rejections"] = rejections(truths, attempts[OURS])
        _print_rejections(figures["rejections"], len(truths))
    return figures


def _scores(truths: Sequence[Truth], predictions: Sequence[Prediction]) -> Figures:
    texts = {name: score._asdict() for name, score in text_scores(truths, predictions).items()}
    return {"texts": texts, "metadata": metadata_scores(truths, predictions)}


def _print_costs(figures: Mapping[str, Figures], pages: int) -> None:
    measures = ["cpu_ms", "median_ms", "p95_ms", "pages_per_cpu_s", "cpu_ratio"]
    columns = ["extractor", "CPU ms", "median", "p95", "pages/s", "ratio", "failed"]
    rows = [[name, *(own[key] for key in measures), sum(own["failures"].values())] for name, own in figures.items()]
    print_table(f"CPU time a page, of {pages:,} pages; ratio to {YARDSTICK}", columns, rows)
    for name, own in figures.items():
        for failure, count in own["failures"].items():
            print(f"{name} failed on {count}: {failure}")


def _print_scores(figures: Mapping[str, Figures]) -> None:
    names = list(next(iter(figures.values()))["texts"])
    kinds = list(next(iter(figures.values()))["metadata"])
    rows = [
        [name, *(own["texts"][text]["f1"] for text in names), *own["metadata"].values()]
        for name, own in figures.items()
    ]
    print_table("scores", ["extractor", *(f"F1 {name}" for name in names), *kinds], rows)


def _print_rejections(figures: Sequence[Figures], pages: int) -> None:
    rows = [[own["reason"], own["pages"], own["pages"] / pages, own["lost"]] for own in figures]
    columns = ["rejected as", "pages", "of all pages", "that hold a text"]
    print_table("rejections", columns, rows or [["nothing", 0, 0.0, 0]])


def main(argv: Sequence[str] | None = None) -> int:
    """Extract and measure as the command line says; 1 if we failed, or pages gave something else the second time."""
    now = datetime.now(timezone.utc)
    known = extractors(now)
    parser = arguments("Extraction of saved pages, beside other extractors.")
    parser.add_argument("pages", type=Path, metavar="PAGES.parquet")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="gets a line of JSON per page, ours")
    parser.add_argument(
        "--extractors",
        type=lambda names: [name.strip() for name in names.split(",")],
        default=list(known),
        metavar="NAMES",
        help=f"some of {','.join(known)}; all by default",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="the first N pages alone")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="times that each page is extracted")
    parser.add_argument("--score_all", action="store_true", help="score the other extractors, too")
    parser.add_argument("--cross_validate", action="store_true", help="use block models that never saw the site")
    parser.add_argument("--twice", action="store_true", help="compare with a second run in a fresh process")
    options = parser.parse_args(argv)
    if unknown := set(options.extractors) - set(known):
        parser.error(f"no such extractor: {', '.join(sorted(unknown))}")
    pages, truths = read_pages(options.pages, options.limit)
    if options.cross_validate:
        known[OURS] = partial(ours, now=now, model_of=held_out(pq.read_table(options.pages).to_pylist()))
    attempts = measure(pages, {name: known[name] for name in options.extractors}, options.rounds)
    figures = {"pages": len(pages), **report(truths, attempts, score_all=options.score_all)}
    if options.predictions and OURS in attempts:
        options.predictions.write_text("".join(prediction_lines(pages, attempts[OURS])), "utf-8")
    if options.twice:
        figures["differences"] = differences(options.pages, options.limit, now)
        print(f"{len(figures['differences'])} of {len(pages)} pages gave something else in a fresh process")
    write_json(options.json, figures)
    return 1 if figures.get("differences") or any(one.failure for one in attempts.get(OURS, ())) else 0


if __name__ == "__main__":
    sys.exit(main())

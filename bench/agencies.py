"""Agencies that pages are credited to, against labels: precision, recall, the pages falsely credited and the misses.

    python -m bench.agencies PAGES.parquet LABELS.jsonl --predictions FILE [--json FILE]
    python -m bench.agencies --cases CASES.jsonl [--json FILE]

Columns of PAGES: id, url, html. A row of LABELS has id and agencies, each with `agency` and `role`; a line of the
predictions is {"id": …, "agencies": […]}. A case holds the pieces of a page that a credit is read from (`body`, lines
`before` and `after`, `authors`, `bylines`, `stated`, `url`) or of a feed's entry (`feed_authors`, `feed_source`), its
signal, and the role of each agency; figures are given for each signal. Counted are pairs of a page and an agency; a
trap has none.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from bench.figures import arguments, print_table, write_json
from schemas.article import Agency
from transforms.credits.dateline import read_dateline
from transforms.credits.read import best_credits, feed_credits, read_credits
from transforms.errors import ExtractError
from transforms.extract.page import extract_page

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
Row = dict[str, Any]


class Judged(NamedTuple):
    """A page or a case: the roles of the agencies expected, and what was found."""

    id: str
    signal: str
    expected: Mapping[str, str]
    found: tuple[Agency, ...]

    @property
    def agencies(self) -> set[str]:
        """The agencies found."""
        return {credit.agency for credit in self.found}

    @property
    def roles_right(self) -> int:
        """How many of the agencies found rightly have the role expected."""
        return sum(self.expected.get(credit.agency) == credit.role for credit in self.found)


def read_lines(path: Path) -> list[Row]:
    """A JSON Lines file in, its rows out."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def judged_page(row: Row, label: Row) -> Judged:
    """A page and its label in, what is found on it out; nothing where it has no article."""
    try:
        found = extract_page(row["html"], url=row["url"] or "https://example.org/", now=NOW).agencies
    except ExtractError:
        found = ()
    return Judged(row["id"], "page", {agency["agency"]: agency["role"] for agency in label["agencies"]}, found)


def judged_case(case: Row) -> Judged:
    """A case in, what is found in its pieces out."""
    body, before, after = (case.get(piece, []) for piece in ("body", "before", "after"))
    credits = read_credits(
        read_dateline("\n".join(body), case["language"]),
        authors=case.get("authors", []),
        bylines=case.get("bylines", []),
        opening=before + body[:4],
        closing=body[-3:] + after,
        stated=case.get("stated", []),
        url=case.get("url", ""),
        language=case["language"],
    )
    feed = feed_credits(case.get("feed_authors", []), case.get("feed_source", ""), case["language"])
    return Judged(case["id"], case["signal"], case["agencies"], best_credits([*credits, *feed]))


def scores(judged: Sequence[Judged]) -> dict[str, Any]:
    """Judged pages in; precision, recall and F1 over pairs, and how many without an agency were given one, out."""
    right = sum(len(one.agencies & set(one.expected)) for one in judged)
    found, expected = sum(len(one.agencies) for one in judged), sum(len(one.expected) for one in judged)
    return {
        "pages": len(judged),
        "pairs": expected,
        "precision": right / found if found else 1.0,
        "recall": right / expected if expected else 1.0,
        "f1": 2 * right / (found + expected) if found + expected else 1.0,
        "roles_right": sum(one.roles_right for one in judged) / right if right else 1.0,
        "empty": sum(not one.expected for one in judged),
        "falsely_credited": sum(bool(one.agencies) and not one.expected for one in judged),
    }


def failures(judged: Iterable[Judged]) -> Iterator[Row]:
    """What is not exactly right, with the words that misled."""
    for one in judged:
        if one.agencies != set(one.expected):
            evidence = [f"{credit.agency}: {credit.evidence}" for credit in one.found]
            yield {
                "id": one.id,
                "expected": sorted(one.expected),
                "found": sorted(one.agencies),
                "evidence": " | ".join(evidence),
            }


def cost(work: Sequence[Row]) -> float:
    """The CPU milliseconds that the credits of a case take, the fastest of three passes."""

    def once() -> float:
        began = time.process_time()
        for case in work:
            judged_case(case)
        return time.process_time() - began

    return 1000 * min(once() for _ in range(3)) / max(1, len(work))


def by_signal(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """The figures of each signal, in order of appearance, and of all."""
    signals = list(dict.fromkeys(one.signal for one in judged))
    return {signal: scores([one for one in judged if one.signal == signal]) for signal in signals} | {
        "all": scores(judged)
    }


def read_pages(pages: Path, labels: Path) -> list[Judged]:
    """Files of pages and labels in, every labelled page judged out."""
    labelled = {label["id"]: label for label in read_lines(labels)}
    batches = pq.ParquetFile(pages).iter_batches(16, columns=["id", "url", "html"])
    rows = (row for batch in batches for row in batch.to_pylist() if row["id"] in labelled)
    return [judged_page(row, labelled[row["id"]]) for row in rows]


def write_predictions(path: Path, judged: Iterable[Judged]) -> None:
    """Write one line per page."""
    lines = (json.dumps({"id": one.id, "agencies": sorted(one.agencies)}) + "\n" for one in judged)
    path.write_text("".join(lines), "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Judge as the command line says."""
    parser = arguments("Agencies that pages are credited to, against labels.")
    parser.add_argument("pages", type=Path, nargs="?", metavar="PAGES.parquet")
    parser.add_argument("labels", type=Path, nargs="?", metavar="LABELS.jsonl")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="write the agencies of each page here")
    parser.add_argument("--cases", type=Path, metavar="FILE", help="judge these cases in place of pages")
    options = parser.parse_args(argv)
    if not options.cases and not options.labels:
        parser.error("either PAGES and LABELS, or --cases")
    cases = read_lines(options.cases) if options.cases else []
    judged = [judged_case(case) for case in cases] if options.cases else read_pages(options.pages, options.labels)
    figures: Row = {"signals": by_signal(judged), "failures": list(failures(judged))}
    if cases:
        figures["cpu_ms_per_case"] = cost(cases)
    if options.predictions:
        write_predictions(options.predictions, judged)
    _show(figures)
    write_json(options.json, figures)
    return 0


def _show(figures: Row) -> None:
    columns = list(figures["signals"]["all"])
    rows = [[signal, *found.values()] for signal, found in figures["signals"].items()]
    print_table("credits", ["signal", *columns], rows)
    columns = ["id", "expected", "found", "evidence"]
    wrong = [
        [one["id"], ", ".join(one["expected"]), ", ".join(one["found"]), one["evidence"]] for one in figures["failures"]
    ]
    print_table("not exactly right", columns, wrong)


if __name__ == "__main__":
    sys.exit(main())

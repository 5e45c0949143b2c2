"""How often the rules about kinds of pages fire, and on which pages.

    python -m bench.page_kinds PAGES.parquet [--rule NAME] [--json FILE]

Columns of PAGES: id, set, url, html, and the truth, of which a page has one: `body` (a news page's text) or `snip_with`
(lines of a general page's text). As each page holds a text by this truth, every one that a rule rejects counts as its
error. Whether a flag is right has to be read: `--rule` shows the pages of one, with its evidence.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from bench.figures import arguments, print_table, write_json
from transforms.errors import ExtractError
from transforms.extract.kinds import FLAGS
from transforms.extract.page import Reading, read_page, signs_of
from transforms.extract.rejects import RULES
from transforms.extract.signs import Signs

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
# timed together: the trees of pages read in between are freed at the expense of whoever allocates next
_BATCH = 50


class Firing(NamedTuple):
    """A rule that fires on a page."""

    rule: str
    # a reason or a flag
    gives: str
    evidence: str
    # of the page
    id: str
    set: str
    url: str
    is_error: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Read the pages, print the table, or the pages of one rule."""
    parser = arguments("How often the rules about kinds of pages fire")
    parser.add_argument("pages", type=Path)
    parser.add_argument("--rule", choices=[rule.name for rule in (*RULES, *FLAGS)], help="show its pages")
    options = parser.parse_args(argv)
    rows = pq.read_table(options.pages).to_pylist()
    fired, milliseconds = measure(rows)
    if options.rule:
        shown = [firing for firing in fired if firing.rule == options.rule]
        print_table(options.rule, ("page", "evidence"), [(f.url or f.id, f.evidence) for f in shown])
    else:
        _print(fired, rows)
        print(f"{milliseconds:.3f} ms CPU a page for all rules")
    if options.json:
        write_json(options.json, {"fired": [f._asdict() for f in fired], "ms_per_page": milliseconds})
    return 0


def measure(rows: Sequence[dict[str, Any]]) -> tuple[list[Firing], float]:
    """Labelled pages in; what fires on them, and the CPU milliseconds a page for it, out."""
    fired, seconds, count = [], 0.0, 0
    for start in range(0, len(rows), _BATCH):
        readings = list(_readings(rows[start : start + _BATCH]))
        started = time.process_time()
        fired += [firing for row, reading in readings for firing in _firings(row, signs_of(reading, row["url"] or ""))]
        seconds, count = seconds + time.process_time() - started, count + len(readings)
    return fired, 1000 * seconds / max(1, count)


def _readings(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Reading]]:
    for row in rows:
        with suppress(ExtractError):  # no HTML, or too large: the rules never see it
            yield row, read_page(row["html"], url=row["url"] or "", now=NOW)


def _firings(row: dict[str, Any], signs: Signs) -> Iterator[Firing]:
    """What fires on one page: every rule that would reject it, else its flags."""
    page = (row["id"], row["set"], row["url"] or "")
    rejects = [(rule, evidence) for rule in RULES if (evidence := rule.evidence(signs))]
    for rule, evidence in rejects:
        yield Firing(rule.name, rule.reason, evidence, *page, is_error=bool(row["body"] or row["snip_with"]))
    for flag in FLAGS if not rejects else ():
        if flag.holds(signs):
            yield Firing(flag.name, flag.name, flag.meaning, *page, is_error=False)


def _print(fired: Sequence[Firing], rows: Sequence[dict[str, Any]]) -> None:
    sets = list(dict.fromkeys(row["set"] for row in rows))
    by_set = Counter((firing.rule, firing.set) for firing in fired)
    errors = Counter(firing.rule for firing in fired if firing.is_error)
    table = [
        (rule.name, gives, *(by_set[rule.name, name] for name in sets), wrong)
        for rule, gives, wrong in [
            *((rule, rule.reason, errors[rule.name]) for rule in RULES),
            *((flag, "flag", "") for flag in FLAGS),
        ]
    ]
    print_table(f"{len(rows)} pages", ("rule", "gives", *sets, "false rejects"), table)


if __name__ == "__main__":
    sys.exit(main())

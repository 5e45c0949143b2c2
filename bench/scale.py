"""How cost grows with the articles of a slot, and with the history that every slot looks back at.

    python -m bench.scale slots [--sizes N,…] [--listed N] [--history ROWS] [--json FILE]
    python -m bench.scale history [--rows N,…] [--days N] [--feeds N] [--folder DIR] [--json FILE]

`slots` runs the pipeline's own graph over made-up articles, each size in a process of its own; the network and the
extractor are left out (bench.fetch, bench.extract), but for a sample of pages that the extractor reads. `history`
publishes made-up rows and asks what a run asks; exit code 1 where an answer read a column that holds texts, or too much
of what is published. Memory and bytes are as Linux counts them.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.figures import arguments, print_table, write_json
from bench.scale_child import in_child
from bench.scale_fill import History, fill
from bench.scale_history import SIZES, Asked, ask, questions
from bench.scale_slots import REST, SERIAL, SPREAD, Measured, extract_ms, measure
from bench.scale_stand_ins import Load

_SAMPLE = 40


def main(argv: Sequence[str] | None = None) -> int:
    """Measure slots or histories, print the tables."""
    options = _arguments(argv)
    status: int = options.measure(options)
    return status


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How cost grows with a slot's articles, and with the history.")
    kinds = parser.add_subparsers(required=True)
    slots = kinds.add_parser("slots", parents=[arguments("")], add_help=False)
    slots.add_argument("--sizes", type=_numbers, default=(1_000, 10_000, 100_000), metavar="N,…", help="articles")
    slots.add_argument("--listed", type=int, default=1, metavar="N", help="entries a feed lists; all but one are known")
    slots.add_argument("--history", type=int, default=0, metavar="ROWS", help="published in the week before")
    slots.set_defaults(measure=_slots)
    history = kinds.add_parser("history", parents=[arguments("")], add_help=False)
    history.add_argument("--rows", type=_numbers, default=(1_000_000, 10_000_000), metavar="N,…", help="published rows")
    history.add_argument("--ids", type=_numbers, default=SIZES, metavar="N,…", help="how many are asked for")
    history.add_argument("--days", type=int, default=30, metavar="N", help="over which they are spread")
    history.add_argument("--feeds", type=int, default=100_000, metavar="N")
    history.add_argument("--folder", metavar="DIR", help="where histories are made and removed again")
    history.set_defaults(measure=_histories)
    return parser.parse_args(argv)


def _numbers(text: str) -> tuple[int, ...]:
    """Numbers with commas between them.

    >>> _numbers("1000,10000")
    (1000, 10000)
    """
    return tuple(int(number) for number in text.split(","))


def _slots(options: argparse.Namespace) -> int:
    found = [_slot(size, options) for size in options.sizes]
    sizes = [f"{size:,}" for size in options.sizes]
    print_table(
        "CPU an article, µs", ("step", *sizes, *(f"{size} ÷ {sizes[0]}" for size in sizes[1:])), _per_article(found)
    )
    print_table("What one worker does for the whole slot, wall s", ("step", *sizes), list(_serial(found)))
    print_table("The whole slot", ("", *sizes), list(_whole(found)))
    extract = in_child(extract_ms, _SAMPLE)
    print(f"extract, a sample of {_SAMPLE} made-up pages of 60 KB: {extract:.2f} ms of CPU a page")
    figures = [one.slot._asdict() | {"peak_mb": one.peak_mb, "small": one.small._asdict()} for one in found]
    write_json(options.json, {"sizes": options.sizes, "slots": figures, "extract_ms": extract})
    return 0


def _slot(size: int, options: argparse.Namespace) -> Measured:
    with TemporaryDirectory() as folder:
        output = Path(folder) / "news"
        if options.history:
            fill(output, History(options.history, days=7, feeds=1_000, feed_days=1))
        measured: Measured = in_child(measure, Load(size, options.listed, output=str(output)), folder)
        return measured


def _per_article(found: Sequence[Measured]) -> list[list[object]]:
    spent = {row: [one.us(row) for one in found] for row in (*SERIAL, *SPREAD, REST)}
    spent["all"] = [one.total_us for one in found]
    return [[row, *(round(one, 1) for one in us), *_growth(us)] for row, us in spent.items()]


def _growth(spent: Sequence[float]) -> list[float | None]:
    """Each against the first; none where that is too little to compare with."""
    return [round(us / spent[0], 2) if spent[0] >= 1 else None for us in spent[1:]]


def _serial(found: Sequence[Measured]) -> Iterable[list[object]]:
    for row in SERIAL:
        yield [row, *(round(one.slot.wall.get(row, 0.0), 3) for one in found)]
    yield ["together", *(round(one.slot.serial_s, 3) for one in found)]
    yield ["share of the slot", *(round(one.slot.serial_s / one.slot.wall_s, 3) for one in found)]
    yield ["a slot of one article, all of it", *(round(one.small.wall_s, 3) for one in found)]


def _whole(found: Sequence[Measured]) -> Iterable[list[object]]:
    slots = [one.slot for one in found]
    yield ["articles", *(slot.articles for slot in slots)]
    yield ["wall s", *(round(slot.wall_s, 2) for slot in slots)]
    yield ["CPU s", *(round(slot.cpu_s, 2) for slot in slots)]
    yield ["CPU s by the run's own tallies", *(round(sum(slot.tallies.values()), 2) for slot in slots)]
    yield ["pairs compared an article", *(round(slot.verdicts / max(1, slot.articles), 1) for slot in slots)]
    yield ["peak MB", *(round(one.peak_mb) for one in found)]
    yield ["bytes written an article", *(slot.bytes_written // max(1, slot.articles) for slot in slots)]


def _histories(options: argparse.Namespace) -> int:
    faults, figures = list[str](), list[dict[str, Any]]()
    for rows in options.rows:
        with TemporaryDirectory(dir=options.folder) as folder:
            whole = fill(Path(folder), History(rows, options.days, options.feeds))
            asked = [
                in_child(ask, folder, question, options.ids, options.feeds)
                for question in questions(options.ids, options.feeds)
            ]
        _show(rows, whole, asked)
        faults += [fault for one in asked for fault in one.faults(whole)]
        figures.append(
            {"rows": rows, "bytes": whole, "asked": [one._asdict() | {"spent": one.spent._asdict()} for one in asked]}
        )
    print("\n".join(faults) or "no texts were read, and nowhere nearly everything")
    write_json(options.json, {"histories": figures, "faults": faults})
    return 1 if faults else 0


def _show(rows: int, whole: int, asked: Sequence[Asked]) -> None:
    columns = ("question", "found", "wall s", "CPU s", "memory MB", "read MB", "distinct MB", "share", "most of it")
    shown = [
        [
            one.question,
            one.found,
            round(one.spent.wall_s, 2),
            round(one.spent.cpu_s, 2),
            round(one.spent.memory_bytes / 1e6),
            round(sum(one.columns.values()) / 1e6, 1),
            round(one.distinct_bytes / 1e6, 1),
            f"{one.distinct_bytes / max(1, whole):.1%}",
            ", ".join(sorted(one.columns, key=lambda name: -one.columns[name])[:3]),
        ]
        for one in asked
    ]
    print_table(f"{rows:,} published rows, {whole / 1e6:,.0f} MB", columns, shown)


if __name__ == "__main__":
    sys.exit(main())

"""The record of a run in, tables that a person reads out."""

import logging
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.run import RunResult
from transforms.layout import started_at
from transforms.published import columns_of, published_files
from transforms.store.open import store_of

_SLOWEST = 5


def show_summary(console: Console, output: str, result: RunResult) -> None:
    """Print what a run did, where the data lies and what to type next."""
    record = result.record
    console.print(
        f"\n[bold]Run {result.run_id}[/]  {record['seconds']:.1f} s, {record['rows']['feed_runs']:,} feeds polled"
    )
    for finished in result.recovered:
        console.print(
            f"[yellow]Finished the interrupted run {finished} first: it was committed, and is now published in full.[/]"
        )
    console.print(_stages(record))
    if record["rows"]["dead_letters"]:
        console.print(_letters(record["stages"].get("dead_letters", {})))
    slowest = _slowest(output, result.run_id)
    if slowest:
        console.print(_feeds(slowest))
    for warning in _warnings(record):
        console.print(f"[yellow]{warning}[/]")
    console.print(_balance(record["balance"], result.imbalance))
    console.print(_next(output), soft_wrap=True)


def show_line(result: RunResult) -> None:
    """Log what a run did: one of many."""
    record = result.record
    rows, seconds = record["rows"], record["seconds"]
    counts = {name: rows[name] for name in ("articles", "reprints", "revisions", "dead_letters", "feed_runs")}
    done = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items())
    wrong = f"; out of balance: {result.imbalance}" if result.imbalance else ""
    level = logging.ERROR if wrong else logging.INFO
    line = f"run {result.run_id} published in {seconds:.1f} s: {done}{wrong}"
    extra = {"counts": counts | {"seconds": seconds, "recovered": len(result.recovered)}}
    logging.getLogger("dateline").log(level, line, extra=extra)


def _warnings(record: Mapping[str, Any]) -> Iterator[str]:
    if record["allow_private_hosts"]:
        yield f"Addresses that are not public were allowed: {', '.join(record['allow_private_hosts'])}"
    if record["proxies"]:
        proxies = ", ".join(record["proxies"])
        yield f"Fetched through {proxies}, as the environment says: which addresses may be reached was for it to check."


def _stages(record: Mapping[str, Any]) -> Table:
    table = Table(title="Stages", title_justify="left", title_style="bold")
    for heading in ("stage", "in", "out", "what"):
        table.add_column(heading, justify="right" if heading in ("in", "out") else "left")
    for stage, entered, left, what in _stage_rows(record["stages"], record["rows"]):
        table.add_row(stage, f"{entered:,}", f"{left:,}", what)
    return table


def _stage_rows(
    stages: Mapping[str, Mapping[str, int]], rows: Mapping[str, int]
) -> Iterator[tuple[str, int, int, str]]:
    """Each stage with what went in and out, and what to know of it."""

    def of(stage: str, word: str) -> int:
        return stages.get(stage, {}).get(word, 0)

    polled = sum(n for word, n in stages.get("fetch", {}).items() if word.startswith("feeds_"))
    failed = of("fetch", "feeds_failed") + of("fetch", "feeds_gone")
    entries, pages, articles = of("fetch", "entries"), of("fetch", "pages"), of("extract", "articles")
    new, changed, again = of("history", "new"), of("history", "changed"), of("history", "retried")
    reprints = sum(of("dedup", kind) for kind in ("exact", "copy", "excerpt"))
    written = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in rows.items())
    unmodified, unchanged, revisions = (
        of(*place) for place in (("fetch", "feeds_not_modified"), ("extract", "unchanged"), ("dedup", "revision"))
    )
    waits = f"due; {of('history', 'not_due'):,} not yet, {of('history', 'ended'):,} ended for good"
    yield "plan polls", polled + of("history", "not_due") + of("history", "ended"), polled, waits
    late = f", {of('fetch', 'polls_left'):,} left for the next run" if of("fetch", "polls_left") else ""
    yield "fetch feeds", polled, entries, f"entries; {unmodified:,} feeds not modified, {failed:,} failed{late}"
    seen = f"{new:,} new, {changed:,} changed, {again:,} tried again; {of('history', 'seen'):,} seen already"
    yield "drop seen", entries + again, new + changed, seen
    yield "fetch pages", new + changed, pages, f"pages; {of('fetch', 'retries'):,} requests made again"
    yield "extract", pages, articles, f"articles; {unchanged:,} edits without effect"
    yield "dedup", articles, of("dedup", "canonical"), f"stories; {reprints:,} reprints, {revisions:,} revisions"
    yield "tag", articles, of("tag", "articles"), f"with topics; {of('tag', 'untagged'):,} without"
    yield "write", sum(rows.values()), sum(rows.values()), f"rows: {written}"


def _letters(words: Mapping[str, int]) -> Table:
    table = Table(title="Dead letters", title_justify="left", title_style="bold")
    table.add_column("stage")
    table.add_column("reason")
    table.add_column("rows", justify="right")
    reasons = sorted((-n, word) for word, n in words.items() if "_" in word)
    for negative, word in reasons:
        stage, _, reason = word.partition("_")
        table.add_row(stage, reason, f"{-negative:,}")
    return table


def _slowest(output: str, run_id: str) -> list[dict[str, Any]]:
    store = store_of(output)
    files = [file for file in published_files(store, "feed_runs", started_at(run_id)) if file.run_id == run_id]
    columns = ["feed_url", "feed_title", "outcome", "reason", "duration_ms", "entries", "entries_new"]
    rows = [row for file in files for row in columns_of(store, file, columns).to_pylist()]
    return sorted(rows, key=lambda row: -row["duration_ms"])[:_SLOWEST]


def _feeds(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Slowest feeds", title_justify="left", title_style="bold")
    for heading in ("ms", "feed", "outcome", "entries", "new"):
        table.add_column(heading, justify="left" if heading in ("feed", "outcome") else "right", overflow="fold")
    for row in rows:
        outcome = row["outcome"] + (f": {row['reason']}" if row["reason"] else "")
        name = row["feed_title"] or row["feed_url"]
        table.add_row(f"{row['duration_ms']:,}", name, outcome, f"{row['entries']:,}", f"{row['entries_new']:,}")
    return table


def _balance(balance: Mapping[str, Any], imbalance: str) -> str:
    if imbalance:
        return f"[bold red]The run does not balance: {imbalance}. The data is published; please report this bug.[/]"
    ended = ", ".join(f"{n:,} {word.replace('_', ' ')}" for word, n in balance["out"].items() if n) or "nothing"
    return f"[green]Balanced:[/] {sum(balance['in'].values()):,} entries in = {ended}."


def _command() -> str:
    """This program, as the one who reads may call it."""
    return sys.argv[0] if Path(sys.argv[0]).name == "dateline" else "dateline"


def _next(output: str) -> str:
    query = "SELECT date, source_name, title FROM articles ORDER BY published_at DESC LIMIT 20"
    command = f'{shlex.quote(_command())} sql {shlex.quote(output)} "{query}"'
    return f"Data: [bold]{output}[/]\nNext: [bold]{command}[/]"

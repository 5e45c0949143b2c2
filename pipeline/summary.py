"""The record of a run in, tables that a person reads out."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from pipeline.run import RunResult
from transforms.layout import published_files

_SLOWEST = 5


def show_summary(console: Console, output: Path, result: RunResult) -> None:
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
    if record["allow_private_hosts"]:
        console.print(
            f"[yellow]Addresses that are not public were allowed: {', '.join(record['allow_private_hosts'])}[/]"
        )
    console.print(_balance(record["balance"], result.imbalance))
    console.print(_next(output), soft_wrap=True)


def _stages(record: Mapping[str, Any]) -> Table:
    stages, rows = record["stages"], record["rows"]

    def of(stage: str, word: str) -> int:
        return int(stages.get(stage, {}).get(word, 0))

    polled = sum(n for word, n in stages.get("fetch", {}).items() if word.startswith("feeds_"))
    new, changed, retried = of("history", "new"), of("history", "changed"), of("history", "retried")
    articles, reprints = of("extract", "articles"), sum(of("dedup", kind) for kind in ("exact", "copy", "excerpt"))
    table = Table(title="Stages", title_justify="left", title_style="bold")
    for heading in ("stage", "in", "out", "what"):
        table.add_column(heading, justify="right" if heading in ("in", "out") else "left")
    failed = of("fetch", "feeds_failed") + of("fetch", "feeds_gone")
    table.add_row(
        "fetch feeds",
        f"{polled:,}",
        f"{of('fetch', 'entries'):,}",
        f"entries; {of('fetch', 'feeds_not_modified'):,} feeds not modified, {failed:,} failed",
    )
    table.add_row(
        "drop seen",
        f"{of('fetch', 'entries') + retried:,}",
        f"{new + changed:,}",
        f"{new:,} new, {changed:,} changed, {retried:,} tried again; {of('history', 'seen'):,} seen already",
    )
    table.add_row("fetch pages", f"{new + changed:,}", f"{of('fetch', 'pages'):,}", "pages")
    table.add_row(
        "extract",
        f"{of('fetch', 'pages'):,}",
        f"{articles:,}",
        f"articles; {of('extract', 'unchanged'):,} edits without effect",
    )
    table.add_row(
        "dedup",
        f"{articles:,}",
        f"{of('dedup', 'canonical'):,}",
        f"stories; {reprints:,} reprints, {of('dedup', 'revision'):,} revisions",
    )
    table.add_row(
        "tag", f"{articles:,}", f"{of('tag', 'articles'):,}", f"with topics; {of('tag', 'untagged'):,} without"
    )
    written = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in rows.items())
    table.add_row("write", f"{sum(rows.values()):,}", f"{sum(rows.values()):,}", f"rows: {written}")
    return table


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


def _slowest(output: Path, run_id: str) -> list[dict[str, Any]]:
    files = [file.path for file in published_files(output, "feed_runs") if file.run_id == run_id]
    columns = ["feed_url", "feed_title", "outcome", "reason", "duration_ms", "entries", "entries_new"]
    rows = [row for path in files for row in pq.ParquetFile(path).read(columns).to_pylist()]
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


def _next(output: Path) -> str:
    query = "SELECT date, source_name, title FROM articles ORDER BY published_at DESC LIMIT 20"
    command = f'{shlex.quote(sys.executable)} -m queries {shlex.quote(str(output))} "{query}"'
    return f"Data: [bold]{output}[/]\nNext: [bold]{command}[/]"

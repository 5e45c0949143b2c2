"""What `dateline feeds` found in, what a person reads of it out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from transforms.fetch.check import Checked

_HEADINGS = ("feed", "state", "last success", "next poll", "every", "new/day", "polls", "304", "validators")
_SHORT = {"last success", "next poll"}
_RIGHT = {"every", "new/day", "polls", "304"}


def status_table(rows: Sequence[dict[str, Any]], now: datetime) -> Table:
    """Rows of the view `feeds` in; a line a feed out."""
    table = Table(title=f"{len(rows):,} feeds", title_justify="left", title_style="bold")
    for heading in _HEADINGS:
        table.add_column(
            heading,
            justify="right" if heading in _RIGHT else "left",
            overflow="fold",
            min_width=40 if heading == "feed" else None,
            no_wrap=heading in _SHORT,
        )
    for row in rows:
        table.add_row(*_status_cells(row, now))
    return table


def _status_cells(row: dict[str, Any], now: datetime) -> Iterator[Text]:
    title = row["feed_title"] or ""
    yield Text.assemble((title + "\n" if title else "", "bold"), row["feed_url"], (_moved(row), "yellow"))
    if row["outcome"] is None:
        yield from (Text("never polled", "dim"), *[Text("")] * (len(_HEADINGS) - 2))
        return
    yield _state(row)
    yield Text(_ago(row["last_success_at"], now))
    yield Text(_ahead(row, now))
    yield Text(_rough(row["poll_interval_s"]) if row["poll_interval_s"] else "")
    yield Text(f"{row['new_per_day']:.1f}")
    yield Text(f"{row['polls']:,}")
    yield Text(f"{row['not_modified'] / row['polls']:.0%}")
    names = {"ETag": "etag", "Last-Modified": "last_modified", "hash": "body_sha256"}
    yield Text(", ".join(name for name, column in names.items() if row[column]))


def _moved(row: dict[str, Any]) -> str:
    return f"\nmoved to {row['moved_to']}" if row["moved_to"] else ""


def _state(row: dict[str, Any]) -> Text:
    if not row["consecutive_failures"]:
        return Text(row["outcome"], "green")
    status = f" {row['http_status']}" if row["http_status"] else ""
    return Text(f"{row['outcome']}: {row['reason']}{status}, {row['consecutive_failures']:,} in a row", "red")


def _ago(at: datetime | None, now: datetime) -> str:
    return f"{_rough((now - at).total_seconds())} ago" if at else "never"


def _ahead(row: dict[str, Any], now: datetime) -> str:
    if row["outcome"] == "gone":
        return "never"
    at = max(filter(None, (row["next_poll_at"], row["retry_after_at"])), default=None)
    return f"in {_rough((at - now).total_seconds())}" if at and at > now else "due"


def _rough(seconds: float) -> str:
    """A length of time in its largest unit.

    >>> _rough(59), _rough(5400), _rough(200000)
    ('59s', '1h', '2d')
    """
    size, unit = next((pair for pair in ((86_400, "d"), (3_600, "h"), (60, "m")) if seconds >= pair[0]), (1, "s"))
    return f"{max(0.0, seconds) // size:.0f}{unit}"


def checked_line(one: Checked) -> Text:
    """A feed with what is wrong with it, and what is worth knowing, a line each."""
    run = one.run
    title = f"{run.feed_title}, " if run.feed_title else ""
    newest = f", newest {run.newest_entry_at:%Y-%m-%d %H:%M} UTC" if run.newest_entry_at else ""
    line = Text("wrong " if one.faults else "ok    ", "bold red" if one.faults else "bold green")
    line.append(one.feed.url, "bold").append(f"  {title}{run.entries:,} entries{newest}, {run.duration_ms:,} ms", "")
    for sentence, style in _sentences(one):
        line.append(f"\n      {sentence}", style)
    return line


def _sentences(one: Checked) -> Iterator[tuple[str, str]]:
    yield from ((fault, "red") for fault in one.faults)
    yield from ((hint, "yellow") for hint in one.hints)


def found_lines(found: Iterable[Checked]) -> Iterator[str]:
    """Feeds that work in; lines that can be put into a TOML list out."""
    for one in found:
        yield "[[feeds]]"
        yield f"url = {_quoted(one.run.moved_to or one.feed.url)}"
        if one.run.feed_title:
            yield f"title = {_quoted(one.run.feed_title)}"
        yield from (f"# {hint}" for hint in one.hints)
        yield f"# {one.run.entries:,} entries"
        yield ""


def _quoted(text: str) -> str:
    """A TOML string.

    >>> _quoted('The "Elbe" \\\\ Courier')
    '"The \\\\"Elbe\\\\" \\\\\\\\ Courier"'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c.isprintable() else " " for c in escaped)}"'

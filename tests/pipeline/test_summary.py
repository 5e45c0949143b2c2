"""What a person is shown at the end of a run, and while it runs."""

import io
import json
import logging
from typing import Any

from rich.console import Console

from pipeline.logs import JsonLines
from pipeline.progress import counts
from pipeline.run import RunResult
from pipeline.summary import show_summary
from transforms.shell.tallies import progress, tally

RECORD: dict[str, Any] = {
    "seconds": 12.34,
    "rows": {"articles": 3, "reprints": 1, "revisions": 0, "feed_runs": 2, "dead_letters": 2},
    "balance": {
        "in": {"listed": 5, "tried_again": 0},
        "out": {"articles": 3, "reprints": 1, "dead_letters": 1},
        "holds": True,
    },
    "stages": {
        "fetch": {"feeds_ok": 1, "feeds_failed": 1, "entries": 5, "pages": 5},
        "history": {"new": 5, "changed": 0, "retried": 0, "seen": 0},
        "extract": {"articles": 4},
        "dedup": {"canonical": 3, "copy": 1},
        "tag": {"articles": 2, "untagged": 2},
        "dead_letters": {"entries": 1, "feeds": 1, "fetch_http_404": 1, "extract_no_text": 1},
    },
    "allow_private_hosts": ["127.0.0.1"],
    "proxies": ["http://proxy.example:3128"],
}


def shown(imbalance: str = "", recovered: tuple[str, ...] = ()) -> str:
    """The summary as text."""
    out = io.StringIO()
    show_summary(
        Console(file=out, width=120),
        "/data",
        RunResult("20261124T170000Z-3f9c2a1b", RECORD, list(recovered), imbalance),
    )
    return out.getvalue()


def test_the_summary_says_what_became_of_everything():
    """Stages, dead letters by reason, the balance, where the data lies and what to type next."""
    text = shown()

    for said in (
        "12.3 s",
        "fetch feeds",
        "1 failed",
        "3 │ stories; 1 reprints",
        "http_404",
        "no_text",
        "Balanced",
        "/data",
        "dateline sql /data",
    ):
        assert said in text


def test_what_is_unusual_is_said():
    """Allowed private hosts, a proxy, a finished earlier run and an imbalance are told."""
    text = shown("in 5, out 4", ("20261124T160000Z-00000000",))

    assert "127.0.0.1" in text
    assert "through http://proxy.example:3128" in text
    assert "Finished the interrupted run 20261124T160000Z-00000000" in text
    assert "does not balance: in 5, out 4" in text


def test_progress_counts_what_is_tallied_since():
    """What a step tallies shows in the progress lines; what an earlier run of the same process did does not."""
    tally("earlier", "extract", "articles", 5)
    before = progress()
    tally("run", "extract", "articles", 3)

    assert counts(before)["extract"]["articles"] == 3


def test_log_lines_are_json_whatever_they_say():
    """A line break in a message does not make a second line."""
    record = logging.LogRecord("dateline", logging.WARNING, "", 0, 'title: "a\n2026 ERROR fake"', None, None)

    line = JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"].startswith("title")

"""Pages made to cost as much as they can, each through the real sandbox: what it takes, and how it ends.

    python -m bench.worst_pages [--cases NAMES] [--json FILE]

Each page is given to a fresh pool of one process with the pipeline's own limits, then an ordinary page to the same
pool, which must become an article. CPU time and peak memory (resident, what the process shares with the fork server
included) are those of the child, as /proc shows them every few milliseconds; of a killed child, the last that was seen.
Without /proc they stay unknown.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from bench.figures import arguments, print_table, stop_cleanly, write_json
from schemas.dating import Dating
from schemas.entry import Entry
from schemas.page import Page
from transforms.errors import RejectError
from transforms.extract.guards import MAX_BYTES, MAX_ELEMENTS
from transforms.sandbox import Sandbox, SandboxSettings

_EXTRACT = "transforms.extract.article.extract_article"
_SAMPLED_S = 0.01
_UNDER = MAX_BYTES - 100_000
_SENTENCE = "The water rose again in the night, and by morning nobody could cross the lower bridge on foot. "
_WORDS = "<p>" + 4 * _SENTENCE + "</p>"
_LINK = '<a href="/news/2026/water-rises-again">The water rises again</a> '
_NOW = datetime(2026, 11, 25, tzinfo=timezone.utc)


def page(*parts: str, head: str = "") -> bytes:
    """The parts of a body in, a page out."""
    return f"<!doctype html><html><head><title>Water</title>{head}</head><body>{''.join(parts)}</body></html>".encode()


def filled(part: str, size: int, *, head: str = "") -> bytes:
    """A page of one part again and again, up to a size in bytes."""
    return page(part * (size // len(part.encode())), head=head)


def _json_ld(size: int) -> bytes:
    article = '{"@type":"NewsArticle","headline":"Water","author":{"@type":"Person","name":"Ada Pen"}},'
    return _ld_json_of(f"[{(article * (size // len(article))).rstrip(',')}]")


def _attributes(count: int) -> bytes:
    return page("<div ", "".join(f'data-a{number}="v" ' for number in range(count)), ">", 5 * _WORDS, "</div>")


def _nested(tag: str, depth: int, text: str = "") -> bytes:
    return page(f"<{tag}>{text}" * depth, 5 * _WORDS, f"</{tag}>" * depth)


def _numbered(tag: str, count: int) -> str:
    """Elements with a sentence each, no two the same."""
    return "".join(f"<{tag}>{number} {_SENTENCE}</{tag}>" for number in range(count))


def _ld_json_of(inner: str) -> bytes:
    return page(5 * _WORDS, head=f'<script type="application/ld+json">{inner}</script>')


# what each page is, and what makes it
CASES: dict[str, Callable[[], bytes]] = {
    "10 MB of paragraphs": lambda: filled(_WORDS, 10_000_000),
    "10 MB of links": lambda: filled(_LINK, 10_000_000),
    "paragraphs up to the limit": lambda: filled(_WORDS, _UNDER),
    "different paragraphs up to the limit": lambda: page(_numbered("p", 26_000)),
    "links up to the limit": lambda: filled(f"<p>{_LINK}</p>", _UNDER),
    "links in one paragraph": lambda: page("<p>", _LINK * (_UNDER // len(_LINK)), "</p>"),
    "50,000 attributes": lambda: _attributes(50_000),
    "attributes up to the limit": lambda: _attributes(140_000),
    "ld+json of 5 MB": lambda: _json_ld(5_000_000),
    "ld+json up to the limit": lambda: _json_ld(_UNDER),
    "ld+json of brackets": lambda: _ld_json_of("[" * 1_400_000 + "]" * 1_400_000),
    "ld+json of blanks": lambda: _ld_json_of("{" + " " * 200_000 + "x"),
    "ld+json with 50,000 authors": lambda: _ld_json_of(
        '{"@type":"NewsArticle","headline":"Water","author":[' + '{"name":"Ada Pen"},' * 50_000 + "{}]}"
    ),
    "100,000 nested divs": lambda: _nested("div", 100_000),
    "250 nested divs": lambda: _nested("div", 250, _SENTENCE),
    "paragraphs under 240 divs": lambda: page("<div>" * 240, "<p>Water.</p>" * (MAX_ELEMENTS - 400), "</div>" * 240),
    "250 nested inline tags": lambda: _nested("b", 250, _SENTENCE),
    "elements up to the limit": lambda: page("<p>Water.</p>" * (MAX_ELEMENTS - 100)),
    "elements up to the limit, inline": lambda: page("<b>Water</b> " * (MAX_ELEMENTS - 100)),
    "one paragraph": lambda: page("<p>", _SENTENCE * (_UNDER // len(_SENTENCE)), "</p>"),
    "one paragraph beside many": lambda: page(_numbered("p", 13_000), "<p>", _SENTENCE * 14_000, "</p>"),
    "one paragraph below many headlines": lambda: page(_numbered("h3", 13_000), "<p>", _SENTENCE * 14_000, "</p>"),
    "paragraphs among links": lambda: filled(_WORDS + 6 * f"<p>{_LINK}</p>", _UNDER),
    "one word": lambda: page("<p>", "w" * _UNDER, "</p>"),
    "short lines": lambda: filled("<p>Rain, sun.</p>", 800_000),
    "line breaks": lambda: filled("<br>", 2_000_000),
    "line breaks between words": lambda: page("<p>", "Water<br>" * (MAX_ELEMENTS - 100), "</p>"),
    "table cells": lambda: page("<table>", "<tr><td>1<td>Water" * (MAX_ELEMENTS // 4), "</table>"),
    "100,000 entities": lambda: page(4 * _WORDS, "<p>", "&eacute;&#8217; " * 50_000, "</p>"),
    "NULs": lambda: b"\0" * 1_000_000,
    "NULs after the head": lambda: page(5 * _WORDS, " " * 70_000, "\0" * 2_000_000),
    "the wrong charset": lambda: ("<html><meta charset=utf-8><p>" + "L’été à l’île. " * 190_000).encode("cp1252"),
    "no charset fits": lambda: b"<html><p>" + bytes(range(128, 256)) * 22_000,
    "a million open tags": lambda: b"<html><body>" + b"<a" * 1_000_000,
    "an open tag of 50,000 ids": lambda: b"<html><body>" + b'<div id="root" ' * 50_000,
    "open comments": lambda: page(5 * _WORDS, "<!--" * 700_000),
    "open scripts": lambda: page(5 * _WORDS, "<script>" * 350_000),
    "a meta tag of 2.9 MB": lambda: page(5 * _WORDS, head=f'<meta name="author" content="{"Ada Pen, " * 320_000}">'),
    "50,000 meta tags": lambda: page(5 * _WORDS, head='<meta name="author" content="Ada Pen">' * 50_000),
    "a date on every element": lambda: page('<p itemprop="datePublished">1</p>' * (MAX_ELEMENTS - 100)),
    "a title of 2.9 MB": lambda: b"<html><title>" + b"Water | " * 360_000 + b"</title>" + page(5 * _WORDS),
    "class words": lambda: page(f'<div class="{" ".join(f"c{n}" for n in range(300_000))}">', 5 * _WORDS, "</div>"),
    "a byline of 2.9 MB": lambda: page(f'<p class="byline">By {"Ada Pen and " * 240_000}</p>', 5 * _WORDS),
    "blanks": lambda: page(5 * _WORDS, "<p>", " \n\t" * 950_000, "</p>"),
    "dashes": lambda: page(5 * _WORDS, "<p>", "— (AP) " * 290_000, "</p>"),
}


class Ending(NamedTuple):
    """How one page ended."""

    case: str
    bytes: int
    wall_s: float
    # of the child; None where the platform doesn't tell
    cpu_s: float | None
    peak_mb: float | None
    # "article", or the reason of the dead letter
    outcome: str
    # of the article's text
    characters: int | None
    # whether the same pool then made an article of an ordinary page
    next_is_well: bool


class _Watch(threading.Thread):
    """Follows one process until it ends or is let go: its CPU seconds, and its peak of resident memory."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._folder, self._done = Path("/proc") / str(pid), threading.Event()
        self._before: float | None = None
        self.cpu_s: float | None = None
        self.peak_mb: float | None = None

    def run(self) -> None:
        while self._sample() and not self._done.wait(_SAMPLED_S):
            pass

    def stop(self) -> None:
        """Take the last sample, and end."""
        self._done.set()
        self.join()
        self._sample()

    def _sample(self) -> bool:
        """Look once; whether there was anything to see."""
        try:
            status = self._folder.joinpath("status").read_text("utf-8")
            fields = self._folder.joinpath("stat").read_text("utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return False
        peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), None)
        if peak is None:  # it has ended, and waits to be collected
            return False
        cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        self._before = cpu_s if self._before is None else self._before
        self.cpu_s, self.peak_mb = cpu_s - self._before, int(peak) / 1000
        return True


def end(case: str, settings: SandboxSettings) -> Ending:
    """A case in; how it ends in a fresh pool, out."""
    html = CASES[case]()
    sandbox = Sandbox(settings)
    try:
        watch = _Watch(sandbox.result(sandbox.submit(os.getpid)).value)
        watch.start()
        began = time.monotonic()
        outcome, characters = _outcome(sandbox, html)
        wall_s = time.monotonic() - began
        watch.stop()
        following, _ = _outcome(sandbox, page(5 * _WORDS))
    finally:
        sandbox.close()
    return Ending(
        case, len(html), wall_s, watch.cpu_s, watch.peak_mb, outcome, characters, next_is_well=following == "article"
    )


def _outcome(sandbox: Sandbox, html: bytes) -> tuple[str, int | None]:
    """A page in; "article" and its length, or the reason of the dead letter, out. Any other error is a bug."""
    try:
        return "article", len(sandbox.result(sandbox.submit(_EXTRACT, _fetched(html))).value.body_text)
    except RejectError as error:
        return error.reason, None


def _fetched(html: bytes) -> Page:
    url = "https://news.example.org/2026/water"
    entry = Entry(
        article_id="0" * 32,
        url=url,
        feed_url="https://news.example.org/feed.xml",
        source_name="Example News",
        guid=url,
        title="Water",
        summary="",
        content_html="",
        authors=(),
        tags=(),
        published=Dating(),
        updated=Dating(),
        language="",
        entry_sha256="0" * 64,
        run_id="worst",
        first_seen_at=_NOW,
    )
    return Page(entry, url, 200, "", html, _NOW)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the cases and print how each ended; 1 if a pool was spoilt by one."""
    stop_cleanly()
    parser = arguments("Pages made to cost as much as they can.")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), metavar="NAME", help="only these")
    options = parser.parse_args(argv)
    endings = [end(case, SandboxSettings(processes=1)) for case in options.cases]
    columns = ["page", "MB", "wall s", "CPU s", "peak MB", "outcome", "characters"]
    rows = [[e.case, e.bytes / 1e6, e.wall_s, e.cpu_s, e.peak_mb, e.outcome, e.characters] for e in endings]
    print_table("worst pages", columns, rows)
    spoilt = [ending.case for ending in endings if not ending.next_is_well]
    if spoilt:
        print(f"the page after was not extracted: {', '.join(spoilt)}", file=sys.stderr)
    write_json(options.json, {"cases": [ending._asdict() for ending in endings]})
    return 1 if spoilt else 0


if __name__ == "__main__":
    sys.exit(main())

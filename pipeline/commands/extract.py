"""`dateline extract`: print what one page gives, and why."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.article import Extraction
from transforms import clock
from transforms.errors import RejectError, UsageError
from transforms.extract.blocks.explain import Judged, explain_blocks
from transforms.extract.blocks.model import Choice, packaged_model
from transforms.extract.page import extraction_of, read_page
from transforms.fetch.loop import close_loops, loop_of
from transforms.fetch.page import get_page
from transforms.fetch.settings import fetch_settings

_HELP = "file of HTML, or URL of a page"


class _Source(NamedTuple):
    html: bytes
    url: str
    charset: str = ""


def main(argv: list[str]) -> int:
    """Extract the page and print it; 1 where it holds no article."""
    options = _parser().parse_args(argv)
    console, now = Console(soft_wrap=True), clock.now()
    try:
        source = _source(options)
        reading = read_page(source.html, url=source.url, charset=source.charset, now=now)
        if options.explain and reading.body.choice:
            _show_blocks(console, reading.body.choice)
        found = extraction_of(reading, source.url)
    except RejectError as error:
        console.print(Text(f"{options.page}: {error.reason}: {error.detail}", "red"))
        return 1
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str))
    else:
        _show(console, found)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dateline extract", description="Print what one page gives, and why.")
    parser.add_argument("page", metavar="FILE|URL", help=_HELP)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--explain", action="store_true", help="print each block of the page with its score and why")
    form.add_argument("--json", action="store_true", help="print one JSON object")
    # none by default: rules read addresses, and an invented one would be evidence
    parser.add_argument("--url", metavar="URL", default="", help="address of the page in a file")
    parser.add_argument("--contact", metavar="TEXT", default="", help="what the User-Agent tells the server")
    parser.add_argument("--allow_private_hosts", metavar="HOSTS", default="", help="as for dateline run")
    return parser


def _source(options: argparse.Namespace) -> _Source:
    if options.page.startswith(("http://", "https://")):
        return _fetched(options)
    try:
        return _Source(Path(options.page).read_bytes(), options.url)
    except OSError as error:
        raise UsageError(f"{options.page}: {error.strerror}; it must be a {_HELP}") from error


def _fetched(options: argparse.Namespace) -> _Source:
    settings = fetch_settings(options.contact, options.allow_private_hosts)
    try:
        work = loop_of(settings).submit(
            lambda client: get_page(options.page, client, settings.max_page_bytes, robots=False)
        )
        answer = work.result()
    finally:
        close_loops()
    return _Source(answer.body, answer.url, answer.charset)


def _show_blocks(console: Console, choice: Choice) -> None:
    """The page's blocks in order: green is kept, red is dropped."""
    for judged in explain_blocks(choice, packaged_model()):
        console.print(_line(judged))
    asked = "not asked" if choice.extracted is None else f"asked, it has {len(choice.extracted):,} characters"
    console.print(Text(f"{len(choice.chosen)} of {len(choice.blocks)} blocks kept; second extractor {asked}\n", "bold"))


def _line(judged: Judged) -> Text:
    mark, colour = ("+", "green") if judged.chosen else ("-", "red")
    why = ", ".join(f"{r.column}={r.value:.3g} {r.moved:+.2f}" for r in judged.reasons)
    line = Text(f"{mark} {judged.probability:.2f} {judged.tag:>10} ", "bold " + colour)
    return line.append(judged.text, colour).append(f"\n    {why}", "dim")


def _show(console: Console, found: Extraction) -> None:
    table = Table(show_header=False, box=None)
    for name, value in asdict(found).items():
        if value not in ("", (), None) and name != "body_text":
            table.add_row(Text(name, "bold"), Text(_shown(value)))
    console.print(table)
    console.print(Text(f"\n{found.body_text}"))


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(_shown(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(part)}" for name, part in value.items() if part not in ("", (), None))
    return str(value)

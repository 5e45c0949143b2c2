"""`dateline feeds`: how feeds are doing, what is wrong with a list, which feeds a site has."""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape

from pipeline.commands.feed_tables import checked_line, found_lines, status_table
from pipeline.commands.output import existing
from queries import connect
from schemas.feed import Feed
from schemas.slot import Slot
from transforms import clock
from transforms.durations import seconds
from transforms.fetch.check import Checked, check_feed
from transforms.fetch.client import Client
from transforms.fetch.feed_list import read_feed_list
from transforms.fetch.find import find_feeds
from transforms.fetch.loop import close_loops, loop_of
from transforms.fetch.poll import Parser
from transforms.fetch.sandboxed import parser_in
from transforms.fetch.settings import fetch_settings
from transforms.layout import new_run_id
from transforms.sandbox import SandboxSettings, close_sandboxes, sandbox_of

T = TypeVar("T")


def main(argv: list[str]) -> int:
    """Do what the arguments say; 1 where something is wrong with a feed."""
    options = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dateline feeds", description="Look after feeds.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    status = commands.add_parser("status", help="how every feed polled so far is doing, from what runs published")
    status.add_argument("--output", metavar="DIR", required=True, help="folder of the datasets")
    status.add_argument("--feeds", metavar="FILE", type=Path, help="only the feeds of this list, polled or not")
    status.add_argument("--json", action="store_true", help="print one JSON object a feed")
    status.set_defaults(command=_status)
    check = commands.add_parser("check", help="fetch every feed of a list once, publish nothing, say what is wrong")
    check.add_argument("list", metavar="FILE", type=Path, help="feed list: OPML, TOML, or one URL a line")
    _network(check).set_defaults(command=_check)
    discover = commands.add_parser("discover", help="find the feeds of a site, as lines for a TOML list")
    discover.add_argument("url", metavar="URL", help="a page of the site")
    _network(discover).set_defaults(command=_discover)
    return parser


def _network(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--contact", metavar="TEXT", default="", help="what the User-Agent tells the servers")
    parser.add_argument("--allow_private_hosts", metavar="HOSTS", default="", help="as for dateline run")
    parser.add_argument("--host_delay", metavar="TIME", default="0.25", help="as for dateline run")
    return parser


def _status(options: argparse.Namespace) -> int:
    listed = [feed.url for feed in read_feed_list(options.feeds)] if options.feeds else None
    rows = _health(existing(options.output), listed)
    if options.json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str))
    else:
        Console().print(status_table(rows, clock.now()))
    return 0


def _health(output: str, listed: Sequence[str] | None) -> list[dict[str, Any]]:
    """The rows of the view `feeds`, worst first; of listed feeds never polled only the URL."""
    found = connect(output).sql("FROM feeds ORDER BY consecutive_failures DESC, feed_url").to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    if listed is None:
        return rows
    unpolled = set(listed) - {row["feed_url"] for row in rows}
    blank = dict.fromkeys(found.schema.names)
    return [row for row in rows if row["feed_url"] in listed] + [
        blank | {"feed_url": url} for url in listed if url in unpolled
    ]


def _check(options: argparse.Namespace) -> int:
    feeds = read_feed_list(options.list)
    checked = _each(options, feeds)
    console = Console()
    for one in checked:
        console.print(checked_line(one), soft_wrap=True)
    wrong = sum(bool(one.faults) for one in checked)
    console.print(f"{len(checked):,} feeds, {wrong:,} with something wrong")
    return 1 if wrong else 0


def _discover(options: argparse.Namespace) -> int:
    with _client(options) as do:
        found = do(lambda client, _parse: find_feeds(options.url, client))
        slot = _slot()
        checked = do(lambda client, parse: _all(check_feed(Feed(one.url), client, parse, slot) for one in found))
    usable = [one for one in checked if one.run.outcome == "ok"]
    console = Console()
    for line in found_lines(usable):
        console.print(escape(line), soft_wrap=True, highlight=False)
    if not usable:
        console.print(f"# no feed found: {escape(options.url)} names none, and none is where feeds usually are")
    return 0 if usable else 1


def _each(options: argparse.Namespace, feeds: Sequence[Feed]) -> list[Checked]:
    slot = _slot()
    with _client(options) as do:
        checked: list[Checked] = do(lambda client, parse: _all(check_feed(feed, client, parse, slot) for feed in feeds))
        return checked


def _slot() -> Slot:
    now = clock.now().replace(microsecond=0)
    return Slot(new_run_id(now), now)


async def _all(work: Iterator[Awaitable[Checked]]) -> list[Checked]:
    return list(await asyncio.gather(*work))


@contextmanager
def _client(options: argparse.Namespace) -> Iterator[Callable[[Callable[[Client, Parser], Any]], Any]]:
    """What does work with a client and a parser; both end with the context."""
    settings = fetch_settings(options.contact, options.allow_private_hosts, seconds(options.host_delay))
    try:
        parse, loop = parser_in(sandbox_of(SandboxSettings(preload=("transforms.fetch.parse",)))), loop_of(settings)
        yield lambda work: loop.submit(lambda client: work(client, parse)).result()
    finally:
        close_sandboxes()
        close_loops()

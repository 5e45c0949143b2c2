"""The command `python -m pipeline.demo`: start the demo site, say where it is, serve until told to stop."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from pipeline.demo.site import DemoSite

# how soon it notices that its parent is gone, in seconds
_POLL = 0.5


def main(argv: Sequence[str] | None = None) -> int:
    """Arguments in, exit code out; returns at SIGTERM, at SIGINT, or when the parent process has died."""
    parent = os.getppid()
    arguments = _parser().parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with DemoSite(arguments.port) as site:
            # written last: who waits for the file finds every outlet answering
            site.write_feed_list(arguments.feeds)
            print(_ready(site, arguments.feeds), flush=True)
            while os.getppid() == parent and not stop.wait(_POLL):
                pass
    except OSError as error:  # a port that is taken, a folder that is not there
        print(f"demo site: {error}", file=sys.stderr)
        return 1
    return 0


def _ready(site: DemoSite, feeds: Path) -> str:
    return f"demo site: {len(site.feeds)} feeds of {len(site.addresses)} outlets, listed in {feeds}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.demo", description="Serve a few invented news outlets on loopback."
    )
    parser.add_argument(
        "--feeds", type=Path, required=True, metavar="FILE", help="where to write the list of feeds (OPML)"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="the first outlet's port, the others follow; 0 takes free ones"
    )
    return parser

"""The command `dateline`: which subcommand, and what its end means to a shell.

Exit codes: 0 published · 1 failed, out of balance, or no feed could be fetched · 2 usage · 3 another run holds the
output · 130 and 143 stopped by a signal.
"""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module

from pipeline.clouds import stays_here, without_clouds
from pipeline.collector import uncollected
from pipeline.logs import set_up_logging
from pipeline.stop import NOTHING, stoppable
from transforms.errors import DatelineError, UsageError
from transforms.sandbox import start_fork_server
from transforms.store.base import BusyError

EXIT_FAILED, EXIT_USAGE, EXIT_BUSY = 1, 2, 3


def _with_beam(name: str) -> Callable[[list[str]], int]:
    """A command that runs the graph."""

    def command(argv: list[str]) -> int:
        with stoppable(lambda: NOTHING):  # imports take seconds
            if not {"-h", "--help"} & set(argv):
                start_fork_server()  # it loads the extractor while we load Beam
            with uncollected(), without_clouds() if stays_here(argv) else nullcontext():
                main_of = _main_of(name)
            return main_of(argv)

    return command


def _other(name: str) -> Callable[[list[str]], int]:
    """A command whose imports wait until it is asked for."""

    def command(argv: list[str]) -> int:
        return _main_of(name)(argv)

    return command


def _main_of(name: str) -> Callable[[list[str]], int]:
    main_of: Callable[[list[str]], int] = import_module(f"pipeline.commands.{name}").main
    return main_of


COMMANDS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "run": (_with_beam("run"), "fetch the feeds, once or at regular times, and publish what is new"),
    "stream": (_with_beam("stream"), "fetch the feeds slot after slot in one job, and publish each slot"),
    "feeds": (_other("feeds"), "see how feeds are doing, check a list, find a site's feeds"),
    "sql": (_other("sql"), "ask an output with SQL"),
    "compact": (_other("compact"), "make few files of a day's many"),
    "vacuum": (_other("vacuum"), "delete what no reader needs and no run"),
    "verify": (_other("verify"), "check everything that is published"),
    "extract": (_other("extract"), "print what one page gives, and why"),
}


def main(argv: list[str] | None = None) -> int:
    """Run a subcommand; a declared error becomes one line on standard error and an exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in ("-h", "--help"):
        print(_help())
        return 0 if argv else EXIT_USAGE
    try:
        if argv[0] not in COMMANDS:
            raise UsageError(f"unknown command {argv[0]!r}; known: {', '.join(COMMANDS)}")
        set_up_logging()  # before Beam is imported, which logs as it is
        return COMMANDS[argv[0]][0](argv[1:])
    except DatelineError as error:
        # Beam adds where it was raised
        print(f"dateline: {str(error).partition(' [while running ')[0]}", file=sys.stderr)
        return _code(error)


def _code(error: DatelineError) -> int:
    if isinstance(error, UsageError):
        return EXIT_USAGE
    return EXIT_BUSY if isinstance(error, BusyError) else EXIT_FAILED


def _help() -> str:
    lines = [f"  dateline {name:8} {meaning}" for name, (_, meaning) in COMMANDS.items()]
    return "\n".join(
        [
            "Dateline turns news feeds into de-duplicated, topic-tagged Parquet.",
            "",
            *lines,
            "",
            "Each command has --help.",
        ]
    )

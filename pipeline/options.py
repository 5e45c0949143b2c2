"""Command line in, frozen Config out; the transforms never see options."""

import argparse
import difflib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.arguments import Parser, resolved
from schemas.feed import Feed
from transforms.durations import seconds
from transforms.errors import UsageError
from transforms.fetch.feed_list import read_feed_list
from transforms.fetch.proxy import proxy_names
from transforms.fetch.settings import FetchSettings, fetch_settings
from transforms.sandbox import SandboxSettings
from transforms.steps import Step
from transforms.tag.transform import tagging
from transforms.version import pipeline_version

# the engine behind Beam's DirectRunner, by its own name: DirectRunner first tries to download another one
DEFAULT_RUNNER = "FnApiRunner"
STREAM_RUNNER = "PrismRunner"
# what has no streaming: they would end, hang, or lose their windows
_BATCH_ONLY = {"fnapirunner", "directrunner", "bundlebaseddirectrunner", "switchingdirectrunner", "daskrunner"}
# what runs here; everything else runs on other machines
_HERE = {*_BATCH_ONLY, "prismrunner"}
# of the time between two slots; seconds that it is at least, for a slot starts at a full one
_DEADLINE, _LEAST = 0.6, 2.0


class DatelineOptions(PipelineOptions):  # type: ignore[misc]  # Beam ships no types
    """Dateline's own options; everything else on the command line is Beam's."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        add_options(parser)


# name, what stands for its value, default, meaning; a number where the value is N
_OPTIONS: tuple[tuple[str, str, str | int | None, str], ...] = (
    ("feeds", "FILE", None, "feed list: OPML, TOML, or one URL a line"),
    (
        "output",
        "DIR",
        None,
        "folder of the datasets, made if it is not there; or gs://bucket/folder, s3://bucket/folder",
    ),
    ("topics", "FILE", "", "taxonomy to tag with; default: the packaged one"),
    ("contact", "TEXT", "", "mail address or URL that the User-Agent tells the servers"),
    ("min_poll", "TIME", "10m", "no feed is polled more often; 0: every feed at every run"),
    ("max_poll", "TIME", "24h", "no feed is polled less often"),
    ("host_delay", "TIME", "0.25", "pause between the starts of two requests to one host"),
    ("connections", "N", 64, "requests at a time, to all hosts together"),
    (
        "every",
        "TIME",
        "",
        "go on with a run at each such time, such as 15m; default: one run, of a stream a slot a minute",
    ),
    ("slots", "N", 0, "stop after so many runs or slots; default: go on"),
    (
        "deadline",
        "TIME",
        "",
        "fetch so long in one run, and leave the rest to the next; default: no end, of a stream three fifths of"
        " --every",
    ),
    ("processes", "N", None, "processes that parse and extract; default: one a core"),
    (
        "allow_private_hosts",
        "HOSTS",
        "",
        "addresses, CIDR blocks or names, comma-separated, that may be fetched though not public (tests, demos)",
    ),
)


def add_options(parser: Any) -> None:
    """Declare Dateline's options; the README's table is tested against them."""
    for name, value, default, meaning in _OPTIONS:
        kind = int if value == "N" else str
        parser.add_argument(f"--{name}", metavar=value, type=kind, default=default, help=meaning)


@dataclass(frozen=True)
class Config:
    """All that a run needs to know."""

    feeds: tuple[Feed, ...]
    # reads the list anew
    read_feeds: Callable[[], list[Feed]]
    # a folder of this machine, absolute, or gs:// or s3://
    output: str
    # with its taxonomy
    tagging: Step
    fetch: FetchSettings
    sandbox: SandboxSettings
    # seconds from run to run, 0 for a single run; how many runs, 0 for no end
    every: float
    slots: int
    # as a stream
    streams: bool
    # for Beam, without Dateline's own
    beam: tuple[str, ...]
    runner: str

    @property
    def topics(self) -> str:
        """Where the taxonomy was read; "" for the packaged one."""
        place: str = self.tagging.arguments[0]
        return place

    @property
    def remote(self) -> bool:
        """Whether the work is done on other machines."""
        return _short(self.runner) not in _HERE

    def about(self) -> dict[str, Any]:
        """What the record of a run says of program and settings."""
        settings = {
            "fetch": asdict(self.fetch),
            "sandbox": asdict(self.sandbox),
            "topics": self.topics,
            "beam": self.beam,
        }
        return {
            "pipeline_version": pipeline_version(),
            "runner": self.runner,
            "feeds": len(self.feeds),
            "processes": self.sandbox.at_once,
            "allow_private_hosts": list(self.fetch.allow_private_hosts),
            "proxies": list(proxy_names()),
            "config_sha256": sha256(repr(sorted(settings.items())).encode()).hexdigest(),
        }


def parse_config(argv: list[str], command: str = "run") -> Config:
    """The Config of the arguments of `dateline run`, or of `stream`.

    Raises UsageError, one clear line, for whatever is wrong with them.
    """
    own, beam_args = _split(argv, command)
    for name in ("feeds", "output"):
        if not getattr(own, name):
            raise UsageError(f"--{name} is missing; see dateline {command} --help")
    if command == "stream":
        own.every = own.every or "1m"
    _check_numbers(own)
    every, runner = _every(own), _known_runner(beam_args, command)
    read_feeds = partial(read_feed_list, _place(own.feeds), _bounds(own))
    return _checked(
        Config(
            feeds=tuple(read_feeds()),
            read_feeds=read_feeds,
            output=resolved(own.output),
            tagging=_tagging(own),
            fetch=fetch_settings(
                own.contact,
                own.allow_private_hosts,
                _seconds("host_delay", own),
                deadline=_deadline(own, command, every),
                connections=own.connections,
            ),
            sandbox=SandboxSettings(processes=own.processes or 0),
            every=every,
            slots=own.slots,
            streams=command == "stream",
            beam=tuple(beam_args),
            runner=runner,
        ),
        own,
    )


def _tagging(own: argparse.Namespace) -> Step:
    """The step that tags; its taxonomy is read here, once."""
    step = tagging(str(_place(own.topics)) if own.topics else "")
    if own.topics:
        from transforms.tag.step import taxonomy_in  # the packaged one is tested, and need not be loaded here

        taxonomy_in(*step.arguments)
    return step


def _check_numbers(own: argparse.Namespace) -> None:
    if own.processes is not None and own.processes < 1:
        raise UsageError(f"--processes {own.processes}: at least one process is needed")
    if own.connections < 1:
        raise UsageError(f"--connections {own.connections}: at least one request at a time is needed")


def _checked(config: Config, own: argparse.Namespace) -> Config:
    """What other machines are to read must be where they can."""
    for name in ("feeds", "output"):
        place = getattr(own, name)
        if config.remote and place and "://" not in place:
            raise UsageError(f"--{name} {place}: {config.runner} works on other machines; put it in a bucket")
    if config.remote and config.every and not config.streams:
        raise UsageError(f"--every: {config.runner} works elsewhere; schedule single runs, or use dateline stream")
    return config


def _place(file: str) -> Path | str:
    # not resolved: a list may be a link that is set anew while a stream runs, as Kubernetes does with a ConfigMap
    return file if "://" in file else Path(file).absolute()


def _deadline(own: argparse.Namespace, command: str, every: float) -> float:
    if not own.deadline:
        return max(_LEAST, _DEADLINE * every) if command == "stream" else 0.0
    deadline = _seconds("deadline", own)
    if deadline < 1 or (every and deadline > every):
        raise UsageError(f"--deadline {own.deadline}: from one second to the time between two runs")
    return deadline


def _every(own: argparse.Namespace) -> float:
    if own.slots < 0 or (own.slots and not own.every):
        raise UsageError(f"--slots {own.slots}: a number of runs, together with --every")
    every = _seconds("every", own) if own.every else 0.0
    if own.every and every < 1:
        raise UsageError(f"--every {own.every}: runs are a second apart at least")
    return every


def _bounds(own: argparse.Namespace) -> Feed:
    """What holds for every feed whose list says nothing else."""
    least, most = (round(_seconds(name, own)) for name in ("min_poll", "max_poll"))
    if least > most:
        raise UsageError(f"--min_poll {own.min_poll} is more than --max_poll {own.max_poll}")
    return Feed("", min_poll=least, max_poll=most)


def _seconds(name: str, own: argparse.Namespace) -> float:
    try:
        return seconds(getattr(own, name))
    except UsageError as error:
        raise UsageError(f"--{name}: {error}") from error


def _split(argv: list[str], command: str) -> tuple[argparse.Namespace, list[str]]:
    parser = Parser(prog=f"dateline {command}", add_help=False, allow_abbrev=False)
    add_options(parser)
    own, rest = parser.parse_known_args(argv)
    _check_beam(rest, command)
    return own, rest


def _check_beam(args: list[str], command: str) -> None:
    """Refuse what neither Dateline nor Beam knows; Beam itself would only log it."""
    parser = Parser(add_help=False, allow_abbrev=False)
    for options in _beam_options():
        options._add_argparse_args(parser)
    _, unknown = parser.parse_known_args(args)
    if unknown:
        word = unknown[0].partition("=")[0]
        known = [name for action in (*parser._actions, *_own_actions()) for name in action.option_strings]
        near = difflib.get_close_matches(word, known, 1)
        raise UsageError(
            f"unknown option {word}" + (f"; did you mean {near[0]}?" if near else f"; see dateline {command} --help")
        )


def _beam_options() -> list[Any]:
    found, queue = [], [PipelineOptions]
    while queue:
        for options in queue.pop().__subclasses__():
            queue.append(options)
            if options is not DatelineOptions and options.__module__.startswith("apache_beam."):
                found.append(options)
    return found


def _own_actions() -> list[argparse.Action]:
    parser = Parser(add_help=False)
    add_options(parser)
    return parser._actions


def _short(runner: str) -> str:
    """A runner's name as Beam reads it: without its module, in any case, with or without its last word."""
    return runner.rpartition(".")[2].lower().removesuffix("runner") + "runner"


def _known_runner(beam_args: list[str], command: str) -> str:
    given = PipelineOptions(beam_args).get_all_options(drop_default=True)
    runner: str = given.get("runner") or (STREAM_RUNNER if command == "stream" else DEFAULT_RUNNER)
    if (command == "stream" or given.get("streaming")) and _short(runner) in _BATCH_ONLY:
        raise UsageError(f"--runner={runner} cannot stream; leave it out of `dateline stream`, or name DataflowRunner")
    if command == "run" and given.get("streaming"):
        raise UsageError("--streaming: a run has one slot; use dateline stream")
    return runner

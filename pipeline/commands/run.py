"""`dateline run`: fetch the feeds, once or at regular times, and publish what is new."""

import argparse
import gc
import sys
from datetime import datetime, timedelta

from rich.console import Console

from pipeline.launch import launch
from pipeline.loop import Stop, repeat
from pipeline.options import DEFAULT_RUNNER, Config, add_options, parse_config
from pipeline.progress import shown
from pipeline.run import RunResult, run_once
from pipeline.stop import NOTHING, stoppable
from pipeline.summary import show_line, show_summary
from schemas.slot import Slot
from transforms.fetch.loop import close_loops
from transforms.layout import done_path, manifest_path
from transforms.sandbox import close_sandboxes
from transforms.store.open import store_of


def main(argv: list[str]) -> int:
    """Parse, run, report; returns the exit code."""
    if "--help" in argv or "-h" in argv:
        _parser().print_help()
        return 0
    config = parse_config(argv)
    if config.remote:
        launch(config)
        return 0
    started: list[Slot] = []
    with stoppable(lambda: _safe(config, started)):
        try:
            return _loop(argv, config, started) if config.every else _once(config, started)
        finally:
            close_sandboxes()
            close_loops()


def _once(config: Config, started: list[Slot]) -> int:
    with shown(Console(stderr=True)):
        result = run_once(config, started.append)
    show_summary(Console(), config.output, result)
    return _exit_code(result)


def _loop(argv: list[str], config: Config, started: list[Slot]) -> int:
    """Run after run, each with the options as they are then: feed lists may be edited meanwhile."""
    stop = Stop()

    def run(start: datetime) -> None:
        started.clear()
        with shown(Console(stderr=True)):
            show_line(run_once(parse_config(argv), started.append, start))
        gc.collect()  # graphs have cycles, and during a run the collector seldom looks

    with stop.listening():
        repeat(run, timedelta(seconds=config.every), config.slots, stop)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dateline run",
        description="Fetch the feeds and publish what is new; with --every again and again, until a signal comes.",
        epilog=f"All options of Apache Beam may follow, such as --runner (default {DEFAULT_RUNNER}).",
    )
    add_options(parser)
    return parser


def _safe(config: Config, started: list[Slot]) -> str:
    run_id = started[0].run_id if started else ""
    if run_id and "://" in config.output:  # a signal handler must not ask a network: its client may be amidst a request
        return f"run {run_id} is published if it was committed, by the next run if need be; else nothing of it is"
    store = store_of(config.output)
    if run_id and store.exists(done_path(run_id)):
        return f"run {run_id} is published in full"
    if run_id and store.exists(manifest_path(run_id)):
        return f"run {run_id} is committed, and the next run finishes publishing it"
    return NOTHING


def _exit_code(result: RunResult) -> int:
    """1 where the run does not balance, or feeds were due and not a single one could be fetched."""
    fetch = result.record["stages"].get("fetch", {})
    polled = {word: times for word, times in fetch.items() if word.startswith("feeds_")}
    if sum(polled.values()) and not polled.get("feeds_ok", 0) + polled.get("feeds_not_modified", 0):
        print("dateline: no feed could be fetched; dead_letters/ says why of each", file=sys.stderr)
        return 1
    return 1 if result.imbalance else 0

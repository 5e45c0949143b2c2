"""`dateline stream`: slot after slot, each published once it is whole."""

import argparse

from rich.console import Console

from pipeline.launch import launch
from pipeline.options import STREAM_RUNNER, add_options, parse_config
from pipeline.run import RunResult
from pipeline.slot_lines import SlotLines
from pipeline.slots import STOP
from pipeline.stop import stoppable
from pipeline.stream import run_stream
from transforms.fetch.loop import close_loops
from transforms.sandbox import close_sandboxes

_SAFE = "the slot in flight may be published or not; what is published is whole, and the next start goes on from there"


def main(argv: list[str]) -> int:
    """Parse, stream, report; returns the exit code: 1 where a slot did not balance."""
    if "--help" in argv or "-h" in argv:
        _parser().print_help()
        return 0
    config = parse_config(argv, "stream")
    if config.remote:
        launch(config)
        return 0
    wrong: list[str] = []
    with stoppable(lambda: _SAFE), STOP.listening(), SlotLines(Console(stderr=True)) as lines:

        def tell(result: RunResult) -> None:
            lines.show(result)
            if result.imbalance:
                wrong.append(result.run_id)

        try:
            run_stream(config, tell)
        finally:
            close_sandboxes()
            close_loops()
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dateline stream",
        description="Fetch the feeds slot after slot, and publish each as a run, until a signal comes: the first lets"
        " the slot in flight be published, a second ends it.",
        epilog=f"All options of Apache Beam may follow, such as --runner (default {STREAM_RUNNER}), --prism_location.",
    )
    add_options(parser)
    return parser

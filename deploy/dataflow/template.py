"""What the flex template's launcher runs: its parameters become arguments of `dateline run`, or of `stream`."""

import sys

from pipeline.cli import main


def command(arguments: list[str]) -> list[str]:
    """The command line: `--command=stream` says which, what is left empty is left out.

    >>> command(["--command=stream", "--feeds=gs://b/feeds.opml", "--deadline=", "--runner=DataflowRunner"])
    ['stream', '--feeds=gs://b/feeds.opml', '--runner=DataflowRunner']
    """
    given = [argument for argument in arguments if not argument.endswith("=")]
    which = [argument.partition("=")[2] for argument in given if argument.startswith("--command=")]
    return [*(which or ["run"])[-1:], *(argument for argument in given if not argument.startswith("--command="))]


if __name__ == "__main__":
    sys.exit(main(command(sys.argv[1:])))

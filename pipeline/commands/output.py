"""The output that a command works on, as its arguments name it."""

import argparse

from pipeline.arguments import Parser, resolved
from transforms.errors import UsageError
from transforms.store.base import Store
from transforms.store.open import store_of


class OutputParser(Parser):
    """The arguments of a command on an output."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(prog=f"dateline {command}", description=description, allow_abbrev=False)
        self.add_argument("folder", metavar="DIR", nargs="?", help="the output of dateline run")
        self.add_argument("--output", metavar="DIR", help="the same")


def output_of(options: argparse.Namespace) -> str:
    """The output that is named one way or the other. Raises UsageError where it is none."""
    if bool(options.folder) == bool(options.output):
        raise UsageError("name one output: a folder, gs://bucket/folder or s3://bucket/folder")
    return existing(options.folder or options.output)


def existing(output: str) -> str:
    """An output as it is named from anywhere. Raises UsageError where it is none."""
    output = resolved(output)
    if not store_of(output).files("_meta"):
        raise UsageError(f"--output {output}: is no output of dateline run")
    return output


def existing_store(options: argparse.Namespace) -> Store:
    """The store of an output that is there. Raises UsageError where it is not."""
    return store_of(output_of(options))

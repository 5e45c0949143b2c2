"""What all command lines have in common, for commands that need no Beam."""

import argparse
from pathlib import Path
from typing import NoReturn

from transforms.errors import UsageError


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one UsageError."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, and where to look."""
        raise UsageError(f"{message}; see {self.prog} --help" if self.add_help else message)


def resolved(output: str) -> str:
    """An output as it is named from anywhere."""
    return output if "://" in output else str(Path(output).resolve())

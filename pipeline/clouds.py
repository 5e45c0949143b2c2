"""Beam's clients of clouds, left out of runs that stay on this machine: a third of the time to start, and 50 MB."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# what comes with Beam's extras gcp and aws, and Beam's own modules that stand on it
_CLOUDS = ("apache_beam.io.gcp", "apache_beam.io.aws", "google.cloud", "google.api_core", "apitools")
# a bucket, or another runner than our own
_ELSEWHERE = re.compile(r"\b(?!https?:)[a-z][a-z0-9]*://|^--runner\b")


def stays_here(argv: Sequence[str]) -> bool:
    """Whether the arguments of a command lead to no other machine than the sites that it asks.

    >>> stays_here(["--feeds", "feeds.txt", "--output", "news", "--contact", "https://news.example/bot"])
    True
    >>> stays_here(["--feeds", "feeds.txt", "--output=gs://bucket/news"]), stays_here(["--runner", "DataflowRunner"])
    (False, False)
    """
    return not any(map(_ELSEWHERE.search, argv))


@contextmanager
def without_clouds() -> Iterator[None]:
    """Where Beam is first loaded in the block, it is as if its extras were not installed. What is loaded already stays.

    A module that is None is not found, without a search (Python language reference, 5.3.1, the module cache).
    """
    hidden = [name for name in _CLOUDS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # documented, but not in its type
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]

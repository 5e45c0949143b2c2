"""feedparser's own test feeds, where they are at hand: each is read or refused for a reason, in no time."""

import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers import FEED, SLOT
from transforms.errors import ParseError
from transforms.fetch.parse import parse_feed

CORPUS = Path(__file__).parents[4] / "shared" / "eval" / "feeds" / "feedparser-tests.tar.xz"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="feedparser's test feeds are not at hand")


def bodies() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each feed of the corpus."""
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            if member.isfile() and not member.name.endswith((".py", ".pyc")) and (file := archive.extractfile(member)):
                yield member.name, file.read()


def outcome(body: bytes) -> str:
    """The word read, or the reason for which a body is refused."""
    try:
        parse_feed(body, "", FEED.url, FEED, SLOT)
    except ParseError as error:
        return error.reason
    return "read"


def test_no_feed_of_the_corpus_breaks_the_parser():
    """2,107 odd feeds: ten are no feeds or declare entities, and none takes a second."""
    outcomes, slow = Counter[str](), []
    for name, body in bodies():
        started = time.process_time()
        outcomes[outcome(body)] += 1
        if time.process_time() - started > 1:
            slow.append(name)

    assert outcomes == {"read": 2_097, "not_a_feed": 8, "dtd_entities": 2}
    assert slow == []

"""Every bad feed has a clear outcome: repaired, an entry refused by itself, or one reason for the whole."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.entry import ENTRY_FLAGS, Entry
from schemas.feed import Feed
from schemas.parsed_feed import ParsedFeed
from tests.makers import SLOT
from tests.transforms.fetch.bad_feeds import CASES, DEVIATIONS, Case
from tests.transforms.fetch.conftest import failure
from transforms.errors import ParseError
from transforms.fetch.parse import digest, parse_feed
from transforms.history.choose import choose_entries

URL = "http://feeds.example/dir/f.xml"
# what a case may expect of an entry besides its fields
LOOKS: dict[str, Callable[[Entry], Any]] = {
    "minute": lambda entry: entry.published.at and entry.published.at.isoformat()[:16],
    "date_flags": lambda entry: entry.published.flags,
    "blocked": lambda entry: failure(entry.url, tries=1).reason,
    "longest": lambda entry: max(len(entry.title), len(entry.summary), len(entry.content_html)),
}


def parse(case: Case) -> ParsedFeed:
    """What the feed of a case gives."""
    return parse_feed(case.body, case.charset, URL, Feed("http://feeds.example/f"), SLOT)


def seen(entry: Entry, expected: dict[str, Any]) -> dict[str, Any]:
    """Of an entry what a case speaks of."""
    found = {name: LOOKS[name](entry) if name in LOOKS else getattr(entry, name, None) for name in expected}
    if "identity" in expected:  # an id is a hash: the right one or none
        found["identity"] = expected["identity"] if entry.article_id == digest(expected["identity"]) else entry.url
    return found


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.id)
def test_what_is_no_feed_is_refused(case: Case):
    """With one reason of the closed list."""
    with pytest.raises(ParseError) as caught:
        parse(case)

    assert caught.value.reason == case.refused


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=lambda case: case.id)
def test_what_can_be_read_is_read(case: Case):
    """Entries are judged one by one; nothing secret, surrogate or unprintable comes through, and flags are known."""
    parsed = parse(case)
    about = dict(case.about)

    if "at_least" in about:
        assert len(parsed.entries) >= about.pop("at_least")
    else:
        assert len(parsed.entries) == len(case.entries)
    for entry, expected in zip(parsed.entries, case.entries, strict=False):
        assert seen(entry, expected) == expected
    assert [refusal.reason for refusal in parsed.refusals] == list(case.refusals)
    assert {name: getattr(parsed, name) for name in about} == about
    assert parsed.left_out == case.left_out
    assert {flag for entry in parsed.entries for flag in entry.flags} <= ENTRY_FLAGS.keys()
    assert "hunter2" not in repr(parsed)
    repr(parsed).encode("utf-8")


def test_one_link_under_three_guids_is_one_article():
    """E4: the first is fetched, the others count as seen."""
    (case,) = (case for case in CASES if case.id == "E4")

    choice = choose_entries(parse(case).entries, {}, {}, SLOT.started_at)

    assert (len(choice.entries), choice.seen) == (1, 2)


def test_the_list_is_whole():
    """Ids are those of the list, in its order; a few have two inputs."""
    numbers = {"A": 14, "B": 19, "C": 13, "D": 23, "E": 21, "F": 14}
    ids = list(dict.fromkeys(case.id for case in CASES))

    assert ids == [f"{letter}{n}" for letter, most in numbers.items() for n in range(1, most + 1)]
    assert DEVIATIONS.keys() <= set(ids)

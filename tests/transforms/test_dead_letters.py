"""Failures become dead letters: which are final, when the others are tried again, and what they carry."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.dating import Dating
from schemas.dead_letter import REASONS
from schemas.entry import Entry, Refusal
from tests.makers import FEED, NOW, SLOT, entry, known
from transforms.dead_letters import entry_letter, feed_letter, from_payload, refusal_letter, to_payload
from transforms.errors import ExtractError, FetchError, ParseError

TIMEOUT = FetchError("timeout", "no answer", 0)


@pytest.mark.parametrize(("attempt", "minutes"), [(0, 15), (1, 60), (2, 240), (3, 960)])
def test_a_passing_failure_waits_ever_longer(attempt: int, minutes: int):
    """After 15 minutes, 1, 4 and 16 hours it is tried again."""
    letter = entry_letter(entry(attempt=attempt), "fetch", TIMEOUT, NOW)

    assert (letter.attempt, letter.final) == (attempt + 1, False)
    assert letter.next_attempt_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("failed", "now"),
    [(entry(attempt=4), NOW), (entry(), NOW + timedelta(days=3))],
    ids=["five attempts", "three days"],
)
def test_a_passing_failure_is_final_in_the_end(failed: Entry, now):
    """The fifth try is the last, and so is one three days after the entry was first seen."""
    letter = entry_letter(failed, "fetch", TIMEOUT, now)

    assert letter.final
    assert letter.next_attempt_at is None


@pytest.mark.parametrize("reason", REASONS)
def test_the_reason_decides(reason: str):
    """A first failure is tried again just where its reason is a passing one."""
    letter = entry_letter(entry(), "extract", ExtractError(reason, "x" * 900, 503), NOW)

    assert letter.final != REASONS[reason].passing
    assert (letter.reason, letter.stage, letter.http_status, len(letter.detail)) == (reason, "extract", 503, 500)


def test_one_failure_is_one_letter():
    """The same failure in the same run has the same id; another entry, reason, stage or run has another."""
    made = [
        entry_letter(entry(), "fetch", TIMEOUT, NOW),
        entry_letter(entry("http://news.example/2"), "fetch", TIMEOUT, NOW),
        entry_letter(entry(), "extract", TIMEOUT, NOW),
        entry_letter(entry(), "fetch", FetchError("http_404"), NOW),
        entry_letter(entry(run_id="20261124T180000Z-0123abcd"), "fetch", TIMEOUT, NOW),
    ]

    assert entry_letter(entry(), "fetch", TIMEOUT, NOW + timedelta(1)).dead_letter_id == made[0].dead_letter_id
    assert len({letter.dead_letter_id for letter in made}) == len(made)


@pytest.mark.parametrize(
    "sent",
    [
        entry(),
        entry(authors=(), tags=("a", "b"), attempt=3, content_html="<p>“Ça va?”</p>\n\t\0"),
        entry(
            published=Dating(None, "yesterday", "feed", "none", ("date_unparsed",)), updated=Dating(NOW, "x", "feed")
        ),
        entry(first_seen_at=NOW - timedelta(microseconds=1)),
        entry(guid_trusted=True, flags=("truncated", "redirect_link")),
    ],
    ids=["plain", "odd texts", "no date", "microseconds", "flags"],
)
def test_an_entry_comes_back_out_of_its_letter(sent: Entry):
    """The payload holds the whole entry, but for what the next run looks up anew."""
    letter = entry_letter(sent, "fetch", TIMEOUT, NOW)

    assert from_payload(letter.payload) == sent
    assert from_payload(to_payload(replace(sent, known=known()))) == sent


def test_the_server_says_when_to_come_back():
    """Never before that, however soon it would be tried otherwise; a wait of its own may be longer."""
    for seconds, waited in ((7_200, 7_200), (60, 900)):
        error = FetchError("rate_limited", "", 429, NOW + timedelta(seconds=seconds))
        assert entry_letter(entry(), "fetch", error, NOW).next_attempt_at == NOW + timedelta(seconds=waited)


def test_what_was_never_asked_is_no_attempt():
    """For want of budget an entry may wait for many runs, within three days."""
    letter = entry_letter(entry(attempt=4), "fetch", FetchError("over_budget"), NOW)

    assert (letter.attempt, letter.final) == (4, False)


def test_a_payload_of_an_older_version_can_be_read():
    """Fields that it does not have are empty."""
    values = json.loads(to_payload(entry()))
    for name in ("flags", "guid_trusted"):
        del values[name]

    assert from_payload(json.dumps(values)) == entry()


def test_a_payload_of_a_newer_version_can_be_read():
    """Fields that this version does not know are left out."""
    payload = to_payload(entry())[:-1] + ', "invented_later": 1}'

    assert from_payload(payload) == entry()


def test_a_refusal_is_final():
    """An entry without a page behind it is never tried again, for the feed states it so."""
    refusal = Refusal("r" * 32, "", FEED.url, "No link — «here»", "no_link", "", SLOT.run_id, NOW)
    letter = refusal_letter(refusal, NOW)

    assert (letter.final, letter.next_attempt_at, letter.article_id) == (True, None, "r" * 32)
    assert letter.payload == '{"title": "No link — «here»"}'


def test_a_feed_letter_names_no_entry_and_no_secret():
    """A feed's failure is final, belongs to no article, and shows neither user name nor password."""
    letter = feed_letter("http://ada:secret@news.example/feed.xml", SLOT.run_id, ParseError("not_a_feed"), NOW)

    assert (letter.article_id, letter.final, letter.payload) == (None, True, "")
    assert "secret" not in repr(letter)
    assert "news.example/feed.xml" in letter.feed_url

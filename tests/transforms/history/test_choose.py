"""What is fetched: new and changed entries, each once; what is known, refused or waiting is not."""

import itertools
from datetime import timedelta

import pytest

from schemas.entry import Entry, Refusal
from tests.makers import FEED, NOW, SLOT, digest, entry, known
from transforms.dead_letters import to_payload
from transforms.history.choose import Choice, FeedCounts, choose_entries
from transforms.history.known import Failure

OTHER_FEED = "http://other.example/feed.xml"


def refusal(name: str = "x") -> Refusal:
    """An entry without a link."""
    return Refusal(digest(name), "", FEED.url, name, "no_link", "", SLOT.run_id, NOW)


def failure(
    one: Entry | None = None, *, final: bool = False, due_in: timedelta = timedelta(0), attempt: int = 1
) -> Failure:
    """The dead letter of an entry."""
    return Failure(final, None if final else NOW + due_in, attempt, to_payload(one) if one else "")


def choose(*listed: Entry | Refusal, rows=None, failures=None) -> Choice:
    """The choice among what is listed."""
    return choose_entries(listed, rows or {}, failures or {}, NOW)


def test_a_new_entry_is_fetched():
    """What was never published is fetched, as it is."""
    choice = choose(entry())

    assert choice.entries == [entry()]
    assert choice.seen == 0


def test_a_published_entry_is_seen():
    """What is published with the same statement is not fetched again."""
    choice = choose(entry(), rows={entry().article_id: known()})

    assert (choice.entries, choice.seen) == ([], 1)


def test_an_edited_entry_is_fetched_with_what_is_known():
    """Another statement of a published article is fetched, and knows its row."""
    row = known(entry_sha256="before")

    assert choose(entry(), rows={entry().article_id: row}).entries == [entry(known=row)]


def test_another_feeds_statement_is_no_edit():
    """That another feed states a published article differently says nothing of an edit."""
    row = known(entry_sha256="before", feed_url=OTHER_FEED)

    assert choose(entry(), rows={entry().article_id: row}).seen == 1


def test_an_entry_listed_twice_is_fetched_once_from_its_own_site():
    """Of two feeds the one on the article's own host counts, in whatever order they come; the other is seen."""
    own, other = entry(feed_url="http://news.example/z.xml"), entry(feed_url=OTHER_FEED)

    for listed in itertools.permutations([own, other, other]):
        choice = choose(*listed)

        assert (choice.entries, choice.seen) == ([own], 2)


def test_a_published_feed_keeps_speaking_for_its_article():
    """An edit is noticed in the feed that was published, though another comes first otherwise."""
    row = known(feed_url=OTHER_FEED, entry_sha256="before")
    listed = [entry(), entry(feed_url=OTHER_FEED, entry_sha256="after")]

    (chosen,) = choose(*listed, rows={entry().article_id: row}).entries

    assert chosen.entry_sha256 == "after"


class TestFailures:
    def test_a_final_failure_counts_as_seen(self):
        """What failed for good is not fetched again."""
        choice = choose(entry(), failures={entry().article_id: failure(entry(), final=True)})

        assert (choice.entries, choice.seen) == ([], 1)

    def test_a_failure_waits_until_it_is_due(self):
        """Before its time a failure is left alone, though the feed lists the entry again."""
        waiting = failure(entry(), due_in=timedelta(seconds=1))

        assert choose(entry(), failures={entry().article_id: waiting}).seen == 1

    def test_a_due_failure_is_tried_again(self):
        """When it is due it is fetched, and knows how often it was tried."""
        choice = choose(entry(), failures={entry().article_id: failure(entry(), attempt=2)})

        assert choice.entries == [entry(attempt=2, retried=True)]

    def test_a_second_try_keeps_when_it_was_first_seen(self):
        """An entry that failed was first seen when it was first listed, not when it succeeds."""
        earlier = NOW - timedelta(hours=5)
        failed = failure(entry(first_seen_at=earlier))

        assert choose(entry(), failures={entry().article_id: failed}).entries[0].first_seen_at == earlier

    def test_a_retry_and_a_listing_are_one(self):
        """An entry both listed and tried again is fetched once, by the fresh statement."""
        listed, again = entry(title="Fresh"), entry(attempt=1, retried=True, title="Stale")

        choice = choose(again, listed, failures={entry().article_id: failure(again)})

        assert [(e.title, e.attempt) for e in choice.entries] == [("Fresh", 1)]
        assert choice.seen == 1

    def test_a_failed_edit_waits_but_another_edit_does_not(self):
        """The failure of one edit holds up that edit only."""
        row, failed = known(entry_sha256="first"), entry(entry_sha256="second")
        waiting = {entry().article_id: failure(failed, due_in=timedelta(hours=1))}

        assert choose(failed, rows={entry().article_id: row}, failures=waiting).seen == 1
        assert len(choose(entry(entry_sha256="third"), rows={entry().article_id: row}, failures=waiting).entries) == 1


def test_a_refusal_is_told_once():
    """An entry without a link is refused when it is new, and seen ever after."""
    assert choose(refusal()).refusals == [refusal()]
    assert choose(refusal(), failures={refusal().article_id: failure(final=True)}).seen == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_sum_holds_in_any_order(order: tuple[int, ...]):
    """Everything listed is chosen, refused or seen, and the order of the list does not matter."""
    listed = [entry(), entry(attempt=1, retried=True), refusal(), entry("http://news.example/2")]

    choice = choose(*[listed[n] for n in order])

    assert len(choice.entries) + len(choice.refusals) + choice.seen == 4
    assert choice.entries == choose(*listed).entries


def test_counts_are_per_feed():
    """New and changed are counted for each feed; second tries for none."""
    edited = entry("http://news.example/2", entry_sha256="other")
    again = entry("http://news.example/3", attempt=1, retried=True)
    choice = choose(
        entry(),
        edited,
        again,
        rows={edited.article_id: known()},
        failures={again.article_id: failure(again)},
    )

    assert choice.counts() == {FEED.url: FeedCounts(1, 1)}

"""When a feed is polled next is learned from what its polls brought, within bounds, and never against its server."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.dead_letter import REASONS
from schemas.feed import Feed
from schemas.feed_run import FeedRun
from tests.makers import FEED, NOW
from tests.transforms.write.records import feed_run
from transforms.history.schedule import _WEIGHTS, failure_weight, scheduled

RUN = feed_run(entries_new=0, entries_changed=0, poll_interval_s=3_600, fresh_for_s=0, retry_after_at=None)
BOUNDED = replace(FEED, min_poll=600, max_poll=86_400)


def wait(run: FeedRun, feed: Feed = BOUNDED) -> float:
    """Seconds until the next poll."""
    at = scheduled(run, feed, NOW).next_poll_at
    assert at is not None
    return (at - NOW).total_seconds()


def after(polls: str, feed: Feed = BOUNDED) -> FeedRun:
    """The newest run of a feed whose polls brought something (+), nothing (-), or failed (x)."""
    run = replace(RUN, poll_interval_s=0)
    for what in polls:
        failed = what == "x"
        run = replace(
            run,
            outcome="failed" if failed else "ok",
            reason="timeout" if failed else "",
            entries_new=2 * (what == "+"),
        )
        run = scheduled(run, feed, NOW)
    return run


def test_a_first_poll_waits_half_an_hour():
    """Nothing is learned yet."""
    assert wait(replace(RUN, poll_interval_s=0)) == 1_800


def test_something_new_brings_the_next_poll_nearer_and_nothing_new_puts_it_off():
    """Halved, or a quarter more; an edit counts as much as a new entry."""
    assert wait(replace(RUN, entries_new=1)) == 1_800
    assert wait(replace(RUN, entries_changed=1)) == 1_800
    assert wait(RUN) == 4_500
    assert wait(replace(RUN, outcome="not_modified")) == 4_500


def test_a_busy_feed_reaches_the_shortest_wait_and_a_quiet_one_the_longest():
    """Both in a few polls, and not beyond."""
    assert wait(after("++++")) == 600
    assert wait(after("-" * 25)) == 86_400
    assert after("+" * 50).poll_interval_s == 600


def test_a_feed_settles_at_about_four_polls_for_each_change():
    """Three polls in vain and one that brings something leave the interval about where it was."""
    settled = after("---+" * 50)

    assert 0.5 < settled.poll_interval_s / after("---+" * 49).poll_interval_s < 2


def test_the_operators_bounds_hold():
    """However often it changes or not."""
    slow, quick = replace(FEED, min_poll=7_200, max_poll=10_000), replace(FEED, min_poll=0, max_poll=60)

    assert (wait(replace(RUN, entries_new=1), slow), wait(replace(RUN, poll_interval_s=80_000), slow)) == (
        7_200,
        10_000,
    )
    assert wait(RUN, quick) == 60


@pytest.mark.parametrize(("fresh", "expected"), [(10, 4_500), (10_000, 10_000), (999_999, 86_400)])
def test_a_feed_is_left_alone_for_as_long_as_it_is_fresh(fresh: int, expected: int):
    """TTL, Cache-Control and Expires put a poll off, up to the longest wait; what is learned stays."""
    run = replace(RUN, fresh_for_s=fresh, duration_ms=0)

    assert wait(run) == expected
    assert scheduled(run, BOUNDED, NOW).poll_interval_s == 4_500


def test_retry_after_goes_beyond_every_bound():
    """The server's own word counts more than the longest wait."""
    run = replace(RUN, outcome="failed", reason="http_5xx", retry_after_at=NOW + timedelta(days=1))

    assert wait(run, replace(FEED, max_poll=60)) == 86_400


def test_failures_back_off_in_a_line():
    """Each adds as much as the one before, by its weight; what was learned stays."""
    waits = []
    run = RUN
    for _ in range(4):
        run = scheduled(replace(run, outcome="failed", reason="http_404"), BOUNDED, NOW)
        waits.append((run.next_poll_at - NOW).total_seconds())

    assert waits == [7_200, 10_800, 14_400, 18_000]
    assert (run.poll_interval_s, run.failure_weight) == (3_600, 2.0)


def test_a_success_forgets_failures():
    """The next wait is as learned before."""
    assert after("-xxx-").failure_weight == 0
    assert after("-xxx-").poll_interval_s == after("--").poll_interval_s


@pytest.mark.parametrize(
    ("reason", "weight"),
    [
        ("timeout", 0.25),
        ("http_5xx", 0.25),
        ("rate_limited", 0.25),
        ("http_404", 0.5),
        ("http_403", 1),
        ("tls_error", 1),
    ],
)
def test_failures_weigh_by_how_sure_they_are_to_last(reason: str, weight: float):
    """A bad minute counts least; 404 is soft, for feeds come back; what somebody has to mend counts in full."""
    assert failure_weight(reason) == weight


def test_weights_are_of_known_reasons():
    """A misspelt word would silently count in full."""
    assert _WEIGHTS.keys() <= REASONS.keys()


def test_feeds_refused_together_come_apart():
    """After a 429 each waits up to a tenth longer, the same at every try of one poll."""
    waits = {
        wait(replace(RUN, outcome="failed", reason="rate_limited", feed_url=f"http://{n}.example/")) for n in range(20)
    }

    assert len(waits) > 10
    assert 5_400 <= min(waits) <= max(waits) <= 5_400 * 1.1


def test_a_feed_that_is_gone_is_not_polled_again():
    """410 ends it."""
    assert scheduled(replace(RUN, outcome="gone", reason="http_410"), BOUNDED, NOW).next_poll_at is None


def test_an_answer_is_fresh_from_its_end():
    """Not from the start of a run that came to it late."""
    late = replace(RUN, fresh_for_s=7_200, started_at=NOW + timedelta(seconds=90), duration_ms=10_000)

    assert wait(late) == 7_300


def test_a_failure_is_not_fresh():
    """What the last answer asked for does not put off the next try."""
    assert wait(replace(RUN, outcome="failed", reason="timeout", fresh_for_s=80_000)) == 5_400

"""What earlier runs published is found again: rows, failures, feeds; of all time, and newest first."""

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.feed import Feed, FeedState, Poll
from schemas.parquet import schema_of
from schemas.slot import Slot
from tests.makers import FEED, NEXT_SLOT, NOW, SLOT, article, digest, entry
from transforms.dead_letters import entry_letter
from transforms.errors import FetchError
from transforms.history.feeds import plan_polls
from transforms.history.known import find_failures, find_known, find_retries
from transforms.layout import new_run_id, part_path
from transforms.store.open import store_of
from transforms.version import pipeline_version

LATER = Slot(new_run_id(NOW + timedelta(hours=20)), NOW + timedelta(hours=20))
OLD = Slot(new_run_id(NOW - timedelta(days=400)), NOW - timedelta(days=400))


def publish(output: Path, dataset: str, slot: Slot, *rows: dict[str, Any]) -> None:
    """Put rows where a run of the slot would have published them."""
    schema = schema_of(dataset)
    filled = [{name: row.get(name) for name in schema.names} | {"run_id": slot.run_id} for row in rows]
    path = output / part_path(dataset, "2021-06-16", slot.run_id, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(filled, schema), path)


def row(url: str = "http://news.example/1", revision_no: int = 1, title: str = "Leaders meet") -> dict[str, Any]:
    """A published article, as far as history looks at it."""
    made = article("text", url, revision_no=revision_no, title=title)
    return {name: getattr(made, name) for name in ("article_id", "feed_url", "entry_sha256", "content_sha256")} | {
        "title": title,
        "revision_no": revision_no,
        "cluster_id": made.article_id,
        "first_seen_at": NOW,
    }


def letter(
    slot: Slot = SLOT, url: str = "http://news.example/1", reason: str = "timeout", attempt: int = 0
) -> dict[str, Any]:
    """A published dead letter of an entry."""
    made = entry_letter(entry(url, attempt=attempt), "fetch", FetchError(reason), slot.started_at)
    return vars(made) | {"pipeline_version": pipeline_version()}


class TestKnown:
    def test_nothing_is_known_at_first(self, tmp_path: Path):
        """An output that does not exist knows nothing."""
        assert find_known(store_of(tmp_path / "new"), [digest("x")]) == {}

    def test_an_article_is_known_for_ever(self, tmp_path: Path):
        """However old its run, a published article is found."""
        publish(tmp_path, "articles", OLD, row())

        assert (
            find_known(store_of(tmp_path), [row()["article_id"], digest("x")])[row()["article_id"]].title
            == "Leaders meet"
        )

    def test_reprints_are_known_too(self, tmp_path: Path):
        """A reprint is as published as its canonical."""
        publish(tmp_path, "reprints", SLOT, row())

        assert find_known(store_of(tmp_path), [row()["article_id"]])

    def test_the_newest_revision_counts(self, tmp_path: Path):
        """Of an edited article the highest revision is the one to compare with."""
        publish(tmp_path, "articles", SLOT, row())
        publish(tmp_path, "revisions", NEXT_SLOT, row(revision_no=3, title="Third"))
        publish(tmp_path, "revisions", LATER, row(revision_no=2, title="Second"))

        assert find_known(store_of(tmp_path), [row()["article_id"]])[row()["article_id"]].title == "Third"


class TestFailures:
    def test_the_newest_letter_counts(self, tmp_path: Path):
        """Of several letters of one entry the newest run's is the state of things."""
        publish(tmp_path, "dead_letters", SLOT, letter())
        publish(tmp_path, "dead_letters", NEXT_SLOT, letter(NEXT_SLOT, attempt=1))

        assert find_failures(store_of(tmp_path), [entry().article_id])[entry().article_id].attempt == 2

    def test_a_due_failure_is_tried_again_from_its_payload(self, tmp_path: Path):
        """A later run gets the entry back as it was, with its attempts and under its own run id."""
        publish(tmp_path, "dead_letters", SLOT, letter())

        (again,) = find_retries(store_of(tmp_path), LATER)

        assert again == entry(attempt=1, retried=True, run_id=LATER.run_id)

    def test_a_failure_that_is_not_due_is_left_alone(self, tmp_path: Path):
        """Before fifteen minutes have passed nothing is tried."""
        publish(tmp_path, "dead_letters", SLOT, letter())

        assert find_retries(store_of(tmp_path), Slot("x", NOW + timedelta(minutes=14))) == []

    @pytest.mark.parametrize("reason", ["http_404", "not_html"])
    def test_a_final_failure_is_not_tried(self, tmp_path: Path, reason: str):
        """What cannot pass is final at once."""
        publish(tmp_path, "dead_letters", SLOT, letter(reason=reason))

        assert find_retries(store_of(tmp_path), LATER) == []

    def test_what_was_published_since_is_not_tried(self, tmp_path: Path):
        """A failure whose article is published by now is over."""
        publish(tmp_path, "dead_letters", SLOT, letter())
        publish(tmp_path, "articles", NEXT_SLOT, row())

        assert find_retries(store_of(tmp_path), LATER) == []

    def test_an_edit_that_failed_later_is_tried(self, tmp_path: Path):
        """A failed edit of a published article comes again, though its feed may say that nothing has changed."""
        publish(tmp_path, "articles", SLOT, row())
        publish(tmp_path, "dead_letters", NEXT_SLOT, letter(NEXT_SLOT))

        assert [again.attempt for again in find_retries(store_of(tmp_path), LATER)] == [1]

    def test_a_feeds_failure_is_not_an_entrys(self, tmp_path: Path):
        """Letters without an article are no second tries."""
        publish(tmp_path, "dead_letters", SLOT, letter() | {"article_id": None})

        assert find_retries(store_of(tmp_path), LATER) == []


class TestPolls:
    def test_an_unknown_feed_has_an_empty_state(self, tmp_path: Path):
        """A feed that was never polled is fetched without conditions."""
        assert plan_polls([FEED], store_of(tmp_path), SLOT).polls == [Poll(FEED, FeedState(), SLOT)]

    def test_the_newest_row_is_the_state(self, tmp_path: Path):
        """All that a run knows of a feed is what the newest run published of it."""
        state = FeedState(
            "T",
            '"new"',
            outcome="failed",
            consecutive_failures=2,
            failure_weight=0.5,
            next_poll_at=NEXT_SLOT.started_at,
            retry_after_at=NEXT_SLOT.started_at,
            poll_interval_s=900,
            fresh_for_s=60,
            moved_to="http://new.example/",
            moved_at=NOW,
        )
        for slot, known in ((SLOT, FeedState("Old")), (NEXT_SLOT, state)):
            publish(tmp_path, "feed_runs", slot, {"feed_url": FEED.url} | asdict(known))

        (poll,) = plan_polls([FEED], store_of(tmp_path), LATER).polls

        assert poll == Poll(FEED, state, LATER)

    def test_every_listed_feed_is_polled(self, tmp_path: Path):
        """Feeds come in the list's order, one poll each."""
        feeds = [Feed(f"http://{n}.example/") for n in "cab"]

        assert [poll.feed for poll in plan_polls(feeds, store_of(tmp_path), SLOT).polls] == feeds

    @pytest.mark.parametrize(
        ("state", "min_poll", "counts"),
        [
            (FeedState(next_poll_at=LATER.started_at), 600, (1, 0, 0)),
            (FeedState(next_poll_at=LATER.started_at + timedelta(seconds=1)), 600, (0, 1, 0)),
            (FeedState(next_poll_at=LATER.started_at + timedelta(days=1)), 0, (1, 0, 0)),
            (FeedState(retry_after_at=LATER.started_at + timedelta(seconds=1)), 0, (0, 1, 0)),
            (FeedState(retry_after_at=LATER.started_at), 0, (1, 0, 0)),
            (FeedState(outcome="gone"), 0, (0, 0, 1)),
        ],
    )
    def test_only_what_is_due_is_polled(self, tmp_path: Path, state: FeedState, min_poll: int, counts: tuple[int, ...]):
        """Not before its time, unless there is no minimum; never before the server allows it; never when gone."""
        publish(tmp_path, "feed_runs", SLOT, {"feed_url": FEED.url} | asdict(state))

        plan = plan_polls([replace(FEED, min_poll=min_poll)], store_of(tmp_path), LATER)

        assert (len(plan.polls), plan.not_due, plan.ended) == counts

    def test_a_feed_not_polled_for_a_month_is_new_again(self, tmp_path: Path):
        """Even one that was gone: it is asked once more."""
        publish(tmp_path, "feed_runs", OLD, {"feed_url": FEED.url} | asdict(FeedState(outcome="gone")))

        assert plan_polls([FEED], store_of(tmp_path), SLOT).polls == [Poll(FEED, FeedState(), SLOT)]

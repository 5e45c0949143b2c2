"""A poll says in one FeedRun how it went, and never raises what a server may do."""

import gzip
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bench.hostile import HostileServer, answer, redirect
from schemas.feed import Feed, FeedState, Poll, SecretRef
from schemas.feed_run import FeedRun
from tests import makers
from tests.transforms.fetch.conftest import with_client
from transforms.errors import ExtractError
from transforms.fetch.parse import parse_feed
from transforms.fetch.poll import Polled, poll_feed

RSS = b"""<rss version="2.0"><channel><title>Example News</title>
<item><title>One</title><link>http://news.example/1</link><guid isPermaLink="false">a</guid>
<pubDate>Tue, 24 Nov 2026 09:00:00 GMT</pubDate></item>
<item><title>Two</title><link>http://news.example/2</link><guid isPermaLink="false">b</guid>
<pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>No link</title><guid isPermaLink="false">c</guid></item></channel></rss>"""
SHA256 = hashlib.sha256(RSS).hexdigest()
KNOWN = FeedState("Old title", 'W/"old"', "Mon, 23 Nov 2026 10:00:00 GMT", SHA256, consecutive_failures=2)


def polled(url: str, state: FeedState = KNOWN, max_bytes: int = 10_000, **settings) -> Polled:
    """What one poll of a feed with these settings gives, parsed in this process."""

    async def parse(*args):
        return parse_feed(*args), 7

    return with_client(
        lambda client: poll_feed(Poll(Feed(url, **settings), state, makers.SLOT), client, parse, max_bytes)
    )


def but_for_time(run: FeedRun) -> FeedRun:
    """The run with its clock readings set to a fixed value, after a look at them."""
    assert run.started_at.utcoffset() is not None
    assert 0 <= run.duration_ms < 5_000
    return replace(run, started_at=makers.NOW, duration_ms=0)


def run_of(url: str, **changes) -> FeedRun:
    """A FeedRun with nothing but what is known, and these changes."""
    blank = FeedRun(
        feed_url=url,
        final_url=url,
        feed_title=KNOWN.feed_title,
        run_id=makers.SLOT.run_id,
        started_at=makers.NOW,
        duration_ms=0,
        outcome="failed",
        reason="",
        http_status=0,
        bytes=0,
        etag=KNOWN.etag,
        last_modified=KNOWN.last_modified,
        body_sha256=KNOWN.body_sha256,
        entries=0,
        entries_new=0,
        entries_changed=0,
        newest_entry_at=None,
        next_poll_at=None,
        retry_after_at=None,
        consecutive_failures=0,
        failure_weight=0.0,
        poll_interval_s=0,
        fresh_for_s=0,
        moved_to="",
        moved_at=None,
        guid_trusted=False,
    )
    return replace(blank, **changes)


def test_a_poll_of_a_changed_feed(server: HostileServer):
    """Entries and refusals come out, and the run has all that the answer said."""
    server.on("/old", redirect("/feed"))
    server.on("/feed", answer(RSS, etag='"new"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT"))
    url = server.url + "/old"

    got = polled(url, replace(KNOWN, body_sha256="0" * 64))

    assert [entry.title for entry in got.entries] == ["One", "Two"]
    assert [refusal.reason for refusal in got.refusals] == ["no_link"]
    assert (got.errors, got.cpu_us) == ((), 7)
    assert but_for_time(got.run) == run_of(
        url,
        final_url=server.url + "/feed",
        feed_title="Example News",
        outcome="ok",
        http_status=200,
        bytes=len(RSS),
        etag='"new"',
        last_modified="Tue, 24 Nov 2026 10:00:00 GMT",
        body_sha256=SHA256,
        entries=3,
        newest_entry_at=makers.NOW.replace(hour=10),
        guid_trusted=True,
    )


def test_both_validators_go_out_and_outlive_a_304(server: HostileServer):
    """They are sent as they were stored, and a 304 that leaves them out does not erase them."""
    url = server.on("/feed", answer(status="304 Not Modified"))

    got = polled(url)

    sent = server.requests[0].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (KNOWN.etag, KNOWN.last_modified)
    assert but_for_time(got.run) == run_of(url, outcome="not_modified", http_status=304)


def test_a_304_may_renew_a_validator(server: HostileServer):
    """What it states replaces what is known."""
    got = polled(server.on("/feed", answer(status="304 Not Modified", etag='"newer"')))

    assert (got.run.etag, got.run.last_modified) == ('"newer"', KNOWN.last_modified)


def test_nothing_is_sent_of_a_feed_never_fetched(server: HostileServer):
    """The first poll has no condition; a feed without validators keeps none."""
    got = polled(server.on("/feed", answer(RSS)), FeedState())

    assert not {"if-none-match", "if-modified-since"} & server.requests[0].headers.keys()
    assert (got.run.outcome, got.run.etag, got.run.last_modified) == ("ok", "", "")


def test_the_same_body_is_not_modified(server: HostileServer):
    """Servers that send no 304 are found out by the hash; nothing is parsed, validators are those of the answer."""
    url = server.on("/feed", answer(RSS, etag='"new"'))

    got = polled(url)

    assert (got.entries, got.cpu_us) == ((), 0)
    assert but_for_time(got.run) == run_of(
        url, outcome="not_modified", http_status=200, bytes=len(RSS), etag='"new"', last_modified=""
    )


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ("410 Gone", "gone", "http_410"),
        ("404 Not Found", "failed", "http_404"),
        ("500 Oops", "failed", "http_5xx"),
        ("429 Slow", "failed", "rate_limited"),
    ],
)
def test_a_status_ends_a_poll(server: HostileServer, status: str, outcome: str, reason: str):
    """The failure is counted and named, what is known of the feed stays, and its error comes along."""
    url = server.on("/feed", answer(status=status))

    got = polled(url)

    assert [(e.reason, e.http_status) for e in got.errors] == [(reason, int(status[:3]))]
    assert but_for_time(got.run) == run_of(
        url, outcome=outcome, reason=reason, http_status=int(status[:3]), consecutive_failures=3
    )


def test_a_server_that_is_missing_ends_a_poll():
    """Without an answer the status is 0."""
    url = "http://nowhere.invalid/feed"

    got = polled(url)

    assert but_for_time(got.run) == run_of(url, reason="dns_error", consecutive_failures=3)


def test_what_is_no_feed_fails_but_was_answered(server: HostileServer):
    """The run has the answer's status and size; the old validators stay, else the next poll would take it for read."""
    server.on("/old", redirect("/feed"))
    page = b"<!DOCTYPE html><html><title>Welcome</title></html>"
    server.on("/feed", answer(page, etag='"page"'))

    got = polled(server.url + "/old")

    assert [e.reason for e in got.errors] == ["not_a_feed_html"]
    assert but_for_time(got.run) == run_of(
        server.url + "/old",
        final_url=server.url + "/feed",
        reason="not_a_feed_html",
        http_status=200,
        bytes=len(page),
        consecutive_failures=3,
    )


def test_a_parser_that_is_killed_fails_the_feed(server: HostileServer):
    """What the sandbox rejects is a failure of the feed like any other."""

    async def parse(*_args):
        raise ExtractError("parse_timeout", "killed after 1 s")

    poll = Poll(Feed(server.on("/feed", answer(RSS))), FeedState(), makers.SLOT)

    got = with_client(lambda client: poll_feed(poll, client, parse, 10_000))

    assert (got.run.outcome, got.run.reason, got.run.http_status) == ("failed", "parse_timeout", 200)


def test_a_feed_beyond_the_cap_is_read_and_reported(server: HostileServer):
    """The newest thousand entries are listed; the others are one error of the feed, which is ok all the same."""
    items = b"".join(b"<item><title>%d</title><link>http://news.example/%d</link></item>" % (n, n) for n in range(1003))
    url = server.on("/feed", answer(b"<rss version='2.0'><channel>" + items + b"</channel></rss>"))

    got = polled(url, max_bytes=1_000_000)

    assert (got.run.outcome, got.run.entries, len(got.entries)) == ("ok", 1_000, 1_000)
    assert [str(e) for e in got.errors] == ["entries_over_cap: 3 older entries left out"]


def test_a_feed_that_is_too_large_is_refused(server: HostileServer):
    """The cap on bytes holds for feeds."""
    assert polled(server.on("/feed", answer(RSS)), max_bytes=100).run.reason == "body_too_large"


class TestMoving:
    """Permanent redirects are followed at once and believed after three days."""

    START = makers.SLOT.started_at

    def test_a_move_is_noted(self, server: HostileServer):
        """With the slot in which it was first seen."""
        server.on("/old", redirect("/new", "301 Moved"))
        url = server.on("/new", answer(RSS))

        got = polled(server.url + "/old", FeedState())

        assert (got.run.moved_to, got.run.moved_at) == (url, self.START)

    def test_a_young_move_is_checked_again(self, server: HostileServer):
        """Until then the listed address is asked, and the date of the move stays."""
        server.on("/old", redirect("/new", "301 Moved"))
        url, since = server.on("/new", answer(RSS)), self.START - timedelta(days=2)

        got = polled(server.url + "/old", FeedState(moved_to=url, moved_at=since))

        assert [request.path for request in server.requests] == ["/old", "/new"]
        assert (got.run.moved_to, got.run.moved_at) == (url, since)

    def test_a_settled_move_saves_the_detour(self, server: HostileServer):
        """The new address is asked, with the validators; the feed keeps the name of the old one."""
        url, since = server.on("/new", answer(RSS)), self.START - timedelta(days=3)

        got = polled(server.url + "/old", FeedState(etag='"1"', moved_to=url, moved_at=since))

        assert [(request.path, request.headers["if-none-match"]) for request in server.requests] == [("/new", '"1"')]
        assert (got.run.feed_url, got.run.final_url) == (server.url + "/old", url)
        assert (got.run.moved_to, got.run.moved_at) == (url, since)

    def test_a_move_taken_back_is_forgotten(self, server: HostileServer):
        """The listed address answers itself again."""
        state = FeedState(moved_to=server.url + "/new", moved_at=self.START - timedelta(days=1))

        got = polled(server.on("/old", answer(RSS)), state)

        assert (got.run.moved_to, got.run.moved_at) == ("", None)

    def test_a_move_elsewhere_starts_anew(self, server: HostileServer):
        """Another goal has to prove itself for another three days."""
        server.on("/old", redirect("/newer", "308 Moved"))
        url = server.on("/newer", answer(RSS))

        got = polled(server.url + "/old", FeedState(moved_to=server.url + "/new", moved_at=self.START))

        assert (got.run.moved_to, got.run.moved_at) == (url, self.START)

    @pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "500 Oops"])
    def test_a_new_address_that_fails_is_not_the_end(self, server: HostileServer, status: str):
        """What is listed is asked the next time, before anything is concluded."""
        url = server.on("/new", answer(status=status))

        got = polled(server.url + "/old", FeedState(moved_to=url, moved_at=self.START - timedelta(days=9)))

        assert (got.run.outcome, got.run.moved_to, got.run.moved_at) == ("failed", "", None)

    def test_a_move_that_leads_to_no_feed_is_not_noted(self, server: HostileServer):
        """A site that sends everything to its front page has not moved its feed there."""
        server.on("/old", redirect("/", "301 Moved"))
        server.on("/", answer(b"<!doctype html><html><title>Welcome</title></html>"))

        assert polled(server.url + "/old", FeedState()).run.moved_to == ""

    def test_a_secret_is_not_carried_to_a_new_address(self, server: HostileServer, monkeypatch: pytest.MonkeyPatch):
        """The feed's password is its old origin's alone."""
        monkeypatch.setenv("FEED_TOKEN", "s3cret")
        with HostileServer() as other:
            url = other.on("/new", answer(RSS))
            state = FeedState(moved_to=url, moved_at=self.START - timedelta(days=9))
            polled(server.url + "/old", state, token=SecretRef("env", "FEED_TOKEN"))

            assert "authorization" not in other.requests[0].headers


def test_a_feeds_own_headers_go_out(server: HostileServer, monkeypatch: pytest.MonkeyPatch):
    """Those of the list, and its secrets."""
    monkeypatch.setenv("FEED_TOKEN", "s3cret")

    polled(server.on("/feed", answer(RSS)), headers=(("X-Edition", "eu"),), token=SecretRef("env", "FEED_TOKEN"))

    sent = server.requests[0].headers
    assert (sent["x-edition"], sent["authorization"]) == ("eu", "Bearer s3cret")


def test_a_missing_secret_fails_the_feed_unasked(server: HostileServer, monkeypatch: pytest.MonkeyPatch):
    """Without its password it would only be refused; the letter names the variable."""
    monkeypatch.delenv("FEED_TOKEN", raising=False)

    got = polled(server.on("/feed", answer(RSS)), token=SecretRef("env", "FEED_TOKEN"))

    assert (got.run.outcome, got.run.reason) == ("failed", "secret_missing")
    assert "FEED_TOKEN" in got.errors[0].detail
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "headers", "known", "fresh"),
    [
        ("200 OK", {"cache_control": "max-age=900"}, 60, 900),
        ("200 OK", {}, 900, 0),
        ("304 Not Modified", {}, 900, 900),
        ("304 Not Modified", {"cache_control": "max-age=1800"}, 900, 1_800),
    ],
)
def test_how_long_an_answer_is_fresh_is_kept(server: HostileServer, status: str, headers, known: int, fresh: int):
    """As the server says with it; a 304 without a word changes nothing."""
    body = RSS if status[0] == "2" else b""
    url = server.on("/feed", answer(body, status=status, **headers))

    got = polled(url, FeedState(etag='"1"', fresh_for_s=known))

    assert got.run.fresh_for_s == fresh


def test_when_a_server_wants_to_be_asked_again_is_kept(server: HostileServer):
    """A Retry-After becomes a time."""
    got = polled(server.on("/feed", answer(status="503 Busy", retry_after="120")))

    assert got.run.retry_after_at is not None
    assert timedelta(0) < got.run.retry_after_at - got.run.started_at <= timedelta(seconds=125)


class TestIndex:
    """A sitemap index is one feed: its sitemaps' entries together."""

    NEWS = b"""<urlset><url><loc>http://news.example/%d</loc><news><publication><name>Elbe</name></publication>
    <publication_date>2026-11-24T%02d:00:00Z</publication_date><title>No. %d</title></news></url></urlset>"""
    INDEX = b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"

    def on_index(self, server: HostileServer) -> str:
        """The URL of an index with two sitemaps that are not there yet."""
        return server.on("/index.xml", answer(self.INDEX, etag='"1"'))

    def test_its_sitemaps_are_read(self, server: HostileServer):
        """Newest entries first; the bytes of all count, and no validator is kept, for the index alone says nothing."""
        first, second = (self.NEWS % (n, 8 + n, n) for n in (1, 2))
        server.on("/a.xml", answer(first))
        server.on("/b.xml", answer(gzip.compress(second)))

        got = polled(self.on_index(server), FeedState())

        assert [entry.title for entry in got.entries] == ["No. 2", "No. 1"]
        assert (got.run.outcome, got.run.entries, got.run.feed_title) == ("ok", 2, "Elbe")
        assert got.run.newest_entry_at == makers.NOW.replace(hour=10, minute=0)
        assert got.run.bytes == len(self.INDEX) + len(first) + len(gzip.compress(second))
        assert (got.run.etag, got.run.body_sha256, got.cpu_us) == ("", "", 21)

    def test_one_that_is_missing_is_one_error(self, server: HostileServer):
        """The others are listed all the same."""
        server.on("/b.xml", answer(self.NEWS % (1, 9, 1)))

        got = polled(self.on_index(server), FeedState())

        assert (got.run.outcome, got.run.entries) == ("ok", 1)
        assert [(e.reason, e.http_status) for e in got.errors] == [("http_404", 404)]
        assert "/a.xml" in got.errors[0].detail

    def test_without_any_the_feed_has_failed(self, server: HostileServer):
        """An index whose sitemaps are all gone gives nothing."""
        got = polled(self.on_index(server), FeedState())

        assert (got.run.outcome, got.run.reason) == ("failed", "http_404")

    def test_an_index_within_an_index_is_refused(self, server: HostileServer):
        """The standard allows none, and none is followed."""
        server.on("/a.xml", answer(self.INDEX))
        server.on("/b.xml", answer(self.NEWS % (1, 9, 1)))

        got = polled(self.on_index(server), FeedState())

        assert [e.reason for e in got.errors] == ["not_a_feed"]

    def test_an_index_of_old_sitemaps_lists_nothing(self, server: HostileServer):
        """It is a feed without entries, not a failure."""
        old = self.INDEX.replace(b"</loc>", b"</loc><lastmod>2020-01-01</lastmod>")

        got = polled(server.on("/index.xml", answer(old)), FeedState())

        assert (got.run.outcome, got.run.entries, len(server.requests)) == ("ok", 0, 1)

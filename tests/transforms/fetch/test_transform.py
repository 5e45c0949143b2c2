"""FetchFeeds and FetchPages over a tiny site: every output, letter and tally."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bench.hostile import HostileServer, answer, redirect, reset
from schemas.feed import Feed, FeedState, Poll
from tests import makers
from tests.transforms.collect import counts, outputs_of
from transforms.dead_letters import from_payload
from transforms.fetch.loop import close_loops, loop_of
from transforms.fetch.settings import FetchSettings
from transforms.fetch.transform import FetchFeeds, FetchPages
from transforms.sandbox import SandboxSettings, close_sandboxes

SANDBOX = SandboxSettings(processes=1, preload=())
RSS = b"""<rss version="2.0"><channel><title>Example News</title>
<item><title>One</title><link>/1</link></item><item><title>Two</title><link>/2</link></item>
<item><title>No link</title></item></channel></rss>"""


@pytest.fixture(autouse=True)
def _end() -> Iterator[None]:
    """Leave no loop and no process behind."""
    yield
    close_loops()
    close_sandboxes()


def poll(url: str, **state) -> Poll:
    """A poll of a feed with this URL and known state."""
    return Poll(Feed(url), FeedState(**state), makers.SLOT)


def test_feeds_become_entries_runs_letters_and_tallies(server: HostileServer, settings: FetchSettings):
    """One run a feed whatever comes of it, one letter for each that failed, and the tallies agree."""
    server.on("/feed", answer(RSS))
    server.on("/same", answer(status="304 Not Modified"))
    server.on("/gone", answer(status="410 Gone"))
    server.on("/page", answer(b"<!doctype html><html><title>x</title></html>"))
    server.on("/trap", redirect("http://user:hunter2@10.0.0.1/feed"))
    polls = [poll(server.url + path) for path in ("/feed", "/gone", "/page", "/trap")]

    got = outputs_of(FetchFeeds(settings, SANDBOX), [*polls, poll(server.url + "/same", etag='"e"')])

    assert sorted(one.title for one in got["entries"]) == ["No link", "One", "Two"]
    assert {run.feed_url.removeprefix(server.url): (run.outcome, run.reason) for run in got["feed_runs"]} == {
        "/feed": ("ok", ""),
        "/same": ("not_modified", ""),
        "/gone": ("gone", "http_410"),
        "/page": ("failed", "not_a_feed_html"),
        "/trap": ("failed", "userinfo_in_url"),
    }
    assert len(got["feed_runs"]) == 5
    assert sorted((letter.feed_url.removeprefix(server.url), letter.reason) for letter in got["dead"]) == [
        ("/gone", "http_410"),
        ("/page", "not_a_feed_html"),
        ("/trap", "userinfo_in_url"),
    ]
    assert {(letter.stage, letter.article_id, letter.final, letter.payload) for letter in got["dead"]} == {
        ("fetch", None, True, "")
    }
    assert counts(got["tallies"]) == {
        "entries": 3,
        "feeds_ok": 1,
        "feeds_not_modified": 1,
        "feeds_gone": 1,
        "feeds_failed": 2,
    }
    assert "hunter2" not in repr(got)


def test_entries_become_pages_or_letters(server: HostileServer, settings: FetchSettings):
    """Each entry ends as one page or one letter, from which it can be tried again."""
    server.on("/ok", answer(b"<p>x"))
    server.on("/reset", reset())
    now = datetime.now(timezone.utc)
    entries = [makers.entry(server.url + path, first_seen_at=now) for path in ("/ok", "/missing", "/reset")]
    entries.append(makers.entry(server.url + "/missing2", content_html="<p>All of it."))

    got = outputs_of(FetchPages(settings), entries)

    assert sorted((page.entry.url.removeprefix(server.url), page.html) for page in got["pages"]) == [
        ("/missing2", None),
        ("/ok", b"<p>x"),
    ]
    letters = {letter.url.removeprefix(server.url): letter for letter in got["dead"]}
    assert {path: (one.reason, one.http_status, one.final) for path, one in letters.items()} == {
        "/missing": ("http_404", 404, True),
        "/reset": ("connect_error", 0, False),
    }
    assert from_payload(letters["/reset"].payload) == entries[2]
    assert (len(got["dead"]), counts(got["tallies"])) == (2, {"pages": 2, "retries": 2})


def test_what_is_left_has_one_letter(server: HostileServer, settings: FetchSettings):
    """A new entry left at the deadline gets a letter to be tried again from; one that came from such a letter is only
    counted, and so is a feed."""
    late = replace(settings, deadline=1.0)  # the makers' slot is long over
    new, again = (makers.entry(server.url + path, retried=path == "/again") for path in ("/new", "/again"))

    got = outputs_of(FetchPages(late), [new, again])
    polled = outputs_of(FetchFeeds(late, SANDBOX), [poll(server.url + "/feed")])

    assert [(letter.url, letter.reason, letter.attempt) for letter in got["dead"]] == [(new.url, "over_deadline", 0)]
    assert counts(got["tallies"]) == {"left": 1}
    assert (polled["feed_runs"], polled["dead"], counts(polled["tallies"])) == ([], [], {"polls_left": 1})
    assert server.requests == []


def test_a_bug_fails_the_run_and_leaves_the_gate_open(
    server: HostileServer, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
):
    """An error that is not declared becomes no letter; what its bundle left behind does not fill the loop's room."""
    monkeypatch.setattr("transforms.fetch.loop._ROOM", 4)
    entries = [makers.entry(server.on(f"/{n}", answer(b"<p>x"))) for n in range(12)]
    entries.append(replace(entries[0], url=None))  # type: ignore[arg-type]
    monkeypatch.setattr("transforms.fetch.transform._entry_host", lambda _entry: "one")

    with pytest.raises(Exception, match="NoneType"):
        outputs_of(FetchPages(settings), entries)

    got = loop_of(settings).submit(lambda client: client.get(entries[0].url, max_bytes=9))
    assert got.result(timeout=2).body == b"<p>x"


def test_the_limit_per_host_holds_for_feeds_and_pages_together(server: HostileServer, settings: FetchSettings):
    """Both go through one loop: two requests at a time, however many entries there are."""
    urls = [server.on(f"/{n}", answer(b"<p>x")) for n in range(20)]

    outputs_of(FetchPages(settings), [makers.entry(url) for url in urls])

    assert server.connections == 21  # one of them for robots.txt
    assert server.peak <= 2

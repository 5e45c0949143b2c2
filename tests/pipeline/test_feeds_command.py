"""`dateline feeds`: what it says of feeds that work and of those that do not."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import tomllib

from bench.hostile import HostileServer, answer, redirect
from pipeline.cli import main
from schemas.dead_letter import REASONS
from tests.makers import NEXT_SLOT, NOW, SLOT
from tests.transforms.write.records import commit_files, feed_run, staged
from transforms import clock
from transforms.fetch.check import _WAYS_OUT
from transforms.write.rows import to_row

NETWORK = ("--allow_private_hosts", "127.0.0.1", "--host_delay", "0")


def rss(*items: str, title: str = "Elbe Courier") -> bytes:
    """A feed with these items, each with a GUID and today's date."""
    today = clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
    made = (f"<item><guid>g-{n}</guid><pubDate>{today}</pubDate>{item}</item>" for n, item in enumerate(items))
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(made)}</channel></rss>".encode()


GOOD = rss("<title>One</title><link>/1</link>", "<title>Two</title><link>/2</link>")


@pytest.fixture
def server():
    """A server on an allowed address."""
    with HostileServer() as running:
        yield running


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    """Exit code and what was printed, blanks folded."""
    code = main(["feeds", *argv])
    return code, " ".join(capsys.readouterr().out.split())


class TestCheck:
    def check(self, capsys: pytest.CaptureFixture[str], tmp_path: Path, *lines: str) -> tuple[int, str]:
        """Check a TOML list."""
        path = tmp_path / "feeds.toml"
        path.write_text("\n".join(lines), "utf-8")
        return run(capsys, "check", str(path), *NETWORK)

    def test_a_good_list_is_all_right(self, capsys: pytest.CaptureFixture[str], tmp_path: Path, server: HostileServer):
        """A feed with its name, its entries, its newest date."""
        code, said = self.check(capsys, tmp_path, "[[feeds]]", f'url = "{server.on("/feed", answer(GOOD))}"')

        assert code == 0
        assert f"ok {server.url}/feed Elbe Courier, 2 entries, newest {clock.now():%Y-%m-%d}" in said
        assert said.endswith("1 feeds, 0 with something wrong")

    @pytest.mark.parametrize(
        "answered",
        [
            (b"", "404 Not Found", "not found (status 404); look for its new address with dateline feeds discover"),
            (b"", "410 Gone", "gone for good (status 410); take it off the list"),
            (b"", "403 No", "the server refuses (status 401, 402, 403 or 451); it may want a --contact"),
            (b"%PDF-1.4", "200 OK", "the answer is no RSS, Atom, RDF or JSON feed"),
            (
                b"<html><link rel=alternate type=application/rss+xml href=/news.rss>",
                "200 OK",
                "the page names the feed {url}/news.rss",
            ),
            (rss(), "200 OK", "it lists no entry"),
            (rss("<title>One</title>", "<link>/2</link>"), "200 OK", "1 of 2 entries: the entry has no link (no_link)"),
        ],
        ids=["404", "410", "403", "pdf", "page", "empty", "no link"],
    )
    def test_what_is_wrong_is_said_with_the_way_out(
        self,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        server: HostileServer,
        answered: tuple[bytes, str, str],
    ):
        """One feed of a list that is wrong makes the command fail, and says why."""
        body, status, said = answered
        feed = server.on("/feed", answer(body, status=status))

        code, printed = self.check(capsys, tmp_path, "[[feeds]]", f'url = "{feed}"')

        assert code == 1
        assert f"wrong {feed}" in printed
        assert said.format(url=server.url) in printed

    def test_what_is_worth_knowing_is_said(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, server: HostileServer
    ):
        """A move for good, full text, old news: nothing is wrong with the feed."""
        text = f"<description>{'The leaders met. ' * 200}</description>"
        old = GOOD.replace(clock.now().strftime("%Y").encode() + b" ", b"2020 ").replace(
            b"</link>", b"</link>" + text.encode()
        )
        server.on("/feed", answer(old))
        moved = server.on("/old", redirect("/feed", "301 Moved"))

        code, said = self.check(capsys, tmp_path, "[[feeds]]", f'url = "{moved}"')

        assert code == 0
        assert f"it has moved for good to {server.url}/feed: list that" in said
        assert "nothing new since 2020-" in said
        assert "full_text = true saves fetching the pages" in said

    def test_pages_that_may_not_be_fetched_are_found_out(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, server: HostileServer
    ):
        """A feed whose articles robots.txt disallows would give dead letters only."""
        server.on("/robots.txt", answer(b"User-agent: *\nDisallow: /1"))

        code, said = self.check(capsys, tmp_path, "[[feeds]]", f'url = "{server.on("/feed", answer(GOOD))}"')

        assert (code, "the site's robots.txt disallows the page" in said) == (1, True)

    def test_a_missing_secret_is_named(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """The variable, not what it might hold."""
        monkeypatch.delenv("ELBE_TOKEN", raising=False)

        code, said = self.check(capsys, tmp_path, "[[feeds]]", 'url = "http://e.example/"', 'token_env = "ELBE_TOKEN"')

        assert (code, "environment variable ELBE_TOKEN" in said) == (1, True)

    def test_ways_out_are_of_known_reasons(self):
        """A misspelt word would never be said."""
        assert _WAYS_OUT.keys() <= REASONS.keys()


class TestDiscover:
    def test_feeds_come_as_lines_of_a_list(self, capsys: pytest.CaptureFixture[str], server: HostileServer):
        """Those that work, with their titles, as TOML; one that does not is left out."""
        page = b"<link rel=alternate type=application/rss+xml href=/news.rss><a href=/sport/feed>Sport</a>"
        server.on("/", answer(page))
        server.on("/news.rss", answer(rss("<title>One</title><link>/1</link>", title='The "Elbe" Courier')))

        code = main(["feeds", "discover", server.url + "/", *NETWORK])

        printed = capsys.readouterr().out
        assert code == 0
        assert tomllib.loads(printed) == {"feeds": [{"url": server.url + "/news.rss", "title": 'The "Elbe" Courier'}]}

    def test_a_site_without_feeds_is_said_to_have_none(self, capsys: pytest.CaptureFixture[str], server: HostileServer):
        """After the usual places were tried, too."""
        server.on("/", answer(b"<p>Welcome"))

        code, said = run(capsys, "discover", server.url + "/", *NETWORK)

        assert (code, "no feed found" in said) == (1, True)
        assert server.asked("/feed.xml") == 1


class TestStatus:
    @pytest.fixture
    def output(self, tmp_path: Path) -> Path:
        """One feed that works and one that has failed since."""
        runs = [
            feed_run(next_poll_at=NOW + timedelta(hours=1), retry_after_at=None),
            feed_run(feed_url="http://ill.example/", feed_title="Ill", started_at=NOW),
        ]
        later = feed_run(
            feed_url="http://ill.example/",
            feed_title="Ill",
            run_id=NEXT_SLOT.run_id,
            started_at=NOW + timedelta(hours=1),
            outcome="failed",
            reason="timeout",
            http_status=0,
            consecutive_failures=1,
        )
        commit_files(tmp_path / "out", SLOT.run_id, staged(tmp_path / "out", [to_row(one, NOW) for one in runs]))
        commit_files(tmp_path / "out", NEXT_SLOT.run_id, staged(tmp_path / "out", [to_row(later, NOW)]))
        return tmp_path / "out"

    def test_every_feed_is_a_line(self, capsys: pytest.CaptureFixture[str], output: Path, monkeypatch):
        """State, last success, next poll, yield, validators; the worst first."""
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=30))
        monkeypatch.setenv("COLUMNS", "200")

        code, said = run(capsys, "status", "--output", str(output))

        assert code == 0
        assert said.index("http://ill.example/") < said.index("http://news.example/feed.xml")
        for words in ("failed: timeout, 1 in a row", "30m ago", "in 30m", "2.0", "ETag", "hash"):
            assert words in said

    def test_a_list_chooses_and_adds(self, capsys: pytest.CaptureFixture[str], output: Path, tmp_path: Path):
        """Only feeds of the list, also those never polled; as JSON for programs."""
        (tmp_path / "feeds.txt").write_text("http://ill.example/\nhttp://new.example/\n")

        main(["feeds", "status", "--output", str(output), "--feeds", str(tmp_path / "feeds.txt"), "--json"])

        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [(row["feed_url"], row["outcome"], row["polls"]) for row in rows] == [
            ("http://ill.example/", "failed", 2),
            ("http://new.example/", None, None),
        ]

    def test_a_folder_that_is_no_output_is_named(self, capsys: pytest.CaptureFixture[str], tmp_path: Path):
        """One line says so."""
        assert main(["feeds", "status", "--output", str(tmp_path)]) == 2
        assert "is no output of dateline run" in capsys.readouterr().err

"""The demo as a golden test: a real run over the bundled site, and every row that it must give.

Articles are named by outlet and path, because the site's ports differ from run to run.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

from pipeline.demo.site import DemoSite
from pipeline.options import parse_config
from pipeline.run import RunResult, run_once
from queries import connect
from tests.makers import OWN_SITE
from transforms.fetch.loop import close_loops
from transforms.sandbox import close_sandboxes

pytestmark = pytest.mark.slow

SUMMIT = [
    ("/world/envoys-to-return-after-geneva-summit.html", 0),
    ("/world/what-biden-and-putin-agreed.html", 12 * 60),
    ("/world/geneva-handshake-opens-nuclear-dialogue.html", 56 * 60),
    ("/world/biden-putin-end-talks-without-trust.html", 95 * 60),
    ("/world/lakeside-watches-geneva.html", 261 * 60),
    ("/world/no-hostility-says-putin.html", 539 * 60),
]

LANGUAGES = [("de", 9), ("en", 33), ("es", 10), ("fr", 6), ("ja", 1), ("pt", 1)]


class Demo:
    """The site, an output, and what three runs over it gave."""

    def __init__(self, site: DemoSite, folder: Path) -> None:
        feeds, self.output = folder / "feeds.opml", folder / "data"
        site.write_feed_list(feeds)
        self.config = parse_config(["--feeds", str(feeds), "--output", str(self.output), *OWN_SITE])
        self.names = {url: name for name, url in site.addresses.items()}
        self.first = run_once(self.config)
        self.second = run_once(self.config)
        site.publish_edition(2)
        self.third = run_once(self.config)
        self.database = connect(self.output)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query gives."""
        return self.database.execute(query).fetchall()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Three runs: everything new, nothing new, one article edited."""
    with DemoSite() as site:
        yield Demo(site, tmp_path_factory.mktemp("demo"))
    close_sandboxes()
    close_loops()


def path(url: object) -> str:
    """A URL without scheme, host and query."""
    return urlsplit(str(url)).path


def balance(result: RunResult) -> dict[str, int]:
    """How a run's entries ended, where any did."""
    assert result.imbalance == ""
    return {word: count for word, count in result.record["balance"]["out"].items() if count}


class TestFirstRun:
    def test_every_entry_ends_somewhere(self, demo: Demo):
        """68 entries listed end as 53 stories, 7 reprints, 7 dead letters and one seen twice."""
        assert demo.first.record["balance"]["in"] == {"listed": 68, "tried_again": 0}
        assert balance(demo.first) == {"articles": 53, "reprints": 7, "dead_letters": 7, "seen": 1}

    def test_the_agency_story_is_one_cluster(self, demo: Demo):
        """Six outlets ran the summit story under six titles; each is found, with its delay behind the first."""
        rows = demo.rows(
            """SELECT url, epoch(delay)::INT FROM stories WHERE cluster_id =
               (SELECT cluster_id FROM clusters ORDER BY copies DESC LIMIT 1) ORDER BY place"""
        )

        assert [(Path(path(url)).stem, seconds) for url, seconds in rows] == [
            (Path(name).stem, seconds) for name, seconds in SUMMIT
        ]

    def test_no_other_texts_are_merged(self, demo: Demo):
        """Beside it only the EFE and the dpa story are clusters, of two each; reports and notes stand alone."""
        rows = demo.rows(
            "SELECT copies, agencies, first_outlet FROM clusters WHERE copies > 1 ORDER BY copies DESC, first_outlet"
        )

        assert rows == [
            (6, ["afp"], "The Harbour Tribune"),
            (2, ["efe"], "El Faro del Sur"),
            (2, ["dpa"], "Elbufer Kurier"),
        ]

    def test_lags_are_in_the_rows(self, demo: Demo):
        """A reprint's own row says how far it is behind the canonical, and of what kind it is."""
        rows = demo.rows("SELECT reprint_lag_seconds, duplicate_kind FROM reprints ORDER BY reprint_lag_seconds")

        assert [lag for lag, _ in rows] == sorted([85 * 60, 105 * 60, *(seconds for _, seconds in SUMMIT[1:])])
        assert {kind for _, kind in rows} == {"copy"}

    def test_rejects_have_their_reasons(self, demo: Demo):
        """Every broken thing of the site is one dead letter with its reason."""
        rows = demo.rows(
            f"SELECT stage, reason, url, article_id IS NULL FROM dead_letters WHERE run_id = '{demo.first.run_id}'"
        )
        found = sorted((str(stage), str(reason), path(url), bool(feed)) for stage, reason, url, feed in rows)

        assert found == sorted(
            [
                ("fetch", "http_404", "/weekend.xml", True),
                ("fetch", "not_a_feed_html", "/latest", True),
                ("fetch", "dtd_entities", "/archive.xml", True),
                ("fetch", "http_404", "/local/lighthouse-fire-live.html", False),
                ("fetch", "not_html", "/news/council-budget-papers.html", False),
                ("extract", "soft_404", "/news/summer-fair-programme.html", False),
                ("extract", "consent_page", "/travel/coast-guide-for-subscribers.html", False),
                ("extract", "blocked_page", "/world/interactive-map-of-the-talks.html", False),
                ("fetch", "no_link", "", False),
                ("fetch", "bad_scheme", "openQuiz(18)", False),
            ]
        )

    def test_dates_say_where_they_come_from(self, demo: Demo):
        """All dates are the feeds' but two: one read from the page for an impossible one, one not to be had."""
        rows = demo.rows(
            """SELECT url, published_source, published_flags, strftime(published_at, '%Y-%m-%dT%H:%M')
               FROM texts WHERE published_source <> 'feed' ORDER BY published_source DESC"""
        )
        (by_election, museum) = rows

        assert (path(by_election[0]), by_election[1:]) == (
            "/politics/valley-by-election-upset.html",
            ("jsonld", ["date_invalid"], "2021-06-18T04:27"),
        )
        assert (path(museum[0]), museum[1:3]) == (
            "/culture/museum-of-small-things-reopens.html",
            ("first_seen", ["date_missing"]),
        )

    def test_languages_are_told(self, demo: Demo):
        """Each text's language is detected."""
        rows = demo.rows("SELECT language, count(*) FROM texts GROUP BY language ORDER BY language")

        assert rows == LANGUAGES

    def test_the_feeds_text_stands_in_for_a_lost_page(self, demo: Demo):
        """The one page that is gone is read from its feed, and the row says so."""
        rows = demo.rows("SELECT url, http_status FROM texts WHERE extractor = 'feed'")

        assert [(path(url), status) for url, status in rows] == [("/economie/les-saisonniers-se-font-rares.html", 404)]

    def test_an_article_of_two_feeds_is_one(self, demo: Demo):
        """A URL that another outlet lists with tracking parameters is one article, of the outlet that it belongs to."""
        rows = demo.rows("SELECT source_name FROM texts WHERE url LIKE '%eu-ministers-widen-belarus-sanctions%'")

        assert rows == [("The Harbour Tribune",)]

    def test_topics_are_found(self, demo: Demo):
        """The summit, sanctions and cyber-attacks are tagged, counted in stories and not in copies."""
        stories = dict(demo.rows("SELECT topic, stories FROM topics"))

        assert (stories["summit"], stories["sanctions"], stories["cybersecurity"]) == (8, 5, 9)

    def test_topics_show_their_evidence(self, demo: Demo):
        """Where a tag rests on the bare word summit, that word stands at the place that is given."""
        rows = demo.rows(
            """SELECT title, body_text, t.term.field, t.term.start FROM
               (SELECT title, body_text, unnest(topic.terms) AS term FROM
                (SELECT title, body_text, unnest(topics) AS topic FROM texts WHERE language = 'en')) t
               WHERE t.term.term = 'summit+'"""
        )

        assert len(rows) > 5
        for title, body, field, start in rows:
            text = str(title if field == "title" else body)
            assert text[int(str(start)) :][:6].lower() == "summit"


class TestLaterRuns:
    def test_the_second_run_publishes_nothing_new(self, demo: Demo):
        """Nothing new is found, only the three broken feeds fail again."""
        rows = {name: count for name, count in demo.second.record["rows"].items() if count}

        assert balance(demo.second) == {}
        assert rows == {"feed_runs": 15, "dead_letters": 3}
        assert demo.second.record["stages"]["fetch"]["feeds_not_modified"] == 12

    def test_the_edit_becomes_a_revision(self, demo: Demo):
        """The edited article is one row of revisions under the same id; its neighbours in the feed are seen already."""
        rows = demo.rows(
            """SELECT r.revision_no, r.title <> a.title, r.body_text <> a.body_text, r.first_seen_at = a.first_seen_at
               FROM revisions r JOIN articles a USING (article_id)"""
        )

        assert balance(demo.third) == {"revisions": 1, "seen": 5}
        assert rows == [(2, True, True, True)]

    def test_a_run_after_the_edit_finds_nothing(self, demo: Demo):
        """The edit is known: a fourth run has nothing to fetch."""
        result = run_once(demo.config)

        assert balance(result) == {}


def test_views_open_for_any_reader(demo: Demo):
    """The published files are plain Parquet with the date in the path."""
    pattern = f"{demo.output}/articles/date=*/*.parquet"

    assert duckdb.sql(f"SELECT count(*), min(date)::VARCHAR FROM '{pattern}'").fetchall() == [(53, "2021-06-14")]

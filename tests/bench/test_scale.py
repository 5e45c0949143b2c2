"""bench.scale measures slots and histories; its figures are sane, and its checks can fail."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench import scale
from bench.scale_articles import stories_of, text_of
from bench.scale_child import in_child, measured_call
from bench.scale_fill import NOW, History, fill
from bench.scale_history import Asked, ask, questions
from bench.scale_noted import NotingStore
from bench.scale_slots import REST, SERIAL, SPREAD, run_slot
from bench.scale_stand_ins import Load
from bench.scale_watch import Step, Stopwatch
from transforms.published import columns_of, published_files

ROWS, SIZES, FEEDS = 5_000, (0, 20, 200), 100


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small history."""
    root = tmp_path_factory.mktemp("history")
    fill(root, History(ROWS, days=10, feeds=FEEDS))
    return root


def asked(history: Path, beginning: str) -> Asked:
    """The one question that begins so."""
    names = [name for name in questions(SIZES, FEEDS) if name.startswith(beginning)]
    return ask(str(history), names[-1], SIZES, FEEDS)


class TestArticles:
    def test_texts_are_the_same_for_the_same_seed(self):
        """Another process, another day: the same article."""
        assert text_of(7, 300, 1) == in_child(text_of, 7, 300, 1)
        assert text_of(7, 300, 1) != text_of(7, 300, 2)

    def test_a_third_is_of_stories_that_several_run(self):
        """Stories of one outlet are two thirds; of the others each has its copies."""
        copies = Counter(story for story, _ in stories_of(3_000, 1))

        shared = sum(n for n in copies.values() if n > 1)
        assert 0.3 < shared / 3_000 < 0.36


class TestSlots:
    def test_a_slot_is_published_and_its_time_is_told_apart(self, tmp_path: Path):
        """Every step of the table took some time, the rows are there, copies were found."""
        cost = run_slot(Load(200, output=str(tmp_path / "news")), str(tmp_path))

        assert cost.articles == 196
        assert cost.rows["articles"] + cost.rows["reprints"] == 196
        assert 20 < cost.rows["reprints"] < 66
        assert (cost.rows["feed_runs"], cost.rows["dead_letters"]) == (200, 4)
        assert {*SERIAL, *SPREAD, REST} == cost.cpu.keys()
        assert all(seconds > 0 for seconds in cost.cpu.values())
        assert sum(cost.cpu.values()) == pytest.approx(cost.cpu_s)
        assert 0 < cost.serial_s < cost.wall_s
        assert set(cost.tallies) == {"history", "dedup", "tag", "write"}

    @pytest.mark.slow  # a whole run
    def test_what_feeds_list_again_is_seen(self, tmp_path: Path):
        """With entries that are published already, a feed brings no more articles."""
        fill(tmp_path / "news", History(300, days=2, feeds=10, feed_days=1))

        cost = run_slot(Load(10, listed=5, output=str(tmp_path / "news")), str(tmp_path))

        assert cost.articles == 10

    @pytest.mark.slow  # four processes, each of which loads Beam
    def test_the_table_compares_with_the_smallest_size(self, tmp_path: Path):
        """Growth is a ratio, and the figures are written."""
        file = tmp_path / "figures.json"

        assert scale.main(["slots", "--sizes", "20,100", "--json", str(file)]) == 0

        figures = json.loads(file.read_text("utf-8"))
        assert [slot["articles"] for slot in figures["slots"]] == [20, 98]
        assert figures["extract_ms"] > 0

    def test_own_time_is_without_that_of_others(self):
        """What a watched function spends in another one is the other's."""
        watch = Stopwatch()
        inner = watch.timed("inner", lambda: sum(range(2_000_000)))

        watch.timed("outer", inner)()

        assert watch.cpu["outer"] < watch.cpu["inner"]
        assert watch.calls == {"inner": 1, "outer": 1}

    def test_functions_are_watched_only_meanwhile(self):
        """Afterwards the pipeline is as it was."""
        watch = Stopwatch()
        with watch.on((Step("bench.scale_articles.text_of", "texts"),)):
            scale_text_of = __import__("bench.scale_articles", fromlist=["text_of"]).text_of
            scale_text_of(1, 30, 1)

        text_of(1, 30, 1)
        assert watch.calls == {"texts": 1}


class TestHistory:
    @pytest.mark.parametrize(
        ("question", "found"),
        [
            ("find_known", SIZES[-1] // 2),
            ("find_failures", SIZES[-1] // 2),
            ("plan_polls", FEEDS + 1),
            ("load_stops", 10 * 96 * 20),
        ],
    )
    def test_answers_are_right_and_no_text_is_read(self, history: Path, question: str, found: int):
        """Half of the ids are known, all feeds are due; no more than the bound was read for it."""
        one = asked(history, question)

        assert one.found == found
        assert one.spent.wall_s > 0
        assert one.distinct_bytes > 0
        assert one.faults(sum(file.stat().st_size for file in history.rglob("*.parquet"))) == []

    def test_copies_of_published_articles_are_found(self, history: Path):
        """A tenth of the new articles have the sketch of a published one."""
        assert asked(history, "find_partners, 200").found == 20

    def test_failures_that_are_due_are_found(self, history: Path):
        """Some letters of the last days are not final."""
        assert asked(history, "find_retries").found > 0

    def test_a_text_that_is_read_is_a_fault(self, history: Path):
        """The store sees which columns are read, and a body is not to be among them."""
        store = NotingStore(history)
        file = published_files(store, "articles")[0]
        columns_of(store, file, ["article_id", "body_text"])

        columns = dict(store.read_by_column())
        assert columns["body_text"] > 150 * columns_of(store, file, ["run_id"]).num_rows
        assert {"article_id", "footers"} < columns.keys()
        _, spent = measured_call(lambda: None)
        assert Asked("all", 0, spent, columns, store.distinct_bytes).faults(10**9) == ["all: body_text was read"]

    def test_reading_nearly_everything_is_a_fault(self):
        """More than half of the bytes are too many."""
        _, spent = measured_call(lambda: None)

        assert Asked("much", 0, spent, {}, 51).faults(100) == ["much: 51 of 100 bytes were read"]

    @pytest.mark.slow  # two histories
    def test_the_exit_code_tells(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        """0 where nothing is wrong, 1 where a question read more than it may."""
        monkeypatch.setattr(scale, "in_child", lambda function, *args: function(*args))
        command = ["history", "--rows", "14000", "--ids", "0,10", "--days", "14", "--feeds", "10"]

        assert scale.main([*command, "--json", str(tmp_path / "figures.json")]) == 0
        monkeypatch.setattr("bench.scale_history.MOST", 0.001)
        assert scale.main(command) == 1
        assert json.loads((tmp_path / "figures.json").read_text("utf-8"))["faults"] == []


def test_the_history_ends_where_the_slot_begins(history: Path):
    """No run of it is later."""
    store = NotingStore(history)
    newest = max(file.run_id for dataset in ("articles", "feed_runs") for file in published_files(store, dataset))

    assert newest.startswith(f"{NOW:%Y%m%dT%H%M%SZ}")

"""Marking as a Beam transform: one run and several, small blocks and large, give the same clusters."""

import random
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from bench.dedup import untagged
from queries import connect
from schemas.article import Article
from schemas.slot import Slot
from tests.makers import NOW, article, known, prose
from tests.transforms.dedup.texts import OTHER, STORY, cut
from transforms.dedup.step import sketch_article
from transforms.dedup.transform import MarkNearDuplicates
from transforms.layout import new_run_id
from transforms.write.transform import PublishRun

TEXTS = {
    "story": STORY,
    "half": cut(STORY, 0.5),
    "longer": f"{STORY} {prose(40, 10)}",
    "other": OTHER,
    "other-cut": cut(OTHER, 0.6),
    "digest": f"{cut(STORY, 0.3)} {prose(41, 4)} {cut(OTHER, 0.3)} {prose(42, 30)}",
    "alone": prose(43, 30),
    **{f"note{n}": f"{prose(50 + n, 16)} {prose(44, 5)}" for n in range(14)},
}
EXPECTED = {frozenset({"story", "half", "longer"}), frozenset({"other", "other-cut"})}


def slots(count: int) -> list[Slot]:
    """Slots an hour apart."""
    starts = [NOW + n * timedelta(hours=1) for n in range(count)]
    return [Slot(new_run_id(start), start) for start in starts]


def publish(output: Path, slot: Slot, articles: list[Article], block: int) -> None:
    """Mark and publish articles in one run."""
    with beam.Pipeline(options=PipelineOptions(["--runner=FnApiRunner"])) as pipeline:
        started = pipeline | "Slot" >> beam.Create([slot])
        made = pipeline | beam.Create(articles) | beam.Map(untagged)
        marked = (started, made) | MarkNearDuplicates(str(output), block=block)
        _ = (started, (marked.marked,), marked.tallies, marked.documents) | PublishRun(str(output))


def clusters(output: Path) -> set[frozenset[str]]:
    """The clusters of more than one article, by the names of their texts."""
    found = defaultdict(set)
    for cluster, url in connect(output).execute("SELECT cluster_id, url FROM texts").fetchall():
        found[cluster].add(url.rpartition("/")[2])
    return {frozenset(members) for members in found.values() if len(members) > 1}


@pytest.mark.parametrize(
    ("runs", "block", "seed"),
    [
        (1, 100, 0),
        (1, 3, 1),
        pytest.param(3, 100, 2, marks=pytest.mark.slow),
        pytest.param(3, 4, 3, marks=pytest.mark.slow),
    ],
)
def test_runs_blocks_and_order_do_not_matter(tmp_path: Path, runs: int, block: int, seed: int):
    """However the articles come, the same ones are copies of each other."""
    names = list(TEXTS)
    random.Random(seed).shuffle(names)
    size = -(-len(names) // runs)
    for number, slot in enumerate(slots(runs)):
        batch = names[number * size : (number + 1) * size]
        publish(tmp_path, slot, [article(TEXTS[name], f"http://news.example/{name}", slot) for name in batch], block)

    assert clusters(tmp_path) == EXPECTED


def test_a_later_copy_is_a_reprint_of_the_published_one(tmp_path: Path):
    """Across runs a copy points at the canonical that is already published, and says how late it is."""
    first, second = slots(2)
    publish(tmp_path, first, [article(cut(STORY, 0.7), "http://a.example/1", first)], 10)
    publish(tmp_path, second, [article(STORY, "http://b.example/1", second)], 10)

    rows = connect(tmp_path).execute("SELECT url, duplicate_kind, reprint_lag_seconds FROM reprints").fetchall()

    assert rows == [("http://b.example/1", "copy", 3600)]


def test_a_revision_keeps_its_cluster(tmp_path: Path):
    """An edited article is not compared anew: it stays where its first version is."""
    (slot,) = slots(1)
    row = known(cluster_id="c" * 32, duplicate_of="c" * 32, duplicate_kind="copy")
    publish(
        tmp_path,
        slot,
        [article(STORY, slot=slot, known=row, revision_no=2), article(cut(STORY, 0.5), "http://b.example/1", slot)],
        10,
    )

    rows = connect(tmp_path).execute("SELECT cluster_id, duplicate_of, revision_no FROM revisions").fetchall()

    assert rows == [("c" * 32, "c" * 32, 2)]
    assert clusters(tmp_path) == set()


def test_articles_out_of_the_window_are_no_partners(tmp_path: Path):
    """What was published more than seven days ago is another story's time."""
    old, new = slots(1)[0], Slot(new_run_id(NOW + timedelta(days=8)), NOW + timedelta(days=8))
    publish(tmp_path, old, [article(STORY, "http://a.example/1", old)], 10)
    publish(tmp_path, new, [article(STORY, "http://b.example/1", new)], 10)

    assert clusters(tmp_path) == set()


def test_credit_lines_are_no_part_of_a_sketch():
    """Two copies that differ in whom they credit only are one text, to the last byte of the sketch."""
    lines = STORY.split(". ")
    body = ".\n".join(lines)
    texts = (body, f"(AFP)\n{body}\nSource: AFP and EFE", f"{body}\nCon información de EFE")

    sketches = {sketch_article(article(text)).sketch for text in texts}

    assert len(sketches) == 1

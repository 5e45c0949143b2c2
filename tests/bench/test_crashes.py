"""The harness kills, finds nothing wrong with the redo log, and finds what is wrong with one that is broken."""

import json
from pathlib import Path

import pytest

from bench.crash_checks import KILLED, Figures, Place, check, ids_in
from bench.crash_writer import BATCH, DONE, Job, Writers, article_id
from bench.crashes import main
from transforms.published import published_files
from transforms.store.open import store_of


def played(tmp_path: Path, *options: str) -> dict[str, dict[str, int]]:
    """The figures of a run of the bench that found nothing wrong."""
    assert main([*options, "--json", str(tmp_path / "figures.json")]) == 0
    return json.loads((tmp_path / "figures.json").read_text("utf-8"))


def test_some_steps_of_a_run(tmp_path: Path):
    """Killed at some steps of a run, before its commit point and after it, nothing is lost or doubled."""
    figures = played(tmp_path, "--only", "every step of run", "--stride", "29")

    assert figures["every step of run"]["steps"] > 80
    assert figures["every step of run"]["kills"] > 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "options"),
    [
        ("folder", ["--stride", "13", "--kills", "30", "--writers", "6"]),
        ("gs", ["--stride", "83", "--kills", "4", "--writers", "5"]),
        ("s3", ["--stride", "83", "--kills", "4", "--writers", "5"]),
    ],
    ids=["folder", "gs", "s3"],
)
def test_all_scenarios(tmp_path: Path, store: str, options: list[str]):
    """In a folder and in buckets, whatever is killed where: no row is lost, doubled or unreadable to any reader."""
    figures = played(tmp_path, "--store", store, *options)

    for action in ("run", "compact", "vacuum", "recovery"):
        assert figures[f"every step of {action}"]["kills"] > 0, action
    assert figures["random kills"]["kills"] == int(options[3])
    assert figures["random kills"]["view_queries"] > 1
    assert figures["two writers"]["published"] > 0


@pytest.mark.slow
def test_a_doubled_row_is_found(tmp_path: Path):
    """A check that cannot fail proves nothing: a file that is copied under another name is seen by each of them."""
    with Writers() as writers:
        place = Place(str(tmp_path), writers, seed=1)
        output = place.fresh()
        assert place.do("run", output) == DONE
        store = store_of(output)
        file = published_files(store, "articles")[0]
        store.write(file.path.replace("-000", "-001"), store.read(file.path))
        figures = Figures()
        check(place, output, {article_id(0), "one that was there"}, figures)

    assert figures["doubled"] > 0
    assert figures["faults"] > 0
    assert figures["lost"] == 1


@pytest.mark.slow
def test_writers_die_at_their_step(tmp_path: Path):
    """A writer that is to die at its first step does; one without a step publishes a batch."""
    with Writers() as writers:
        output = str(tmp_path / "news")
        assert writers.do(Job("run", output, step=1)) == KILLED
        assert ids_in(output, Figures()) == set()
        assert writers.do(Job("run", output)) == DONE

    assert ids_in(output, Figures()) == {article_id(n) for n in range(BATCH)}

"""A snapshot has the files of whole runs, whatever is being published."""

import pytest

from tests.makers import NEXT_SLOT, SLOT
from tests.transforms.write.records import commit_files, rows_of, staged
from transforms import snapshot
from transforms.layout import done_path, manifest_path
from transforms.manifest import ABORTED, Manifest, read_manifest
from transforms.snapshot import RestlessError, State, read_state, take_snapshot
from transforms.store.base import Store

URLS = [f"http://news.example/{n}" for n in range(4)]


def shown(store: Store) -> list[str]:
    """The runs that a snapshot shows."""
    return sorted({file.run_id for files in take_snapshot(store).files.values() for file in files})


def publish(store: Store) -> None:
    """Two runs."""
    for slot, urls in ((SLOT, URLS[:2]), (NEXT_SLOT, URLS[2:])):
        commit_files(store, slot.run_id, staged(store, rows_of(urls, slot.run_id)))


def test_whole_runs_are_shown(store: Store):
    """What is done is shown; an output without anything is empty."""
    assert shown(store) == []
    publish(store)

    assert shown(store) == [SLOT.run_id, NEXT_SLOT.run_id]


@pytest.mark.parametrize("placed", [0, 1, 2])
def test_a_run_that_is_being_published_is_not_shown(store: Store, placed: int):
    """Until its done marker is there, no file of a run is shown, however many are in place."""
    publish(store)
    files = read_manifest(store, NEXT_SLOT.run_id).files
    store.delete([done_path(NEXT_SLOT.run_id), *(file.path for file in files[placed:])])

    assert shown(store) == [SLOT.run_id]
    assert take_snapshot(store).state.pending == (NEXT_SLOT.run_id,)


def test_a_run_that_was_ruled_out_hides_nothing(store: Store):
    """An aborted run has no files."""
    publish(store)
    aborted = Manifest("20261124T200000Z-00000000", kind=ABORTED)
    store.create(manifest_path(aborted.run_id), aborted.to_json())

    assert shown(store) == [SLOT.run_id, NEXT_SLOT.run_id]


def test_what_is_published_while_files_are_listed(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Where a run is published between two listings, all is listed anew: no part of a run is taken for the whole."""
    publish(store)
    listings = snapshot._published
    late = "20261124T210000Z-11111111"

    def publishing(store: Store, dataset: str) -> dict:
        found = listings(store, dataset)
        if dataset == "articles" and not store.exists(done_path(late)):
            commit_files(store, late, staged(store, rows_of(["http://news.example/9"], late)))
        return found

    monkeypatch.setattr(snapshot, "_published", publishing)

    assert late in shown(store)


def test_there_must_be_a_moment_of_quiet(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Where something is published at every look, that is said; nothing is guessed."""
    states = iter(range(1_000))
    monkeypatch.setattr(snapshot, "read_state", lambda _store: State((str(next(states)),), (str(next(states)),)))
    monkeypatch.setattr(snapshot, "read_manifest", lambda _store, run_id: Manifest(run_id))

    with pytest.raises(RestlessError, match="ask again"):
        take_snapshot(store)


def test_the_state_tells_of_news(store: Store):
    """Another state means that there is something new to see."""
    before = read_state(store)
    publish(store)

    assert read_state(store) != before
    assert read_state(store) == read_state(store) == take_snapshot(store).state

"""The redo log, in a folder and in buckets: whatever state a killed run left, recovery publishes all of it or nothing,
and overwrites nothing."""

import json
import shutil
from pathlib import Path

import pytest

from tests.makers import NEXT_SLOT, SLOT
from tests.transforms.write.records import commit_files, files_below, published, rows_of, staged
from transforms.layout import done_path, manifest_path, staging
from transforms.manifest import read_manifest
from transforms.store.base import Lease, LostFileError, LostLeaseError, Store, StoreError
from transforms.store.open import store_of
from transforms.write.commit import recover

RUN = SLOT.run_id
URLS = [f"http://news.example/{n}" for n in range(4)]
DOCUMENTS = {f"_meta/runs/{RUN}.json": {"rows": 4}, f"_meta/stop_anchors/{RUN}.json": ["00ff"]}


class Alone(Lease):
    """The lease of a writer who has no rivals, or took over from one."""

    def __init__(self, abandoned: str = "") -> None:
        self.abandoned = abandoned

    def works_on(self, run_id: str) -> None:
        """Nobody else wants to know."""


def publish(store: Store, run_id: str = RUN) -> None:
    """Stage and commit four articles of two dates."""
    commit_files(store, run_id, staged(store, rows_of(URLS, run_id)), DOCUMENTS)


def test_a_committed_run_is_published_whole(store: Store):
    """Files and documents are in place, the done marker says so, and nothing stays in staging."""
    publish(store)

    assert published(store) == URLS
    assert {path: json.loads(store.read(path)) for path in DOCUMENTS} == DOCUMENTS
    assert store.exists(done_path(RUN))
    assert store.files("_staging") == {}


def test_a_run_without_rows_is_published(store: Store):
    """A run that found nothing still leaves its record."""
    commit_files(store, RUN, [], DOCUMENTS)

    assert json.loads(store.read(f"_meta/runs/{RUN}.json")) == {"rows": 4}
    assert recover(store, Alone()) == []


def test_an_uncommitted_run_is_deleted(store: Store):
    """What no manifest names was never published, and is not kept."""
    staged(store, rows_of(URLS))

    assert recover(store, Alone()) == []
    assert published(store) == []
    assert store.files("_staging") == {}


def unpublish(store: Store, moved: int) -> None:
    """Put a published run back to where only its first `moved` files were in place."""
    for file in read_manifest(store, RUN).files[moved:]:
        store.write(file.staged, store.read(file.path))
        store.delete([file.path])
    store.delete([done_path(RUN)])


@pytest.mark.parametrize("moved", [0, 1, 2])
@pytest.mark.parametrize("documents", [True, False])
def test_a_committed_run_is_finished(store: Store, moved: int, documents: bool):
    """Wherever after the commit point a run was killed, recovery puts the rest in place, once."""
    publish(store)
    before = files_below(store)
    unpublish(store, moved)
    if not documents:
        store.delete_folder("_meta/runs")

    assert recover(store, Alone()) == [RUN]
    assert files_below(store) == before
    assert all(store.exists(path) for path in DOCUMENTS)
    assert recover(store, Alone()) == []


def test_recovery_takes_runs_in_turn_and_tidies_up(store: Store):
    """One committed run is finished, another's staging is deleted, and what people leave there goes with it."""
    publish(store)
    unpublish(store, 1)
    staged(store, rows_of(["http://news.example/9"], NEXT_SLOT.run_id))
    store.write("_staging/.DS_Store", b"left by a file manager")

    assert recover(store, Alone()) == [RUN]
    assert published(store) == URLS
    assert store.files("_staging") == {}


def test_a_run_that_was_given_up_is_ruled_out(store: Store):
    """A writer that was taken for dead and wakes up when its staging is gone publishes nothing, and is told so."""
    files = staged(store, rows_of(URLS))
    recover(store, Alone())
    with pytest.raises(LostLeaseError, match=f"run {RUN} was held up and taken for dead; nothing of it is published"):
        commit_files(store, RUN, files, DOCUMENTS)

    assert published(store) == []
    assert recover(store, Alone()) == []


def test_a_run_that_had_staged_nothing_is_ruled_out(store: Store):
    """Who takes over rules out the run that the last holder named, though nothing of it is to be seen yet."""
    recover(store, Alone(abandoned=RUN))
    with pytest.raises(LostLeaseError):
        publish(store)

    assert published(store) == []


def test_a_committed_run_cannot_be_ruled_out(store: Store):
    """The manifest decides: what is committed is published, whoever took over."""
    publish(store)
    unpublish(store, 0)

    assert recover(store, Alone(abandoned=RUN)) == [RUN]
    assert published(store) == URLS


def test_nothing_published_is_overwritten(store: Store):
    """A retry that staged other bytes under the same run changes no file that readers see."""
    publish(store)
    before = files_below(store)
    commit_files(store, RUN, staged(store, rows_of(URLS[::-1] * 2)), DOCUMENTS)

    assert files_below(store) == before
    assert store.files(staging(RUN)) == {}


def test_committing_twice_is_committing_once(store: Store):
    """The commit step may be tried again after it came to its end."""
    files = staged(store, rows_of(URLS))
    commit_files(store, RUN, files, DOCUMENTS)
    commit_files(store, RUN, files, DOCUMENTS)

    assert published(store) == URLS


def test_a_file_removed_by_hand_is_named(store: Store):
    """A manifest whose file is nowhere stops the run, and says which file and what to do."""
    publish(store)
    unpublish(store, 0)
    store.delete([next(iter(store.files("_staging")))])

    with pytest.raises(LostFileError, match=r"part-.*\.parquet: in a manifest, but neither staged nor published"):
        recover(store, Alone())


def test_published_files_may_be_removed_later(store: Store):
    """Who deletes old partitions of finished runs stops no later run."""
    publish(store)
    store.delete_folder("articles")

    assert recover(store, Alone()) == []


def test_a_manifest_of_the_first_version_is_understood(tmp_path: Path):
    """Version 0.1 named no staged path and no kind: such a run is finished all the same."""
    store = store_of(tmp_path)
    publish(store)
    unpublish(store, 0)
    manifest = json.loads(store.read(manifest_path(RUN)))
    for file in manifest["files"]:
        store.write(f"{staging(RUN)}/{file['path']}", store.read(file.pop("staged")))
    store.write(manifest_path(RUN), json.dumps({k: manifest[k] for k in ("run_id", "files", "documents")}).encode())

    assert recover(store, Alone()) == [RUN]
    assert published(store) == URLS


def test_a_disk_that_refuses_after_the_commit_point_loses_nothing(tmp_path: Path):
    """What cannot be put in place stays staged; once the way is free, recovery publishes it."""
    store = store_of(tmp_path)
    (tmp_path / "articles").write_text("in the way")
    with pytest.raises(StoreError, match="nothing is lost"):
        publish(store)
    with pytest.raises(StoreError):
        recover(store, Alone())
    (tmp_path / "articles").unlink()

    assert recover(store, Alone()) == [RUN]
    assert published(store) == URLS


def test_a_disk_that_refuses_the_manifest_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without a manifest nothing of a run is visible, and a later run begins afresh."""
    store = store_of(tmp_path)
    files = staged(store, rows_of(URLS))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space left on device"):
            commit_files(store, RUN, files, DOCUMENTS)

    assert published(store) == []
    assert recover(store, Alone()) == []
    publish(store, NEXT_SLOT.run_id)
    assert published(store) == URLS


def test_a_partition_removed_whole_is_not_in_the_way(tmp_path: Path):
    """A dataset's folder that somebody deleted is made again."""
    store = store_of(tmp_path)
    publish(store)
    shutil.rmtree(tmp_path / "articles")
    publish(store, NEXT_SLOT.run_id)

    assert published(store) == URLS

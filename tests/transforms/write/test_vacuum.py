"""Vacuum deletes what nobody needs, and nothing else."""

from datetime import date, timedelta

import pytest

from tests.makers import NEXT_SLOT, NOW, SLOT
from tests.transforms.write.records import commit_files, published, rows_of, staged
from tests.transforms.write.test_commit import Alone
from tests.transforms.write.test_compact import URLS, fill
from transforms.layout import manifest_path
from transforms.manifest import Manifest, ManifestError
from transforms.published import run_ids
from transforms.store.base import Store
from transforms.write.commit import recover
from transforms.write.compact import compact
from transforms.write.vacuum import find_orphans, vacuum
from transforms.write.verify import verify

LATER = NOW + timedelta(days=30)


def vacuumed(store: Store, **options: bool) -> list[str]:
    """Vacuum a month later: what went."""
    orphans = find_orphans(store, LATER, **options)
    vacuum(store, orphans)
    return [orphan.path for orphan in orphans]


def test_what_is_published_stays(store: Store):
    """Of an output where nothing went wrong nothing goes."""
    fill(store)

    assert vacuumed(store) == []
    assert published(store) == URLS


def test_unpublished_files_go(store: Store):
    """What was staged and given up is found, and gone afterwards."""
    files = staged(fill(store), rows_of(URLS[:1]))

    assert vacuumed(store) == [file.staged for file in files]
    assert store.files("_staging") == {}


def test_what_is_committed_is_not_given_up(store: Store):
    """Staged files of a run that was killed behind its commit point are published by the next writer: they stay."""
    files = staged(store, rows_of(URLS[:1]))
    store.create(manifest_path(SLOT.run_id), Manifest(SLOT.run_id, tuple(files)).to_json())

    assert find_orphans(store, LATER) == []
    assert recover(store, Alone()) == [SLOT.run_id]
    assert published(store) == URLS[:1]


def test_manifests_of_compacted_runs_go(store: Store):
    """A manifest whose files were all replaced says nothing; what replaced files of one that stays is kept with it."""
    fill(store)
    runs = run_ids(store, "_meta/manifests")
    with store.writing():
        list(compact(store, date.max, NOW))
    gone = vacuumed(store)

    assert set(gone) >= {manifest_path(run_id) for run_id in runs[:-1]}
    assert set(run_ids(store, "_meta/done")) == set(run_ids(store, "_meta/manifests"))
    assert published(store) == URLS
    assert verify(store).faults == []
    assert recover(store, Alone()) == []


def test_young_manifests_stay(store: Store):
    """For a week everything is kept: a run that was taken for dead must find that it was ruled out."""
    staged(store, rows_of(URLS[:1]))
    recover(store, Alone())
    commit_files(store, NEXT_SLOT.run_id, staged(store, rows_of(URLS[1:2], NEXT_SLOT.run_id)))

    assert find_orphans(store, NOW + timedelta(days=6)) == []
    assert vacuumed(store) == [manifest_path(SLOT.run_id), f"_meta/done/{SLOT.run_id}"]


def test_nothing_goes_while_a_manifest_is_damaged(store: Store):
    """Where one cannot be read nobody knows which files are whose: vacuum says so and deletes nothing."""
    fill(store)
    store.write(manifest_path(run_ids(store, "_meta/manifests")[1]), b'{"run')
    with pytest.raises(ManifestError, match=r"_meta/manifests/.*\.json: cannot be read; restore it from a backup"):
        vacuumed(store, foreign=True)

    assert published(store) == URLS


def test_files_of_nobody_go_only_if_asked(store: Store):
    """A data file that no manifest names is somebody's; readers see it until it is said that it may go."""
    fill(store)
    store.write("articles/date=2021-06-16/mine.parquet", b"?")

    assert vacuumed(store) == []
    assert vacuumed(store, foreign=True) == ["articles/date=2021-06-16/mine.parquet"]
    assert published(store) == URLS

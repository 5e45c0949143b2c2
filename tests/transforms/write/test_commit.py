"""The redo log: whatever state a killed run left, recovery publishes all of it or nothing, and overwrites nothing."""

import errno
import json
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.makers import NEXT_SLOT, SLOT
from tests.transforms.write.records import files_below, published, rows_of, staged
from transforms.errors import UsageError
from transforms.layout import done_path, manifest_path, staging
from transforms.write.commit import BusyError, LostFileError, commit, discard, recover, writing
from transforms.write.files import DiskError

RUN = SLOT.run_id
URLS = [f"http://news.example/{n}" for n in range(4)]
DOCUMENTS = {f"_meta/runs/{RUN}.json": {"rows": 4}, f"_meta/stop_anchors/{RUN}.json": ["00ff"]}


def publish(output: Path, run_id: str = RUN) -> None:
    """Stage and commit four articles of two dates."""
    commit(output, run_id, staged(output, rows_of(URLS, run_id)), DOCUMENTS)


def test_a_committed_run_is_published_whole(tmp_path: Path):
    """Files and documents are in place, the done marker says so, and nothing stays in staging."""
    publish(tmp_path)

    assert published(tmp_path) == URLS
    assert {path: json.loads((tmp_path / path).read_text("utf-8")) for path in DOCUMENTS} == DOCUMENTS
    assert done_path(tmp_path, RUN).exists()
    assert not list((tmp_path / "_staging").iterdir())
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_run_without_rows_is_published(tmp_path: Path):
    """A run that found nothing still leaves its record."""
    commit(tmp_path, RUN, [], DOCUMENTS)

    assert json.loads((tmp_path / "_meta" / "runs" / f"{RUN}.json").read_text("utf-8")) == {"rows": 4}
    assert recover(tmp_path) == []


def test_an_uncommitted_run_is_deleted(tmp_path: Path):
    """What no manifest names was never published, and is not kept."""
    staged(tmp_path, rows_of(URLS))

    assert recover(tmp_path) == []
    assert published(tmp_path) == []
    assert not staging(tmp_path, RUN).exists()


def unpublish(output: Path, moved: int) -> None:
    """Put a published run back to where only its first `moved` files were in place."""
    manifest = json.loads(manifest_path(output, RUN).read_text("utf-8"))
    done_path(output, RUN).unlink()
    for entry in manifest["files"][moved:]:
        back = staging(output, RUN) / entry["path"]
        back.parent.mkdir(parents=True, exist_ok=True)
        (output / entry["path"]).rename(back)


@pytest.mark.parametrize("moved", [0, 1, 2])
@pytest.mark.parametrize("documents", [True, False])
def test_a_committed_run_is_finished(tmp_path: Path, moved: int, documents: bool):
    """Wherever after the commit point a run was killed, recovery puts the rest in place, once."""
    publish(tmp_path)
    before = files_below(tmp_path)
    unpublish(tmp_path, moved)
    if not documents:
        shutil.rmtree(tmp_path / "_meta" / "runs")

    assert recover(tmp_path) == [RUN]
    assert files_below(tmp_path) == before
    assert all((tmp_path / path).exists() for path in DOCUMENTS)
    assert recover(tmp_path) == []


def test_recovery_takes_runs_in_turn_and_tidies_up(tmp_path: Path):
    """One committed run is finished, another's staging is deleted, and half-written documents are swept away."""
    publish(tmp_path)
    unpublish(tmp_path, 1)
    staged(tmp_path, rows_of(["http://news.example/9"], NEXT_SLOT.run_id))
    half = manifest_path(tmp_path, NEXT_SLOT.run_id).with_name(f".{NEXT_SLOT.run_id}.json.tmp")
    half.write_text('{"files": [')
    (tmp_path / "_staging" / ".DS_Store").write_text("left by a file manager")

    assert recover(tmp_path) == [RUN]
    assert published(tmp_path) == URLS
    assert not half.exists()
    assert not staging(tmp_path, NEXT_SLOT.run_id).exists()


def test_discarding_spares_a_commit_under_way(tmp_path: Path):
    """A run with a manifest and without a done marker keeps its staged files."""
    publish(tmp_path)
    unpublish(tmp_path, 0)
    discard(tmp_path)

    assert len(list(staging(tmp_path, RUN).rglob("*.parquet"))) == 2


def test_nothing_published_is_overwritten(tmp_path: Path):
    """A retry that staged other bytes under the same run changes no file that readers see."""
    publish(tmp_path)
    before = files_below(tmp_path)
    commit(tmp_path, RUN, staged(tmp_path, rows_of(URLS[::-1] * 2)), DOCUMENTS)

    assert files_below(tmp_path) == before
    assert not staging(tmp_path, RUN).exists()


def test_committing_twice_is_committing_once(tmp_path: Path):
    """The commit step may be tried again after it came to its end."""
    files = staged(tmp_path, rows_of(URLS))
    commit(tmp_path, RUN, files, DOCUMENTS)
    commit(tmp_path, RUN, files, DOCUMENTS)

    assert published(tmp_path) == URLS


def test_a_file_removed_by_hand_is_named(tmp_path: Path):
    """A manifest whose file is nowhere stops the run, and says which file and what to do."""
    publish(tmp_path)
    unpublish(tmp_path, 0)
    next(staging(tmp_path, RUN).rglob("*.parquet")).unlink()

    with pytest.raises(LostFileError, match=r"part-.*\.parquet: in a manifest, but neither staged nor published"):
        recover(tmp_path)


def test_published_files_may_be_removed_later(tmp_path: Path):
    """Who deletes old partitions of finished runs stops no later run."""
    publish(tmp_path)
    shutil.rmtree(tmp_path / "articles")

    assert recover(tmp_path) == []


def _try(output: Path) -> None:
    try:
        with writing(output):
            code = 0
    except BusyError:
        code = 3
    raise SystemExit(code)


def in_another_process(action: Callable[[Path], None], output: Path) -> int | None:
    """The exit code of an action in a process of its own."""
    process = multiprocessing.get_context("forkserver").Process(target=action, args=(output,))
    process.start()
    process.join(60)
    return process.exitcode


def test_one_writer_at_a_time(tmp_path: Path):
    """While one process writes, another is refused; afterwards it is not."""
    with writing(tmp_path):
        assert in_another_process(_try, tmp_path) == 3
        with pytest.raises(BusyError, match="another run is writing there"), writing(tmp_path):
            pass

    assert in_another_process(_try, tmp_path) == 0


def test_the_output_is_free_after_an_error(tmp_path: Path):
    """A run that fails gives the output back."""
    with pytest.raises(KeyError), writing(tmp_path):
        raise KeyError("a bug")

    with writing(tmp_path):
        pass


@pytest.mark.parametrize("place", ["", "_meta", "_meta/lock"])
def test_an_output_that_cannot_be_written_is_a_usage_error(tmp_path: Path, place: str):
    """A file in place of a folder, or the other way round, is the operator's to repair."""
    output = tmp_path / "output"
    blocked = output / place
    blocked.parent.mkdir(parents=True, exist_ok=True)
    if place == "_meta/lock":
        blocked.mkdir()
    else:
        blocked.write_text("in the way")

    with pytest.raises(UsageError, match=r"--output .*: cannot be written: \w"), writing(output):
        pass


def test_an_output_that_cannot_be_locked_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file system without locks could not keep a second writer out, so it is not written to."""

    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(UsageError, match="cannot be locked: No locks available"), writing(tmp_path):
        pass


def test_a_disk_that_refuses_after_the_commit_point_loses_nothing(tmp_path: Path):
    """What cannot be put in place stays staged; once the way is free, recovery publishes it."""
    (tmp_path / "articles").write_text("in the way")
    with pytest.raises(DiskError, match="nothing is lost"):
        publish(tmp_path)
    with pytest.raises(DiskError):
        recover(tmp_path)
    (tmp_path / "articles").unlink()

    assert recover(tmp_path) == [RUN]
    assert published(tmp_path) == URLS


def test_a_disk_that_refuses_the_manifest_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without a manifest nothing of a run is visible, and a later run begins afresh."""
    files = staged(tmp_path, rows_of(URLS))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(DiskError, match="No space left on device"):
            commit(tmp_path, RUN, files, DOCUMENTS)

    assert published(tmp_path) == []
    assert recover(tmp_path) == []
    publish(tmp_path, NEXT_SLOT.run_id)
    assert published(tmp_path) == URLS

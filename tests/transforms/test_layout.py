"""Files lie where the layout says, and the names tell which run wrote them."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.makers import NEXT_SLOT, NOW, SLOT
from transforms.layout import manifest_path, new_run_id, part_path, started_at
from transforms.published import newest_run, published_files
from transforms.store.open import store_of


def lay(output: Path, *paths: str) -> None:
    """Empty files at these places."""
    for path in paths:
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).touch()


def test_run_ids_sort_by_time():
    """A later slot has a greater id, in whatever zone its start was stated; no two runs share one."""
    east = timezone(timedelta(hours=9))
    ids = [new_run_id(NOW), new_run_id((NOW + timedelta(seconds=1)).astimezone(east)), new_run_id(NOW + timedelta(1))]

    assert ids == sorted(ids)
    assert new_run_id(NOW) != new_run_id(NOW)
    assert [started_at(run_id) for run_id in ids] == [NOW, NOW + timedelta(seconds=1), NOW + timedelta(1)]


def test_published_files_come_newest_run_first(tmp_path: Path):
    """Files are ordered by the run in their name, not by their partition."""
    old, new = (
        part_path("articles", "2026-11-24", SLOT.run_id, 0),
        part_path("articles", "2021-06-16", NEXT_SLOT.run_id, 0),
    )
    lay(tmp_path, old, new)
    found = published_files(store_of(tmp_path), "articles")

    assert [file.path for file in found] == [new, old]
    assert [file.run_id for file in found] == [NEXT_SLOT.run_id, SLOT.run_id]


def test_published_files_are_chosen_by_run(tmp_path: Path):
    """Since the start of a run means that run and later ones, however old their partitions."""
    lay(tmp_path, *(part_path("articles", "1999-01-01", slot.run_id, 0) for slot in (SLOT, NEXT_SLOT)))

    assert len(published_files(store_of(tmp_path), "articles", SLOT.started_at)) == 2
    assert [
        f.run_id for f in published_files(store_of(tmp_path), "articles", SLOT.started_at + timedelta(seconds=1))
    ] == [NEXT_SLOT.run_id]


def test_other_files_are_not_published(tmp_path: Path):
    """Staged files, other datasets, half-written files and what people leave around are not seen."""
    part = part_path("articles", "2026-11-24", SLOT.run_id, 0)
    name = Path(part).name
    lay(
        tmp_path,
        f"_staging/{SLOT.run_id}/{part}",
        f"reprints/date=2026-11-24/{name}",
        f"articles/date=2026-11-24/.{name}.tmp",
        f"articles/date=2026-11-24/{name}.crc",
        "articles/date=2026-11-24/part-mine.parquet",
        f"articles/{name}",
    )

    assert published_files(store_of(tmp_path), "articles") == []
    assert published_files(store_of(tmp_path / "nothing"), "articles") == []


def test_a_start_has_no_fraction():
    """The id of a run holds its start to the second."""
    assert started_at(new_run_id(datetime(2026, 1, 2, 3, 4, 5, 999_999, timezone.utc))).microsecond == 0


def test_the_newest_run_is_known_by_its_manifest(tmp_path: Path):
    """Committed runs count, whatever else lies there; before the first there is none."""
    assert newest_run(store_of(tmp_path)) == ""

    for run_id in ("20261124T170000Z-ffffffff", "20261124T170001Z-00000000", "20261124T165959Z-aaaaaaaa"):
        path = tmp_path / manifest_path(run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    assert newest_run(store_of(tmp_path)) == "20261124T170001Z-00000000"

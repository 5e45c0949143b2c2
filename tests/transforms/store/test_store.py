"""A folder and a bucket keep the same promises."""

import io
import sys
import threading
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.makers import SLOT
from transforms.errors import UsageError
from transforms.store.base import BusyError, LostFileError, Store
from transforms.store.clouds import cloud_of
from transforms.store.open import read_file, store_of


def test_what_is_written_is_there(store: Store):
    """A file can be read as it was written, and is listed with its size, below its folder only."""
    store.write("a/date=2021-06-16/x.json", b"one")
    store.write("a/y.json", b"three")
    store.write("ab/z.json", b"")

    assert store.read("a/y.json") == b"three"
    assert store.files("a") == {"a/date=2021-06-16/x.json": 3, "a/y.json": 5}
    assert store.files("nothing") == {}
    assert store.exists("ab/z.json")
    assert not store.exists("a/z.json")


def test_writing_again_replaces(store: Store):
    """The newest bytes count, and nothing else is left."""
    store.write("a/x", b"old and long")
    store.write("a/x", b"new")

    assert store.read("a/x") == b"new"
    assert store.files("_staging") == {}


def test_what_is_not_there_cannot_be_read(store: Store):
    """A missing file is the error that Python has for it."""
    with pytest.raises(FileNotFoundError):
        store.read("a/x")


def test_a_name_is_given_once(store: Store):
    """Of several who create a file one succeeds; the file is that one's."""
    won = []
    threads = [
        threading.Thread(target=lambda n=n: store.create("a/x", f"{n}".encode()) and won.append(n)) for n in range(8)
    ]
    if store.root.startswith("/"):  # a folder has one writer at a time
        threads = threads[:1]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [store.read("a/x")] == [f"{n}".encode() for n in won]
    assert not store.create("a/x", b"late")
    assert len(won) == 1


def test_creating_the_same_again_is_ours(store: Store):
    """Who asks again after a lost answer is told the truth: a folder refuses, a bucket recognises the bytes."""
    assert store.create("a/x", b"mine")
    assert store.create("a/x", b"mine") is not store.root.startswith("/")


def test_files_are_put_in_place(store: Store):
    """Moving is done once: repeated, it changes nothing, even where other bytes were staged meanwhile."""
    for name in ("x", "y"):
        store.write(f"_staging/1/{name}", name.encode())
    moves = [(f"_staging/1/{name}", f"articles/date=2021-06-16/{name}") for name in ("x", "y")]
    store.place(moves[:1])
    store.write("_staging/1/x", b"another")
    store.place(moves)
    store.place(moves)

    assert store.read("articles/date=2021-06-16/x") == b"x"
    assert store.read("articles/date=2021-06-16/y") == b"y"


def test_a_lost_file_is_named(store: Store):
    """Neither staged nor published: the error says which file and what to do."""
    with pytest.raises(LostFileError, match="articles/x: in a manifest, but neither staged nor published; restore it"):
        store.place([("_staging/1/x", "articles/x")])


def test_deleting_what_is_gone_is_no_error(store: Store):
    """Both ways of deleting may be repeated."""
    for name in ("a/x", "a/y", "a/b/z"):
        store.write(name, b"1")
    store.delete(["a/x", "a/nothing"])

    assert list(store.files("a")) == ["a/b/z", "a/y"]
    store.delete_folder("a")
    store.delete_folder("a")
    assert store.files("a") == {}


def test_parquet_is_read_by_column(store: Store):
    """An opened file can be searched, as Parquet readers do."""
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), sink)
    store.write("a/x.parquet", sink.getvalue())
    with store.open("a/x.parquet") as source, pq.ParquetFile(source) as file:
        assert file.read(["b"]).to_pydict() == {"b": ["x", "y"]}


def test_one_writer_at_a_time(store: Store):
    """A second writer is refused with one line; when the first is done it is not, and no run is left to rule out."""
    with store.writing() as lease:
        lease.works_on(SLOT.run_id)
        with pytest.raises(BusyError, match="another run is writing there"), store.writing():
            pass

    with store.writing() as lease:
        assert lease.abandoned in ("", SLOT.run_id)


@pytest.mark.parametrize("output", ["http://host/folder", "gs://bucket", "s3:///folder", "gs://bucket/a//c"])
def test_other_places_are_refused(output: str):
    """What is neither a folder nor a folder of a bucket is a usage error that says what may be given."""
    with pytest.raises(UsageError, match="outputs are local folders, gs://bucket/folder or s3://bucket/folder"):
        store_of(output)


@pytest.mark.parametrize("scheme", ["gs", "s3"])
def test_a_bucket_that_is_not_there(buckets, scheme: str):
    """A run on a bucket that does not exist ends with one line, before anything is fetched."""
    with (
        pytest.raises(UsageError, match=f"--output {scheme}://no-such-bucket/news: cannot be written: "),
        store_of(f"{scheme}://no-such-bucket/news").writing(),
    ):
        pass


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [("gs", "STORAGE_EMULATOR_HOST", "http://127.0.0.1:9"), ("s3", "AWS_ENDPOINT_URL", "http://127.0.0.1:9")],
)
def test_a_cloud_that_cannot_be_reached(buckets, monkeypatch: pytest.MonkeyPatch, scheme: str, name: str, value: str):
    """Where nobody answers, that is said within seconds, not after minutes of trying again."""
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("transforms.store.objects.cloud_of", cloud_of.__wrapped__)

    with pytest.raises(UsageError, match=f"--output {scheme}://bucket/out-of-reach: cannot be written: "):
        store_of(f"{scheme}://bucket/out-of-reach")

    monkeypatch.setattr("transforms.store.clouds.cloud_of", cloud_of.__wrapped__)
    with pytest.raises(OSError, match=r"(?i)connect"):
        read_file(f"{scheme}://bucket/feeds.txt")


@pytest.mark.parametrize("scheme", ["gs", "s3"])
def test_a_file_of_a_bucket(buckets, tmp_path: Path, scheme: str):
    """A feed list or taxonomy is read from a bucket as from a folder; one that is not there is an OSError."""
    url = f"{buckets[scheme].root}/lists/{uuid4().hex}.txt"
    cloud_of(scheme).put(url, b"http://news.example/feed", False)
    (tmp_path / "feeds.txt").write_bytes(b"http://news.example/feed")

    assert read_file(url) == read_file(tmp_path / "feeds.txt") == b"http://news.example/feed"
    assert read_file(url, 4) == b"http"
    for missing in (url + "x", tmp_path / "none.txt"):
        with pytest.raises(OSError, match=r"none\.txt|[Nn]o such|404|[Nn]ot [Ff]ound"):
            read_file(missing)


@pytest.mark.parametrize(("scheme", "module"), [("gs", "google.api_core.exceptions"), ("s3", "botocore.exceptions")])
def test_packages_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch, scheme: str, module: str):
    """Without a cloud's packages a bucket is a usage error that says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr("transforms.store.objects.cloud_of", cloud_of.__wrapped__)

    with pytest.raises(UsageError, match=rf"{scheme}:// needs more packages: pip install 'dateline\[{scheme}\]'"):
        store_of(f"{scheme}://bucket/without-packages")

"""A lease keeps a second writer out while the first lives, and lets it in when it is dead."""

import json
import time
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.makers import NEXT_SLOT, SLOT
from tests.stores import SCHEMES
from tests.transforms.write.records import commit_files, published, rows_of, staged
from transforms.store import lease
from transforms.store.base import BusyError, LostLeaseError, Store
from transforms.store.lease import ObjectLease
from transforms.store.open import store_of
from transforms.write.commit import recover

pytestmark = pytest.mark.slow

URLS = ["http://news.example/1", "http://news.example/2"]


@pytest.fixture(params=SCHEMES)
def bucket(request: pytest.FixtureRequest, buckets) -> Store:
    """An empty folder of a bucket."""
    return store_of(f"{buckets[request.param].root}/{uuid4().hex}")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """Leases that hold for a moment only."""
    monkeypatch.setattr(lease, "DURATION", timedelta(seconds=0.4))
    return 0.4


def sleeping(store: Store, monkeypatch: pytest.MonkeyPatch) -> ObjectLease:
    """A writer that took the lease and does not renew it."""
    with monkeypatch.context() as patched:
        patched.setattr(ObjectLease, "_renew", lambda self: None)
        return ObjectLease.take(store)


def test_a_lease_is_renewed(bucket: Store, short: float):
    """A writer that lives keeps the output, however long its run takes."""
    with bucket.writing():
        time.sleep(3 * short)
        with pytest.raises(BusyError, match="another run is writing there, or died less than a minute ago"):
            ObjectLease.take(bucket)


def test_the_lease_of_the_dead_runs_out(bucket: Store, short: float, monkeypatch: pytest.MonkeyPatch):
    """Who died without giving it back keeps the others waiting for so long and no longer; his run is named."""
    sleeping(bucket, monkeypatch).works_on(SLOT.run_id)
    with pytest.raises(BusyError):
        ObjectLease.take(bucket)
    time.sleep(short)
    with bucket.writing() as taken:
        assert taken.abandoned == SLOT.run_id


def test_who_wakes_up_before_he_began_is_told(bucket: Store, short: float, monkeypatch: pytest.MonkeyPatch):
    """A writer that was held up before it named its run learns that the output is another's."""
    sleeper = sleeping(bucket, monkeypatch)
    time.sleep(short)
    with bucket.writing(), pytest.raises(LostLeaseError, match="another run took over"):
        sleeper.works_on(SLOT.run_id)


def test_who_wakes_up_to_commit_publishes_nothing(bucket: Store, short: float, monkeypatch: pytest.MonkeyPatch):
    """A writer that was held up before its manifest finds its run ruled out; the other's rows are there once."""
    sleeper = sleeping(bucket, monkeypatch)
    sleeper.works_on(SLOT.run_id)
    files = staged(bucket, rows_of(URLS))
    time.sleep(short)
    with bucket.writing() as taken:
        recover(bucket, taken)
        commit_files(bucket, NEXT_SLOT.run_id, staged(bucket, rows_of(URLS, NEXT_SLOT.run_id)))
    with pytest.raises(LostLeaseError):
        commit_files(bucket, SLOT.run_id, files)

    assert published(bucket) == URLS


def test_old_leases_go(bucket: Store):
    """Two lease objects at most are kept, however many runs there were."""
    for _ in range(5):
        with bucket.writing():
            pass

    assert list(bucket.files("_meta/leases")) == ["_meta/leases/0000000004.json", "_meta/leases/0000000005.json"]
    assert json.loads(bucket.read("_meta/leases/0000000005.json"))["run_id"] == ""

"""One writer at a time where the kernel cannot help: numbered lease objects.

Lease n+1 may be taken when lease n has run out or was given back; "create if absent" gives it to one of all who try.
The holder renews its own object while it lives. A holder that was only asleep may wake up after its lease has run out,
so a lease alone proves nothing. What rules such a holder out is the manifest of its run, which only one can create:
it says in its lease which run it writes, and then looks whether it still holds the newest one; who takes over takes the
next number first, then reads which run that was, and creates that run's manifest as aborted. Whatever the order, one of
the two sees the other. (The fencing of leases: C. Gray, D. Cheriton, "Leases", SOSP 1989; M. Kleppmann, "How to do
distributed locking", 2016.)
"""

import json
import threading
from datetime import datetime, timedelta
from uuid import uuid4

from transforms import clock
from transforms.store.base import BusyError, Lease, LostLeaseError, Store, StoreError

_FOLDER = "_meta/leases"
# how long a holder that died keeps others waiting
DURATION = timedelta(seconds=60)


class ObjectLease(Lease):
    """The newest lease of an output, renewed by a thread of its own until it is released."""

    def __init__(self, store: Store, number: int) -> None:
        self._store, self._number = store, number
        self._holder, self._run_id = uuid4().hex, ""
        self._writes = threading.Lock()
        self._released = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="dateline-lease", daemon=True)

    @classmethod
    def take(cls, store: Store) -> "ObjectLease":
        """The next lease. Raises BusyError where the last one is held."""
        try:
            lease = cls._taken(store)
        except FileNotFoundError as error:  # another one took two leases while we looked
            raise _busy(store, "just taken") from error
        lease._renewing.start()
        return lease

    @classmethod
    def _taken(cls, store: Store) -> "ObjectLease":
        numbers = [int(path.rpartition("/")[2].partition(".")[0]) for path in store.files(_FOLDER)]
        newest = max(numbers, default=0)
        if newest:
            until = json.loads(store.read(_path(newest)))["until"]
            if datetime.fromisoformat(until) > clock.now():
                raise _busy(store, f"until {until}")
        lease = cls(store, newest + 1)
        if not store.create(_path(newest + 1), lease._content(DURATION)):
            raise _busy(store, "just taken")
        if newest:  # read again: what its holder wrote before we took over counts
            lease.abandoned = json.loads(store.read(_path(newest)))["run_id"]
        store.delete(_path(number) for number in numbers if number < newest)
        return lease

    def works_on(self, run_id: str) -> None:
        """Write the run into the lease, then look whether it is still the newest."""
        self._run_id = run_id
        self._write(DURATION)
        if any(path > _path(self._number) for path in self._store.files(_FOLDER)):
            raise LostLeaseError(f"--output {self._store.root}: another run took over while this one was held up")

    def release(self) -> None:
        """Give the lease back, so that the next writer need not wait; a run left at work is still ruled out."""
        self._released.set()
        if self._renewing.ident:
            self._renewing.join()
        self._write(timedelta(0))

    def _renew(self) -> None:
        while not self._released.wait(DURATION.total_seconds() / 4):
            try:
                self._write(DURATION)
            except StoreError:  # noqa: PERF203  the next time may be better; if not, another writer takes over
                continue

    def _write(self, duration: timedelta) -> None:
        with self._writes:
            self._store.write(_path(self._number), self._content(duration))

    def _content(self, duration: timedelta) -> bytes:
        until = (clock.now() + duration).isoformat()
        return json.dumps({"holder": self._holder, "until": until, "run_id": self._run_id}).encode()


def _path(number: int) -> str:
    return f"{_FOLDER}/{number:010d}.json"


def _busy(store: Store, until: str) -> BusyError:
    return BusyError(
        f"--output {store.root}: another run is writing there, or died less than a minute ago (its lease: {until});"
        " wait for it, or choose another output"
    )

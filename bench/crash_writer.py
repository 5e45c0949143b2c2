"""Writers to be killed: each does what a run, a compaction or a vacuum does around its data, and nothing else.

A run here lists articles, drops those that are published, stages the rest in some order and commits them: BATCH rows,
always. `Writers` starts writers as forks of one process that has imported everything already.

    python -m bench.crash_writer      lines of JSON in, the exit code of a writer each out
"""

import json
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from bench.crash_points import die, die_at
from pipeline.slots import new_slot
from schemas.parquet import COLUMNS
from transforms import clock
from transforms.errors import DatelineError
from transforms.history.known import find_known
from transforms.layout import ARTICLE_DATASETS, record_path
from transforms.manifest import Manifest
from transforms.published import newest_run, published_files, rows_in
from transforms.store import lease
from transforms.store.base import BusyError, LostLeaseError, Store, StoreError
from transforms.store.open import store_of
from transforms.write import commit as committing
from transforms.write import vacuum as vacuuming
from transforms.write.commit import commit, recover
from transforms.write.compact import compact
from transforms.write.stage import stage_file
from transforms.write.table import encode

BATCH = 12
_DAYS = [date(2021, 6, 14) + timedelta(days=n) for n in range(3)]
# ends of a writer: done; refused by the disk; the output is another's; taken for dead
DONE, REFUSED, BUSY, OUSTED = 0, 4, 3, 5
# the step at which the manifest is there, and nothing else of the commit is done
COMMITTED = -1


class Job(NamedTuple):
    """What a writer is to do."""

    # run, compact, vacuum, recover, or storm: all of them by turns without end
    action: str
    output: str
    # killed at this step, or COMMITTED; 0: never
    step: int = 0
    seed: int = 0
    # seconds by which its clock is wrong
    skew: float = 0
    # seconds that a bucket's lease holds without being renewed
    lease_s: float = 60
    # a file that takes a line a recovery: its milliseconds
    times: str = ""


def work(job: Job) -> None:
    """Do a job in this process, which ends with it."""
    lease.DURATION = timedelta(seconds=job.lease_s)
    vacuuming._MEMORY = timedelta(0)  # what is spent goes at once: there would be nothing to delete otherwise
    if job.skew:
        skew, real = timedelta(seconds=job.skew), clock.now
        clock.now = lambda: real() + skew
    store, rnd = store_of(job.output), random.Random(job.seed)
    if job.step == COMMITTED:
        committing._publish = lambda *_: die()
    elif job.step:
        die_at(job.output, job.step)
        store = store_of.__wrapped__(job.output)  # a bucket's with the fail points in it
    try:
        if job.action != "storm":
            _act(job.action, store, rnd, job)
        while job.action == "storm":
            _patiently(rnd.choice(("run", "run", "run", "compact", "vacuum")), store, rnd, job)
    except BusyError:
        os._exit(BUSY)
    except LostLeaseError:
        os._exit(OUSTED)
    except StoreError:
        os._exit(REFUSED)
    except DatelineError as error:  # such as a LostFileError: what it was to publish, another one has published
        sys.stderr.write(f"{error}\n")
        os._exit(1)
    os._exit(DONE)


def _patiently(action: str, store: Store, rnd: random.Random, job: Job) -> None:
    """Do it when the lease of one who was killed has run out."""
    try:
        _act(action, store, rnd, job)
    except BusyError:
        time.sleep(job.lease_s / 8)


def _act(action: str, store: Store, rnd: random.Random, job: Job) -> None:
    with store.writing() as held:
        started = time.monotonic()
        left = bool(store.files("_staging"))
        recover(store, held)
        if job.times and left:
            with Path(job.times).open("a") as file:
                file.write(f"{1000 * (time.monotonic() - started):.1f}\n")
        if action == "run":
            _run(store, held, rnd)
        elif action == "compact":
            list(compact(store, date.max, clock.now()))
        elif action == "vacuum":
            vacuuming.vacuum(store, vacuuming.find_orphans(store, clock.now()))


def _run(store: Store, held: lease.Lease, rnd: random.Random) -> None:
    """Publish the next articles, those that are known left out, in an order that no two attempts share."""
    slot = new_slot(clock.now(), newest_run(store))
    held.works_on(slot.run_id)
    files = [file for dataset in ARTICLE_DATASETS for file in published_files(store, dataset)]
    listed = [article_id(n) for n in range(rows_in(store, [file.path for file in files]) + BATCH)]
    known = find_known(store, listed)
    new = [n for n, one in enumerate(listed) if one not in known]
    rnd.shuffle(new)
    parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for n in new:
        dataset = "reprints" if n % 5 == 0 else "articles"
        parts.setdefault((dataset, _DAYS[n % 3].isoformat()), []).append(_row(n, dataset, slot.run_id))
    staged = tuple(
        stage_file(store, slot.run_id, dataset, day, [encode(dataset, rows)]) for (dataset, day), rows in parts.items()
    )
    rows = {name: sum(file.rows for file in staged if file.dataset == name) for name in COLUMNS}
    record = {"rows": rows, "balance": {"holds": True}}
    documents = {record_path(slot.run_id): record, f"_meta/stop_anchors/{slot.run_id}.json": ["00ff"]}
    commit(store, Manifest(slot.run_id, staged, documents))


def article_id(number: int) -> str:
    """The id of the n-th article."""
    return sha256(str(number).encode()).hexdigest()[:32]


def _row(number: int, dataset: str, run_id: str) -> dict[str, Any]:
    at = datetime.combine(_DAYS[number % 3], datetime.min.time(), timezone.utc) + timedelta(seconds=number % 80_000)
    return dict.fromkeys(column.name for column in COLUMNS[dataset]) | {
        "article_id": article_id(number),
        "run_id": run_id,
        "published_at": at,
        "first_seen_at": at,
        "revision_no": 1,
        "title": f"Article {number}",
        "feed_url": "https://example.org/feed",
        "entry_sha256": "",
        "content_sha256": "",
        "cluster_id": article_id(number),
        "body_text": f"{number} " * 40,
    }


class Writers:
    """Writers on demand."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "bench.crash_writer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).parent.parent,
        )

    def __enter__(self) -> "Writers":
        return self

    def __exit__(self, *_error: object) -> None:
        with self._parent:
            self._parent.kill()

    def start(self, job: Job) -> int:
        """Start a writer; its process id."""
        return int(self._asked({"start": job}))

    def end(self, pid: int) -> int:
        """Wait for a writer to end: its exit code, negative for a signal."""
        return int(self._asked({"end": pid}))

    def do(self, job: Job) -> int:
        """Start a writer and wait for its end."""
        return self.end(self.start(job))

    def _asked(self, question: dict[str, Any]) -> str:
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(json.dumps(question) + "\n")
        return self._parent.stdout.readline()


def serve() -> None:
    """Start and collect writers as the lines of the standard input say."""
    # what is imported on the way is then imported once
    encode("articles", [_row(0, "articles", "")])
    for module in ("apache_beam.io.gcp.gcsio", "apache_beam.io.aws.clients.s3.boto3_client"):
        import_module(module)
    for line in sys.stdin:
        question = json.loads(line)
        if "start" in question:
            pid = os.fork()
            if not pid:
                with suppress(KeyboardInterrupt):
                    work(Job(*question["start"]))
            answer = pid
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(question["end"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()

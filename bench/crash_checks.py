"""Where the kills take place, and what is counted after each."""

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import pyarrow as pa

from bench.crash_writer import BATCH, BUSY, DONE, Job, Writers, article_id
from transforms.layout import ARTICLE_DATASETS, DATASETS
from transforms.published import columns_of, published_files
from transforms.store.open import store_of
from transforms.write.verify import verify

KILLED = -signal.SIGKILL
LEASE_S = 0.5
Figures = Counter[str]


class Place:
    """Outputs to write to, one after the other, and the writers."""

    def __init__(self, root: str, writers: Writers, seed: int) -> None:
        self._root, self.writers, self.rnd = root, writers, random.Random(seed)
        self.is_bucket = "://" in root

    def fresh(self) -> str:
        """An output that is not there yet."""
        return f"{self._root}/{uuid4().hex[:12]}"

    def job(self, action: str, output: str, **options: float | str) -> Job:
        """A writer's job with a seed of its own; a bucket's lease runs out soon after a kill."""
        return Job(action, output, seed=self.rnd.randrange(1 << 30), lease_s=LEASE_S, **options)  # type: ignore[arg-type]

    def do(self, action: str, output: str, **options: float | str) -> int:
        """What a writer's end was; one who finds the lease of a dead one waits."""
        for _ in range(100):
            code = self.writers.do(self.job(action, output, **options))
            if code != BUSY:
                return code
            time.sleep(LEASE_S / 4)
        raise TimeoutError(f"{output} is busy for ever")

    def prepared(self, done: Sequence[str]) -> str:
        """An output on which these actions were done."""
        output = self.fresh()
        for action in done:
            self.do(action, output)
        return output

    def remove(self, output: str) -> None:
        """Delete an output: servers on loopback list the slower the more they hold."""
        for folder in (*DATASETS, "_meta", "_staging"):
            store_of(output).delete_folder(folder)


def rows_in(output: str, figures: Figures) -> Counter[str]:
    """How often each article is published; files that cannot be read are counted."""
    store, found = store_of(output), Counter[str]()
    for dataset in ARTICLE_DATASETS:
        for file in published_files(store, dataset):
            with counted(figures, "unreadable"):
                found.update(columns_of(store, file, ["article_id"])["article_id"].to_pylist())
    return found


def ids_in(output: str, figures: Figures) -> set[str]:
    """The articles that are published."""
    return set(rows_in(output, figures))


@contextmanager
def counted(figures: Figures, word: str) -> Iterator[None]:
    """Count a file that cannot be read."""
    try:
        yield
    except (pa.ArrowException, OSError):
        figures[word] += 1


def check(place: Place, output: str, before: set[str], figures: Figures) -> None:
    """After a last run in peace: nothing is lost, doubled or unreadable, nothing is left over, and all is verified."""
    assert place.do("run", output) == DONE
    after = check_rows(output, before, figures)
    figures["lost"] += len({article_id(n) for n in range(len(after))} - after)
    figures["left_over"] += len(store_of(output).files("_staging"))
    figures["parts_of_runs"] += len(after) % BATCH != 0


def check_rows(output: str, before: set[str], figures: Figures) -> set[str]:
    """What was there before still is, once, and `dateline verify` finds no fault; the articles that are there."""
    rows = rows_in(output, figures)
    figures["lost"] += len(before - rows.keys())
    figures["doubled"] += rows.total() - len(rows)
    verified = verify(store_of(output))
    figures["faults"] += len(verified.faults)
    for fault in verified.faults[:3]:
        print(fault, file=sys.stderr)
    return set(rows)

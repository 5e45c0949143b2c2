"""Kill what writes to an output, at every step and at random, and count what that did to the rows.

    python -m bench.crashes [--store folder|gs|s3] [--kills N] [--writers N] [--whole N] [--stride N] [--json FILE]

Scenarios: a kill at every step of a run, a recovery, a compaction and a vacuum, then one in the midst of the recovery
from it; random kills of a writer that does all of these by turns, with a reader that asks all the while; two writers at
a time; a writer that is held up until it was taken for dead (buckets); a disk that is full (Linux, as root: a tmpfs);
a clock that is set back by a day; whole `dateline run`s on the demo site. Exit code 1 where a row was lost, doubled or
could not be read, or `dateline verify` found fault.
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pyarrow as pa

from bench.buckets import bucket
from bench.crash_writer import BATCH, BUSY, DONE, OUSTED, REFUSED, Job, Writers, article_id
from bench.figures import arguments, print_table, write_json
from pipeline.demo.site import DemoSite
from transforms.layout import ARTICLE_DATASETS, DATASETS
from transforms.published import columns_of, published_files
from transforms.store.open import store_of
from transforms.write.verify import verify

KILLED = -signal.SIGKILL
_MOST_STEPS = 1_000
_LEASE_S = 0.5
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
        return Job(action, output, seed=self.rnd.randrange(1 << 30), lease_s=_LEASE_S, **options)  # type: ignore[arg-type]

    def do(self, action: str, output: str, **options: float | str) -> int:
        """What a writer's end was; one who finds the lease of a dead one waits."""
        for _ in range(100):
            code = self.writers.do(self.job(action, output, **options))
            if code != BUSY:
                return code
            time.sleep(_LEASE_S / 4)
        raise TimeoutError(f"{output} is busy for ever")

    def remove(self, output: str) -> None:
        """Delete an output: servers on loopback list the slower the more they hold."""
        for folder in (*DATASETS, "_meta", "_staging"):
            store_of(output).delete_folder(folder)


def ids_in(output: str, figures: Figures) -> set[str]:
    """The articles that are published; those that are there twice, and files that cannot be read, are counted."""
    store, found = store_of(output), Counter[str]()
    for dataset in ARTICLE_DATASETS:
        for file in published_files(store, dataset):
            with counted(figures, "unreadable"):
                found.update(columns_of(store, file, ["article_id"])["article_id"].to_pylist())
    return set(found)


@contextmanager
def counted(figures: Figures, word: str) -> Iterator[None]:
    """Count a file that cannot be read."""
    try:
        yield
    except (pa.ArrowException, OSError):
        figures[word] += 1


def doubled_in(output: str) -> int:
    """How many rows are there more than once, when nothing is under way."""
    store, found = store_of(output), Counter[str]()
    for dataset in ARTICLE_DATASETS:
        for file in published_files(store, dataset):
            found.update(columns_of(store, file, ["article_id"])["article_id"].to_pylist())
    return sum(times - 1 for times in found.values())


def check(place: Place, output: str, before: set[str], figures: Figures) -> None:
    """After a last run in peace: nothing is lost, doubled or unreadable, nothing is left over, and all is verified."""
    assert place.do("run", output) == DONE
    after = ids_in(output, figures)
    figures["lost"] += len(before - after) + len({article_id(n) for n in range(len(after))} - after)
    figures["doubled"] += doubled_in(output)
    verified = verify(store_of(output))
    figures["faults"] += len(verified.faults)
    for fault in verified.faults[:3]:
        print(fault, file=sys.stderr)
    figures["left_over"] += len(store_of(output).files("_staging"))
    figures["parts_of_runs"] += len(after) % BATCH != 0


# what was done before a writer is killed at each step of an action
_BEFORE = {
    "run": ("run",),
    "compact": ("run", "run", "run"),
    "vacuum": ("run", "run", "compact"),
}


def every_step(place: Place, action: str, stride: int) -> Figures:
    """Kill an action at each of its steps, and a run that recovers at some step of it."""
    figures = Figures()
    for step in count(1, stride):
        output = place.fresh()
        for done in _BEFORE[action]:
            place.do(done, output)
        before = ids_in(output, figures)
        code = place.do(action, output, step=step)
        figures["kills"] += code == KILLED
        if code == KILLED:
            ids_in(output, figures)
            figures["kills"] += place.do("run", output, step=place.rnd.randrange(1, 60)) == KILLED
        before |= ids_in(output, figures)
        check(place, output, before, figures)
        place.remove(output)
        if code != KILLED:
            figures["steps"] = step - 1
            return figures
    raise AssertionError


def every_step_of_recovery(place: Place, stride: int) -> Figures:
    """Kill a recovery at each of its steps: of a run, and of a compaction, that were committed and no more."""
    figures = Figures()
    for action in ("run", "compact"):
        commit_point = _step_of_manifest(place, action)
        for step in count(1, stride):
            output = place.fresh()
            for done in _BEFORE[action]:
                place.do(done, output)
            before = ids_in(output, figures)
            place.do(action, output, step=commit_point)
            code = place.do("recover", output, step=step)
            figures["kills"] += code == KILLED
            before |= ids_in(output, figures)
            check(place, output, before, figures)
            place.remove(output)
            if code != KILLED:
                figures["steps"] += step - 1
                break
    return figures


def _step_of_manifest(place: Place, action: str) -> int:
    """The first step of an action at which its manifest is there."""

    def committed(step: int) -> bool:
        output = place.fresh()
        for done in _BEFORE[action]:
            place.do(done, output)
        manifests = len(store_of(output).files("_meta/manifests"))
        code = place.do(action, output, step=step)
        found = len(store_of(output).files("_meta/manifests")) > manifests
        place.remove(output)
        return found or code != KILLED

    return 1 + bisect_left(range(1, _MOST_STEPS), True, key=committed)


@contextmanager
def reading(output: str, figures: Figures) -> Iterator[None]:
    """A reader asks while the body runs; what it saw is added to the figures."""
    command = [sys.executable, "-m", "bench.crash_reader", output]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        try:
            yield
        finally:
            seen, _ = reader.communicate()
            figures.update(json.loads(seen))


def random_kills(place: Place, kills: int) -> Figures:
    """Kill a writer that runs, compacts and vacuums by turns, at random instants, while a reader asks."""
    figures, output = Figures(), place.fresh()
    with TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        before: set[str] = set()
        with reading(output, figures):
            for _ in range(kills):
                pid = place.writers.start(place.job("storm", output, times=str(times)))
                # a bucket's writer first waits for the lease of the last one to run out, and connects
                time.sleep(place.rnd.uniform(0.8, 3.0) if place.is_bucket else place.rnd.uniform(0.01, 0.5))
                os.kill(pid, signal.SIGKILL)
                figures["kills"] += place.writers.end(pid) == KILLED
                after = ids_in(output, figures) if not place.is_bucket else before
                figures["lost"] += len(before - after)
                before = after
        check(place, output, before, figures)
        figures["rows"] = len(ids_in(output, figures))
        recoveries = sorted(map(float, times.read_text().split())) if times.exists() else []
    figures["recoveries"] = len(recoveries)
    figures["recovery_p95_ms"] = round(statistics.quantiles(recoveries, n=20)[-1]) if len(recoveries) > 1 else 0
    place.remove(output)
    return figures


def two_writers(place: Place, times: int) -> Figures:
    """Start two writers at once, kill one of them now and then."""
    figures, output = Figures(), place.fresh()
    for n in range(times):
        pids = [place.writers.start(place.job("run", output)) for _ in range(2)]
        if n % 3 == 0:
            time.sleep(place.rnd.uniform(0, 0.1))
            os.kill(pids[n % 2], signal.SIGKILL)
        codes = [place.writers.end(pid) for pid in pids]
        figures["kills"] += codes.count(KILLED)
        figures["refused"] += codes.count(BUSY)
        figures["published"] += codes.count(DONE)
    check(place, output, ids_in(output, figures), figures)
    place.remove(output)
    return figures


def held_up(place: Place, times: int) -> Figures:
    """Stop a writer until its lease has run out and another has published; then let it go on."""
    figures, output = Figures(), place.fresh()
    place.do("run", output)
    for _ in range(times):
        pid = place.writers.start(place.job("run", output))
        time.sleep(place.rnd.uniform(0.02, 0.3))
        os.kill(pid, signal.SIGSTOP)
        time.sleep(_LEASE_S)
        figures["others_published"] += place.do("run", output) == DONE
        os.kill(pid, signal.SIGCONT)
        code = place.writers.end(pid)
        figures["ousted"] += code == OUSTED
        figures["had_committed"] += code == DONE
        figures["refused"] += code in (BUSY, REFUSED)
        figures["other_ends"] += code not in (OUSTED, DONE, BUSY, REFUSED)
    check(place, output, ids_in(output, figures), figures)
    return figures


def full_disk(place: Place, times: int) -> Figures:
    """Fill a small disk with rows until it refuses, again and again; with room again nothing is missing."""
    figures = Figures()
    with TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            print("no full disk: mounting a tmpfs needs root on Linux", file=sys.stderr)
            return figures
        try:
            output, ballast = f"{folder}/news", Path(folder) / "ballast"
            place.do("run", output)
            for _ in range(times):
                free = shutil.disk_usage(folder).free
                ballast.write_bytes(b"x" * max(0, free - place.rnd.randrange(0, 120_000)))
                before = ids_in(output, figures)
                code = place.do(place.rnd.choice(["run", "compact"]), output)
                figures["refused"] += code == REFUSED
                figures["published"] += code == DONE
                figures["lost"] += len(before - ids_in(output, figures))
                ballast.unlink()
                if shutil.disk_usage(folder).free < 500_000:
                    check(place, output, before, figures)
                    place.remove(output)
                    place.do("run", output)
            check(place, output, ids_in(output, figures), figures)
        finally:
            subprocess.run(["umount", folder], check=True)
    return figures


def clock_set_back(place: Place, times: int) -> Figures:
    """Runs and compactions whose clock is a day behind the last one's, some of them killed."""
    figures, output = Figures(), place.fresh()
    for n in range(times):
        skew = -86_400.0 if n % 2 else 0.0
        before = ids_in(output, figures)
        action, step = place.rnd.choice(["run", "run", "compact"]), place.rnd.randrange(1, 200)
        figures["kills"] += place.do(action, output, skew=skew, step=step) == KILLED
        figures["lost"] += len(before - ids_in(output, figures))
    check(place, output, ids_in(output, figures), figures)
    place.remove(output)
    return figures


def whole_runs(place: Place, kills: int) -> Figures:
    """Kill `dateline run` on the demo site; a new output now and then, checked after a run in peace."""
    figures = Figures()
    with TemporaryDirectory() as folder, DemoSite() as site:
        feeds = Path(folder) / "feeds.opml"
        site.write_feed_list(feeds)
        options = ["--feeds", str(feeds), "--allow_private_hosts", "127.0.0.1", "--min_poll", "0", "--host_delay", "0"]
        for n in range(kills):
            if n % 5 == 0:
                output = place.fresh()
            command = [sys.executable, "-m", "pipeline", "run", "--output", output, *options]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
                # half of them where the files are written
                time.sleep(place.rnd.uniform(0, 4.5) if n % 2 else place.rnd.uniform(3.2, 4.5))
                run.kill()
                figures["kills"] += run.wait() == KILLED
            before = ids_in(output, figures)
            if n % 5 == 4 or n == kills - 1:
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
                after = ids_in(output, figures)
                figures["lost"] += len(before - after) + max(0, 60 - len(after))
                figures["doubled"] += doubled_in(output)
                figures["faults"] += len(verify(store_of(output)).faults)
                place.remove(output)
    return figures


def scenarios(place: Place, options: argparse.Namespace) -> Iterator[tuple[str, Callable[[], Figures]]]:
    """What to do, by name."""
    for action in _BEFORE:
        yield f"every step of {action}", lambda action=action: every_step(place, action, options.stride)
    yield "every step of recovery", lambda: every_step_of_recovery(place, options.stride)
    yield "random kills", lambda: random_kills(place, options.kills)
    yield "two writers", lambda: two_writers(place, options.writers)
    if place.is_bucket:
        yield "held up", lambda: held_up(place, max(1, options.writers // 5))
    else:
        yield "full disk", lambda: full_disk(place, options.writers)
        yield "clock set back", lambda: clock_set_back(place, options.writers)
    if options.whole:
        yield "whole runs", lambda: whole_runs(place, options.whole)


_SHOWN = ("kills", "steps", "lost", "doubled", "unreadable", "faults", "left_over", "parts_of_runs")
_WRONG = ("lost", "doubled", "unreadable", "faults", "left_over", "parts_of_runs")
_WRONG_TO_A_READER = ("view_errors", "view_doubled", "view_parts_of_runs", "view_lost")


def main(argv: list[str] | None = None) -> int:
    """Play all scenarios, print what each did."""
    parser = arguments("Kill what writes to an output, and count what that did to the rows.")
    parser.add_argument("--store", choices=("folder", "gs", "s3"), default="folder", help="where the outputs lie")
    parser.add_argument("--kills", type=int, default=1_000, help="random kills")
    parser.add_argument("--writers", type=int, default=100, help="times that two writers meet")
    parser.add_argument("--whole", type=int, default=0, help="whole runs to kill, 4 seconds each")
    parser.add_argument("--stride", type=int, default=1, help="kill at every n-th step only")
    parser.add_argument("--only", default="", help="only scenarios with this in their names")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    found: dict[str, Figures] = {}
    with ExitStack() as stack:
        root = stack.enter_context(TemporaryDirectory())
        if options.store != "folder":
            made = stack.enter_context(bucket(options.store))
            root = made.root
            os.environ.update(made.environment)
        place = Place(root, stack.enter_context(Writers()), options.seed)
        for name, play in scenarios(place, options):
            if options.only in name:
                found[name] = play()
                others = {word: n for word, n in found[name].items() if word not in _SHOWN and n}
                print(f"{name}: {others}" if others else name, file=sys.stderr, flush=True)
    print_table(
        f"Kills, {options.store}", ("scenario", *_SHOWN), [(name, *(f[w] for w in _SHOWN)) for name, f in found.items()]
    )
    write_json(options.json, {name: dict(figures) for name, figures in found.items()})
    return int(any(figures[word] for figures in found.values() for word in (*_WRONG, *_WRONG_TO_A_READER)))


if __name__ == "__main__":
    sys.exit(main())

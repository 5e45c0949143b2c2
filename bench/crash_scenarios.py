"""What is done to writers: a function a scenario, its figures out."""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.crash_checks import KILLED, LEASE_S, Figures, Place, check, check_rows, ids_in
from bench.crash_writer import BUSY, COMMITTED, DONE, OUSTED, REFUSED
from pipeline.demo.site import DemoSite

# of the demo site
_DEMO_ARTICLES = 60

# what was done before a writer is killed at each step of an action
BEFORE = {
    "run": ("run",),
    "compact": ("run", "run", "run"),
    "vacuum": ("run", "run", "compact"),
}


def every_step(place: Place, action: str, stride: int) -> Figures:
    """Kill an action at each of its steps, and a run that recovers at some step of it."""
    figures = Figures()
    for step in count(1, stride):
        output = place.prepared(BEFORE[action])
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
        for step in count(1, stride):
            output = place.prepared(BEFORE[action])
            before = ids_in(output, figures)
            place.do(action, output, step=COMMITTED)
            code = place.do("recover", output, step=step)
            figures["kills"] += code == KILLED
            before |= ids_in(output, figures)
            check(place, output, before, figures)
            place.remove(output)
            if code != KILLED:
                figures["steps"] += step - 1
                break
    return figures


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
        if n % 3 == 2:  # a lease that nobody gave back holds up the next ones
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
        time.sleep(LEASE_S)
        figures["others_published"] += place.do("run", output) == DONE
        os.kill(pid, signal.SIGCONT)
        code = place.writers.end(pid)
        figures["ousted"] += code == OUSTED
        figures["had_committed"] += code == DONE
        figures["refused"] += code in (BUSY, REFUSED)
        figures["other_ends"] += code not in (OUSTED, DONE, BUSY, REFUSED)
    check(place, output, ids_in(output, figures), figures)
    place.remove(output)
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
                figures["lost"] += max(0, _DEMO_ARTICLES - len(check_rows(output, before, figures)))
                place.remove(output)
    return figures

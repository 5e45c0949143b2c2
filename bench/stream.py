"""`dateline stream` on a real Prism: under load, killed, and with a host that hangs.

    python -m bench.stream load [--slots N] [--every SECONDS] [--articles N] [--json FILE]
    python -m bench.stream kills [--kills N] [--seed N] [--json FILE]
    python -m bench.stream hang [--every SECONDS] [--json FILE]

`load` serves so many articles a slot on twenty hosts, and tells the seconds from a slot's issue to its publication, and
the memory of each process at the first and at the last slot: of a stream, and of scheduled runs (`dateline run
--every`) on the same machine. `kills` ends a stream and starts it again, as often as asked; in the end every entry that
was ever listed has to be published once, every file readable, and no process left. `hang` lets one host of five answer
no page: its slot has to be published at its deadline, with what the others have; its own articles follow when it is
well again.
"""

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.figures import arguments, print_table, stop_cleanly, write_json
from bench.growing_site import GrowingSite
from bench.processes import MARK, marked, resident_by_role
from queries import ask
from transforms.layout import record_path
from transforms.published import run_ids
from transforms.store.open import store_of
from transforms.write.verify import verify

_OWN = ("--allow_private_hosts", "127.0.0.1", "--min_poll", "0", "--host_delay", "0.01")
_HOSTS = 20


@contextmanager
def started(
    command: str, site: GrowingSite, folder: Path, *more: str, mark: str = ""
) -> Iterator["subprocess.Popen[str]"]:
    """A stream, or a loop of runs, over the site's feeds; killed if it outlives the body."""
    feeds = folder / "feeds.txt"
    feeds.write_text("\n".join(f"{url}/feed" for url in site.urls))
    words = [sys.executable, "-m", "pipeline", command, "--feeds", str(feeds), "--output", str(folder / "news")]
    environment = os.environ | {MARK: mark}
    with subprocess.Popen([*words, *_OWN, *more], stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def records(output: Path) -> list[dict[str, Any]]:
    """What each published run did, oldest first."""
    store = store_of(str(output))
    return [json.loads(store.read(record_path(run_id))) for run_id in run_ids(store, "_meta/runs")]


def loaded(command: str, slots: int, every: int, articles: int) -> dict[str, Any]:
    """So many slots under load; seconds from issue to publication, and memory."""
    held: list[Counter[str]] = []
    with TemporaryDirectory() as folder, GrowingSite(_HOSTS, articles // _HOSTS, every) as site:
        more = ("--every", str(every), "--slots", str(slots))
        with started(command, site, Path(folder), *more) as process:
            site.begin()
            assert process.stderr
            lines = (line for line in process.stderr if "published" in json.loads(line)["message"])
            held.extend(resident_by_role(process.pid) for _ in lines)
        done = records(Path(folder) / "news")
        counted = ask(f"{folder}/news", "SELECT count(*) AS n, count(DISTINCT url) AS urls FROM texts").to_pylist()[0]
    seconds = [record["seconds"] for record in done]
    return {
        "slots": len(done),
        "texts": counted["n"],
        "twice": counted["n"] - counted["urls"],
        "left": sum(record["stages"].get("dead_letters", {}).get("fetch_over_deadline", 0) for record in done),
        "p50": statistics.median(seconds),
        "p95": statistics.quantiles(seconds, n=20, method="inclusive")[-1],
        "max": max(seconds),
        "memory": {role: (held[0][role], held[-2][role]) for role in sorted(held[0])},
    }


def load(slots: int, every: int, articles: int, json_file: Path | None) -> int:
    """A stream and scheduled runs under the same load."""
    found = {command: loaded(command, slots, every, articles) for command in ("stream", "run")}
    columns = ("slots", "texts", "twice", "left", "p50", "p95", "max")
    title = f"{slots} slots, one every {every} s, {articles} articles a slot"
    print_table(title, ("command", *columns), [(name, *(one[c] for c in columns)) for name, one in found.items()])
    rows = [
        (f"{name}: {role}", *(round(size / 1e6, 1) for size in sizes))
        for name, one in found.items()
        for role, sizes in one["memory"].items()
    ]
    print_table("Resident memory, MB", ("process", "first slot", "last slot"), rows)
    write_json(json_file, found)
    return int(any(one["twice"] or one["texts"] == 0 for one in found.values()))


def kills(times: int, seed: int, json_file: Path | None) -> int:
    """Kill a stream again and again, at instants from its start to some slots on; then let it be."""
    rnd, alive, mark = random.Random(seed), 0, f"kills-{os.getpid()}"
    with TemporaryDirectory() as folder, GrowingSite(5, 1, 1.0, listed=900) as site:
        output, began = Path(folder) / "news", time.monotonic()
        with started("stream", site, Path(folder), "--every", "1", "--slots", "4", mark=mark) as process:
            process.communicate()
        usual = time.monotonic() - began
        for n in range(times):
            with started("stream", site, Path(folder), "--every", "1", mark=mark) as process:
                time.sleep(rnd.uniform(0, usual))
                process.kill()
            alive += len(_left_alive(mark))
            print(f"kill {n + 1}: {len(records(output))} runs published", file=sys.stderr)
        site.ends_after = site.slots
        with started("stream", site, Path(folder), "--every", "20", "--slots", "3", mark=mark) as process:
            said = process.communicate()[1]
        found = {"kills": times} | _outcome(output, site)
        found |= {"left_alive": alive + len(_left_alive(mark)), "last_exit_code": process.returncode}
    print_table("Kills of a stream", tuple(found), [tuple(found.values())])
    write_json(json_file, found)
    if process.returncode:
        print(said, file=sys.stderr)
    return int(any(found[word] for word in ("lost", "doubled", "faults", "left_alive", "last_exit_code")))


def _outcome(output: Path, site: GrowingSite) -> dict[str, int]:
    """Every entry that the site lists is published, once, or waits in a dead letter to be tried again."""
    urls = Counter(row["url"] for row in ask(output, "SELECT url FROM texts").to_pylist())
    letters = {row["url"] for row in ask(output, "SELECT url FROM dead_letters WHERE NOT final").to_pylist()}
    listed = site.all_urls()
    return {
        "runs": len(records(output)),
        "rows": urls.total(),
        "waiting": len(listed & letters - urls.keys()),
        "lost": len(listed - letters - urls.keys()),
        "doubled": urls.total() - len(urls),
        "faults": len(list(verify(store_of(str(output))).faults)),
    }


def _left_alive(mark: str) -> list[int]:
    """Processes that outlive their stream by five seconds."""
    end = time.monotonic() + 5
    while (alive := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    return alive


def hang(every: int, json_file: Path | None) -> int:
    """One host of five hangs for the first slot."""
    with TemporaryDirectory() as folder, GrowingSite(5, 6, 1e6) as site:
        site.hanging.add(0)
        with started("stream", site, Path(folder), "--every", str(every), "--slots", "4") as process:
            output = Path(folder) / "news"
            while process.poll() is None and not (output.exists() and records(output)):
                time.sleep(0.05)
            site.hanging.clear()
            said = process.communicate()[1]
        rows = []
        for record in records(output):
            query = f"SELECT url FROM texts WHERE run_id = '{record['run_id']}'"
            hosts = Counter(url["url"].startswith(site.urls[0]) for url in ask(output, query).to_pylist())
            left = record["stages"].get("dead_letters", {}).get("fetch_over_deadline", 0)
            rows.append(
                (record["run_id"], record["seconds"], hosts[False], hosts[True], left, record["rows"]["dead_letters"])
            )
    columns = ("run", "seconds", "others' articles", "that host's", "left", "dead letters")
    print_table(f"A slot every {every} s, deadline {every * 0.6:g} s", columns, rows)
    write_json(json_file, {"slots": [dict(zip(columns, row, strict=True)) for row in rows]})
    if process.returncode or len(rows) < 4:
        print(said, file=sys.stderr)
        return 1
    return int(rows[0][2] != 24 or rows[0][3] != 0 or sum(row[3] for row in rows[1:]) == 0)


def main(argv: Sequence[str] | None = None) -> int:
    """One of the three."""
    parser = arguments("Streams on Prism: load, kills, a host that hangs.")
    parser.add_argument("what", choices=("load", "kills", "hang"))
    parser.add_argument("--slots", type=int, default=30)
    parser.add_argument("--every", type=int, default=10, help="seconds from slot to slot")
    parser.add_argument("--articles", type=int, default=400, help="a slot")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    stop_cleanly()
    if options.what == "load":
        return load(options.slots, options.every, options.articles, options.json)
    if options.what == "kills":
        return kills(options.kills, options.seed, options.json)
    return hang(options.every, options.json)


if __name__ == "__main__":
    sys.exit(main())

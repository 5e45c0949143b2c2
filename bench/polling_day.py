"""A day of polling in minutes: scripted sites, the real pipeline, a simulated clock, and a judge of manners.

    python -m bench.polling_day [--hours N] [--every MINUTES] [--json FILE]
    python -m bench.polling_day --unchanged 100 [--json FILE]

Each slot is one run of the pipeline as `dateline run` makes it: lock, recovery, graph, publication, with the published
Parquet as the only state. The fetch loop ends with the run, as if each run were a process. Only the clock is not real
(transforms/clock.py). The sites (bench/polled_site.py) note every request, and the judge says which broke the manners:
see `VIOLATIONS`. Nothing that a feed listed may be missing in the end, or be there twice.

With --unchanged that many feeds that never change are polled twice: half of them answer 304, half send all again.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from bench.figures import arguments, print_table, stop_cleanly, write_json
from bench.polled_site import SITES, Asked, SimulatedClock, Site, Sites, page_path
from pipeline.collector import uncollected
from pipeline.options import parse_config
from pipeline.run import run_once
from queries import connect
from transforms.fetch.loop import close_loops
from transforms.fetch.waits import fresh_for, retry_after
from transforms.sandbox import close_sandboxes

START = datetime(2026, 11, 25, 6, tzinfo=timezone.utc)
CONTACT = "bench@example.org"
_FEEDS = ("/feed", "/new")
VIOLATIONS = {
    "before Retry-After": "a request to a host before the time it asked for",
    "while fresh": "a poll before Cache-Control, Expires or ttl had run out",
    "too often": "two runs that poll a feed within ten minutes",
    "without validator": "a poll that did not send the last ETag and Last-Modified as they came",
    "after 410": "a request for a feed that is gone",
    "too many at once": "a third request to a host beside two others",
    "too fast": "two starts at one host within its pause: 0.25 s, or its crawl-delay",
    "against robots.txt": "a page that robots.txt disallows, or one before it was asked",
    "robots.txt again": "robots.txt asked for twice in a run",
    "without contact": "a User-Agent that names no contact",
    "left too soon": "a moved feed asked at its new address alone within three days",
}
# by which the wire and a busy machine may be off: starts are judged where they arrive
_SLACK = timedelta(seconds=0.1)


def judge(asked: Sequence[Asked]) -> Counter[tuple[str, str]]:
    """Requests in their order in; how often each site saw each violation, out."""
    found: Counter[tuple[str, str]] = Counter()
    by_site: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        by_site[one.site.name].append(one)
    for name, requests in by_site.items():
        for rule in (_host_rules, _feed_rules, _robots_rules):
            found.update((name, violation) for violation in rule(requests))
    return found


def _host_rules(requests: Sequence[Asked]) -> Iterator[str]:
    allowed = requests[0].at
    for before, one in pairwise([None, *requests]):
        assert one is not None
        if one.at < allowed:
            yield "before Retry-After"
        if one.beside >= 2:
            yield "too many at once"
        if CONTACT not in one.headers.get("user-agent", ""):
            yield "without contact"
        pause = timedelta(seconds=1 if one.site.private and one.path not in (*_FEEDS, "/robots.txt") else 0.25)
        paced = before and (not one.site.private or before.path not in (*_FEEDS, "/robots.txt"))
        if before and one.at - before.at < (pause if paced else timedelta(seconds=0.25)) - _SLACK:
            yield "too fast"
        if (wait := retry_after(_lower(one.answered), one.at)) is not None:
            allowed = max(allowed, one.at + timedelta(seconds=wait))


def _feed_rules(requests: Sequence[Asked]) -> Iterator[str]:
    polls = [one for one in requests if one.path == "/feed"]
    answers = [one for one in requests if one.path in _FEEDS and one.status in (200, 304)]
    for before, one in pairwise(polls):
        # within a run, what passes in a second is tried again
        if one.run != before.run and one.at - before.at < timedelta(minutes=10) - timedelta(seconds=5):
            yield "too often"
        if before.status == 410:
            yield "after 410"
    for before, one in pairwise(answers):
        fresh = max(fresh_for(_lower(before.answered), before.at), before.site.ttl)
        if one.at < before.at + timedelta(seconds=fresh):
            yield "while fresh"
    yield from _validators([one for one in requests if one.path in _FEEDS])
    first = {one.run for one in polls}
    yield from ("left too soon" for one in requests if one.path == "/new" and one.run not in first)


def _validators(polls: Sequence[Asked]) -> Iterator[str]:
    known: dict[str, str] = {}
    for one in polls:
        sent = {name: one.headers.get(name, "") for name in ("if-none-match", "if-modified-since")}
        if any(sent[name] != value for name, value in known.items()):
            yield "without validator"
        if one.status in (200, 304):
            stated = _lower(one.answered)
            given = {"if-none-match": stated.get("etag"), "if-modified-since": stated.get("last-modified")}
            known = ({} if one.status == 200 else known) | {name: value for name, value in given.items() if value}


def _robots_rules(requests: Sequence[Asked]) -> Iterator[str]:
    asked: Counter[int] = Counter()
    for one in requests:
        if one.path == "/robots.txt":
            asked[one.run] += 1
            if asked[one.run] > 1:
                yield "robots.txt again"
        elif one.path not in _FEEDS and (one.path.startswith("/private/") or not asked[one.run]):
            yield "against robots.txt"


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def play(sites: Sites, clock: SimulatedClock, slots: Iterable[datetime], output: Path) -> None:
    """Run the pipeline once a slot over the sites."""
    feeds = output.with_suffix(".txt")
    feeds.write_text("".join(f"{url}/feed\n" for url in sites.urls.values()), "utf-8")
    options = ["--feeds", str(feeds), "--output", str(output), "--allow_private_hosts", "127.0.0.1"]
    with (
        uncollected()
    ):  # as every command: to go over all that is loaded takes a quarter of a second, and moves a start
        config = parse_config([*options, "--contact", CONTACT])
    try:
        with mock.patch("transforms.clock.now", clock.now):
            for number, slot in enumerate(slots):
                clock.set(slot)
                sites.run = number
                run_once(config)
                close_loops()  # a run is a process: what it knew of hosts goes with it
    finally:
        close_loops()
        close_sandboxes()


def publication(sites: Sites, output: Path) -> dict[str, dict[str, int]]:
    """Of each site: entries listed, published, lost, and published twice."""
    rows = connect(output).execute("SELECT url FROM texts").fetchall()
    published = Counter(url for (url,) in rows)
    found = {}
    for site in sites.sites:
        listed = {number for one in sites.asked if one.site is site for number in one.listed}
        due = {sites.urls[site.name] + page_path(site, number) for number in listed}
        due -= {url for url in due if "/private/" in url}
        found[site.name] = {
            "listed": len(due),
            "published": sum(url in published for url in due),
            "lost": sum(url not in published for url in due),
            "twice": sum(published[url] > 1 for url in due),
        }
    return found


def figures(sites: Sites, slots: int) -> dict[str, dict[str, Any]]:
    """Of each site: polls, statuses, bytes, minutes between the last polls, bytes beside a poller without manners."""
    found: dict[str, dict[str, Any]] = {}
    for site in sites.sites:
        polls = [one for one in sites.asked if one.site is site and one.path in _FEEDS]
        whole = [one.bytes for one in polls if one.status == 200]
        gaps = [(b.at - a.at) / timedelta(minutes=1) for a, b in pairwise(one for one in polls if one.path == "/feed")]
        found[site.name] = {
            "polls": sum(one.path == "/feed" for one in polls),
            "200": len(whole),
            "304": sum(one.status == 304 for one in polls),
            "bytes": sum(one.bytes for one in polls),
            "minutes": sum(gaps[-6:]) / len(gaps[-6:]) if gaps else None,
            "ratio": sum(whole) / (slots * max(whole)) if whole else None,
        }
    return found


def day(hours: float, every: float) -> tuple[dict[str, dict[str, Any]], Counter[tuple[str, str]]]:
    """Play so many hours with a slot every so many minutes; each site's figures, and the violations."""
    clock = SimulatedClock(START)
    slots = [START + n * timedelta(minutes=every) for n in range(int(hours * 60 / every))]
    with TemporaryDirectory() as folder, Sites(SITES, START, clock.now) as sites:
        output = Path(folder) / "data"
        play(sites, clock, slots, output)
        found, ended = figures(sites, len(slots)), publication(sites, output)
    return {name: found[name] | ended[name] for name in found}, judge(sites.asked)


def unchanged(count: int) -> list[dict[str, int]]:
    """Poll so many feeds that never change, twice; requests and bytes of each poll."""
    clock = SimulatedClock(START)
    half = [Site(f"s{n}", conditional=n % 2 == 0, etag=n % 2 == 0, last_modified=n % 2 == 0) for n in range(count)]
    with TemporaryDirectory() as folder, Sites(tuple(half), START, clock.now) as sites:
        play(sites, clock, [START, START + timedelta(hours=1)], Path(folder) / "data")
    rows = []
    for run in (0, 1):
        polls = [one for one in sites.asked if one.run == run and one.path == "/feed"]
        rows.append(
            {
                "poll": run + 1,
                "feeds": len(polls),
                "304": sum(one.status == 304 for one in polls),
                "feed_bytes": sum(one.bytes for one in polls),
                "pages": sum(one.run == run and one.path not in (*_FEEDS, "/robots.txt") for one in sites.asked),
                "all_bytes": sum(one.bytes for one in sites.asked if one.run == run),
            }
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Play and print; 1 for a violation, or an article that is lost or doubled."""
    stop_cleanly()
    parser = arguments("A day of polling in minutes.")
    parser.add_argument("--hours", type=float, default=24, metavar="N", help="of the simulated clock")
    parser.add_argument("--every", type=float, default=10, metavar="MINUTES", help="a slot")
    parser.add_argument("--unchanged", type=int, metavar="N", help="poll N feeds that never change twice, instead")
    options = parser.parse_args(argv)
    if options.unchanged:
        rows = unchanged(options.unchanged)
        print_table("feeds that never change", list(rows[0]), [list(row.values()) for row in rows])
        write_json(options.json, {"polls": rows})
        return 0
    found, violations = day(options.hours, options.every)
    columns = next(iter(found.values()))
    rows_ = [
        [name, *row.values(), sum(n for (site, _), n in violations.items() if site == name)]
        for name, row in found.items()
    ]
    print_table(
        f"{options.hours:g} hours, a slot every {options.every:g} minutes", ["site", *columns, "violations"], rows_
    )
    for (site, violation), times in violations.items():
        print(f"{site}: {violation}, {times:,} times: {VIOLATIONS[violation]}", file=sys.stderr)
    write_json(
        options.json,
        {"sites": found, "violations": [{"site": s, "violation": v, "times": n} for (s, v), n in violations.items()]},
    )
    return 1 if violations or any(row["lost"] or row["twice"] for row in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

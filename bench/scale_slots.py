"""One slot of so many articles through the pipeline's own graph, but for the network and the extractor.

`pipeline.run.run_once` does what it always does: the lock, recovery, `pipeline.graph`, the commit, the check of what is
published. Three transforms of the graph have stand-ins (bench/scale_stand_ins.py), whose time is taken off.
"""

import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from bench.scale_articles import text_of
from bench.scale_child import measured_call, peak_bytes
from bench.scale_fill import NOW
from bench.scale_stand_ins import Articles, Load, Pages, Polls, StandIn, article_of, entries_of, feed_url
from bench.scale_watch import Step, Stopwatch
from pipeline.options import parse_config
from pipeline.run import RunResult, run_once
from pipeline.slots import new_slot
from schemas.feed import Feed, FeedState, Poll
from schemas.page import Page
from transforms import clock
from transforms.extract.article import extract_article

_HISTORY, _DEDUP, _WRITE = (f"transforms.{stage}.transform" for stage in ("history", "dedup", "write"))
# what one worker does for a whole slot, whatever the runner: more machines change nothing
SERIAL = ("plan polls", "history look-ups", "choose", "stop anchors", "partners", "link", "commit")
# what is spread over workers, where the runner has them
SPREAD = ("sketch", "candidates", "boilerplate", "compare", "tag", "rows and files")
REST = "Beam and all else"
STEPS = (
    Step(f"{_HISTORY}.plan_polls", "plan polls"),
    Step(f"{_HISTORY}.find_retries", "history look-ups"),
    Step(f"{_HISTORY}.find_known", "history look-ups"),
    Step(f"{_HISTORY}.recognise", "history look-ups"),
    Step(f"{_HISTORY}.find_failures", "history look-ups"),
    Step(f"{_HISTORY}.choose_entries", "choose"),
    Step(f"{_DEDUP}.load_stops", "stop anchors"),
    Step(f"{_DEDUP}.find_partners", "partners"),
    Step(f"{_DEDUP}.mark_articles", "link"),
    Step(f"{_WRITE}.run_record", "commit"),
    Step(f"{_WRITE}.commit", "commit"),
    Step("transforms.dedup.step.without_credits", "sketch"),
    Step("transforms.dedup.step.sketch_text", "sketch"),
    Step("transforms.dedup.step.pack", "sketch"),
    Step("transforms.dedup.candidates.card_anchors", "candidates"),
    Step("transforms.dedup.candidates.are_keys", "candidates"),
    Step("transforms.dedup.candidates._packets", "candidates"),
    Step(f"{_DEDUP}.merged", "candidates"),
    Step(f"{_DEDUP}.candidate_pairs", "candidates"),
    Step(f"{_DEDUP}.find_stops", "boilerplate"),
    Step("transforms.dedup.desk.Desk.verdict", "compare"),
    Step("transforms.tag.step.tag_article", "tag"),
    Step(f"{_WRITE}.to_row", "rows and files"),
    Step(f"{_WRITE}.encode", "rows and files"),
    Step(f"{_WRITE}.stage_file", "rows and files"),
)
_MADE_UP = tuple(
    Step(f"bench.scale_stand_ins.{name}", "made up") for name in ("entries_of", "run_of", "entry_letter", "article_of")
)
_PAGE = (
    "<!doctype html><html lang=en><head><title>{title}</title></head><body>{around}"
    "<article><h1>{title}</h1>{body}</article>{around}</body></html>"
)


class Cost(NamedTuple):
    """What a slot took: seconds by row of the table."""

    articles: int
    wall_s: float
    cpu_s: float
    wall: dict[str, float]
    cpu: dict[str, float]
    # CPU seconds by stage, as `_meta/runs/<run>.json` has them
    tallies: dict[str, float]
    # pairs of articles that were compared, some more than once
    verdicts: int
    rows: dict[str, int]
    bytes_written: int

    @property
    def serial_s(self) -> float:
        """Wall seconds of what one worker does for the whole slot."""
        return sum(self.wall.get(row, 0.0) for row in SERIAL)


class Measured(NamedTuple):
    """A slot, one that finds a single article in the same output, and the memory of the process."""

    slot: Cost
    small: Cost
    peak_mb: float

    def us(self, row: str) -> float:
        """CPU per article in microseconds, without what the small slot takes."""
        more = max(1, self.slot.articles - self.small.articles)
        return 1e6 * (self.slot.cpu.get(row, 0.0) - self.small.cpu.get(row, 0.0)) / more

    @property
    def total_us(self) -> float:
        """The same of the whole process."""
        return 1e6 * (self.slot.cpu_s - self.small.cpu_s) / max(1, self.slot.articles - self.small.articles)


def measure(load: Load, folder: str) -> Measured:
    """A slot's cost, and that of a slot of one article; of two small ones the first warms up."""
    small = [run_slot(replace(load, articles=1, seed=seed), folder) for seed in (97, 98)][1]
    return Measured(run_slot(load, folder), small, peak_bytes() / 1e6)


def run_slot(load: Load, folder: str) -> Cost:
    """Publish a slot, and say what that took; what the stand-ins did is taken off."""
    feeds = Path(folder) / "feeds.txt"
    feeds.write_text("".join(f"{feed_url(n)}\n" for n in range(load.articles)), "utf-8")
    config = parse_config(["--feeds", str(feeds), "--output", load.output, "--processes", "1", "--min_poll", "0"])
    watch = Stopwatch()
    kinds = {"FetchFeeds": Polls, "FetchPages": Pages, "ExtractArticles": Articles}
    stand_ins: dict[str, Any] = {name: StandIn(kind, load) for name, kind in kinds.items()}
    with patch.multiple("pipeline.graph", **stand_ins), watch.on((*STEPS, *_MADE_UP)):
        result, spent = measured_call(lambda: run_once(config, start=NOW))
    return _cost(result, watch, spent.wall_s, spent.cpu_s)


def _cost(result: RunResult, watch: Stopwatch, wall_s: float, cpu_s: float) -> Cost:
    assert not result.imbalance, result.imbalance
    record, wall, cpu = result.record, dict(watch.wall), dict(watch.cpu)
    wall_s, cpu_s = wall_s - wall.pop("made up"), cpu_s - cpu.pop("made up")
    cpu[REST] = cpu_s - sum(cpu.values())
    tallies = {stage: words["cpu_us"] / 1e6 for stage, words in record["stages"].items() if "cpu_us" in words}
    articles = record["rows"]["articles"] + record["rows"]["reprints"]
    pairs, written = watch.calls["compare"], record["bytes_written"]
    return Cost(articles, wall_s, cpu_s, wall, cpu, tallies, pairs, record["rows"], written)


def extract_ms(sample: int) -> float:
    """CPU per page of the real extractor on made-up pages of about 60 KB; the median, in milliseconds."""
    spent = []
    for page in [_page(number, sample) for number in range(sample)]:
        began = time.process_time()
        extract_article(page)
        spent.append(time.process_time() - began)
    return 1e3 * statistics.median(spent)


def _page(number: int, sample: int) -> Page:
    """A page: the article, and around it what a site has around it."""
    poll, load = Poll(Feed(feed_url(number)), FeedState(), new_slot(clock.now())), Load(sample)
    entry = entries_of(poll, load)[0]
    text = text_of(number, sample, load.seed)
    teasers = (f'<li class="teaser"><a href="/{n}"><b>{article_of(entry, load).title}</b></a></li>' for n in range(180))
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.paragraphs)
    html = _PAGE.format(title=text.title, body=body, around=f"<nav><ul>{''.join(teasers)}</ul></nav>")
    return Page(entry, entry.url, 200, "utf-8", html.encode(), entry.first_seen_at)

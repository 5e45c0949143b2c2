"""A press that follows a script: stories appear, change, are corrected, and are syndicated, by a clock of its own.

An agency and five papers, each a server on loopback. The papers run the agency's stories later: whole, retitled, cut
or with a paragraph more; and stories of their own. Some are edited, some pages fail for a while, some for good, and
some entries lead nowhere. Everything follows from a seed; nobody's text is used.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from types import TracebackType

from bench.hostile import HostileServer, answer

AGENCY = "agency"
OUTLETS = (AGENCY, "courier", "herald", "ledger", "mirror", "tribune")
_CONSONANTS, _VOWELS = "bcdfghklmnprstvw", "aeiou"
# what stories are about, among invented words
_TERMS = ("summit", "sanctions", "cyberattack", "ceasefire", "floods", "strike", "election", "earthquake")


@dataclass(frozen=True)
class Item:
    """What one outlet runs, from some minute on."""

    outlet: str
    path: str
    title: str
    paragraphs: tuple[str, ...]
    # minutes of the script
    at: int
    # when the outlet last changed it
    edited_at: int | None = None
    # its page answers with 500 before this minute, or with 404 for ever
    fails_until: int = 0
    lost: bool = False
    # an entry without a link
    bare: bool = False


def script(minutes: int, seed: int = 7) -> list[tuple[int, Item]]:
    """The whole script: at which minute which version of an item is there; the later version of a path counts."""
    rng, found = random.Random(seed), list[tuple[int, Item]]()
    for number in range(max(4, minutes // 2)):
        at = rng.randrange(0, max(1, minutes - 15))
        found.extend(_story(rng, number, at))
    return sorted(found, key=lambda one: one[0])


def _story(rng: random.Random, number: int, at: int) -> Iterator[tuple[int, Item]]:
    paragraphs = tuple(paragraph(rng) for _ in range(7))
    outlet = AGENCY if rng.random() < 0.6 else rng.choice(OUTLETS[1:])
    item = Item(outlet, f"/{number}/{_word(rng)}", _title(rng), paragraphs, at)
    item = replace(item, **_trouble(rng, at))
    # an agency's own site may list a story after its clients, dated before them
    yield at + rng.choice((0, 0, 25)) * (outlet == AGENCY), item
    if rng.random() < 0.4 and not item.bare:
        later = at + rng.randrange(26, 40)
        text = (*paragraphs[:3], paragraph(rng), *paragraphs[3:])
        yield later, replace(item, title=f"{item.title} (corrected)", paragraphs=text, edited_at=later)
    if outlet == AGENCY and not item.bare:
        for paper in rng.sample(OUTLETS[1:], rng.randrange(0, 4)):
            later = at + rng.randrange(0, 45)
            yield later, _copy(rng, item, paper, later)


def _trouble(rng: random.Random, at: int) -> dict[str, int | bool]:
    draw = rng.random()
    if draw < 0.08:
        return {"fails_until": at + 20}
    return {"lost": draw > 0.96, "bare": 0.92 < draw <= 0.96}


def _copy(rng: random.Random, item: Item, paper: str, at: int) -> Item:
    """What a paper makes of an agency's story."""
    kind = rng.choice(("whole", "retitled", "cut", "extended"))
    title = item.title if kind == "whole" else _title(rng)
    paragraphs = item.paragraphs
    if kind == "cut":
        paragraphs = paragraphs[:5]
    if kind == "extended":
        paragraphs = (*paragraphs, paragraph(rng))
    return Item(paper, f"{item.path}-{paper}", title, paragraphs, at)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 4)))


def _title(rng: random.Random) -> str:
    return f"{_word(rng).capitalize()} and {_word(rng)}: what the {_word(rng)} of {_word(rng).capitalize()} means"


def paragraph(rng: random.Random) -> str:
    """Three sentences of invented words: no two texts share a phrase, unless one is a copy of the other."""

    def sentence() -> str:
        words = [_word(rng) for _ in range(rng.randint(10, 18))]
        words[rng.randrange(len(words))] = rng.choice(_TERMS)
        return " ".join(words).capitalize() + "."

    return " ".join(sentence() for _ in range(3))


class ScriptedPress:
    """The outlets, served while the context lasts; `show` says what minute it is."""

    def __init__(self, start: datetime, minutes: int, seed: int = 7) -> None:
        self._start, self._script = start, script(minutes, seed)
        self._servers = {name: HostileServer() for name in OUTLETS}
        self._open = ExitStack()

    def __enter__(self) -> "ScriptedPress":
        for server in self._servers.values():
            self._open.enter_context(server)
            server.on("/robots.txt", answer(b"User-agent: *\nAllow: /\n", content_type="text/plain"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def feeds(self) -> list[str]:
        """The URL of each outlet's feed."""
        return [f"{server.url}/feed" for server in self._servers.values()]

    def show(self, minute: float) -> None:
        """From now on the outlets answer as at that minute."""
        there = {(item.outlet, item.path): item for at, item in self._script if at <= minute}
        for item in (item for _, item in self._script):
            self._servers[item.outlet].on(item.path, answer(status="404 Not there"))
        for name, server in self._servers.items():
            items = [item for item in there.values() if item.outlet == name]
            for item in items:
                server.on(item.path, self._page(item, minute))
            feed = self._feed(server.url, items).encode()
            server.on("/feed", answer(feed, content_type="application/rss+xml"))

    def _page(self, item: Item, minute: float) -> "object":
        if item.lost:
            return answer(status="404 Lost")
        if minute < item.fails_until:
            return answer(status="500 Oops")
        body = "".join(f"<p>{escape(text)}</p>" for text in item.paragraphs)
        head = f"<title>{escape(item.title)}</title>"
        page = f"<!doctype html><html lang='en'><head>{head}</head><body><article><h1>{escape(item.title)}</h1>{body}"
        return answer(page.encode(), content_type="text/html; charset=utf-8")

    def _feed(self, url: str, items: list[Item]) -> str:
        entries = "".join(self._entry(url, item) for item in sorted(items, key=lambda item: -item.at))
        return f"<rss version='2.0'><channel><title>{url}</title>{entries}</channel></rss>"

    def _entry(self, url: str, item: Item) -> str:
        link = "" if item.bare else f"<link>{url}{item.path}</link>"
        at = format_datetime(self._start + timedelta(minutes=item.at), usegmt=True)
        parts = f"<title>{escape(item.title)}</title>{link}<guid>{url}{item.path}</guid><pubDate>{at}</pubDate>"
        return f"<item>{parts}</item>"

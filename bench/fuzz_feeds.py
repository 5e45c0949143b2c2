"""Random bytes, guided by what they reach, through what reads feeds, dates, links and pages.

    python -m bench.fuzz_feeds [--minutes N] [--seed N] [--targets NAMES] [--corpus DIR] [--findings DIR] [--json FILE]

Each target runs in a process of its own under atheris, which watches what of the code and its libraries is reached.
Only declared errors may come out, and within two seconds: anything else is a finding, whose input is kept in
`--findings`, and ends its target. The time is shared among the targets, who take turns.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.figures import ROOT, arguments, print_table, stop_cleanly, write_json
from schemas.feed import Feed
from schemas.slot import Slot

_NOW = datetime(2026, 11, 25, tzinfo=timezone.utc)
_FEED = Feed("http://e.example/feed")
_SLOT = Slot("20261125T000000Z-00000000", _NOW)
_SLOW_S = 2
_LONGEST = 20_000
# shares of the time
_SHARES = {"feeds": 0.4, "dates": 0.15, "links": 0.15, "pages": 0.3}
_WORDS = (
    *("<rss>", "<channel>", "<item>", "</item>", "<title>", "<link>", "<guid>", "<pubDate>", "<description>"),
    *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<updated>", "<content type='xhtml'>", "<urlset>"),
    *("<url>", "<loc>", "<news:news>", "<sitemapindex>", "<![CDATA[", "]]>", "&#xD800;", "&amp;", "<!DOCTYPE", "<?xml"),
    *("encoding='koi8-r'", "xml:base='http://b/'", '{"version":"https://jsonfeed.org/version/1.1","items":[', '"url":'),
    *("CEST", "+0530", "2026-11-20T10:00:00Z", "Fri, 20 Nov 2026", "24:00:60", "年", "http://", "utm_source=", "%zz"),
)
_SEEDS = {
    "feeds": (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>E</title><ttl>5</ttl><item><title>Rain</title>"
        "<link>http://e.example/1</link><guid>g</guid><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item>"
        "</channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>u</id><title type='html'>R</title><link href='/1'/>"
        "<updated>2026-11-20T10:00:00Z</updated><content type='html'>&lt;p&gt;x</content></entry></feed>",
        '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"url":"http://e.example/1","tags":["a"]}]}',
        "<urlset><url><loc>http://e.example/1</loc><news><title>R</title><publication_date>2026-11-20</publication_date>"
        "</news></url></urlset>",
        "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-11-24</lastmod></sitemap></sitemapindex>",
    ),
    "dates": (
        "Fri, 20 Nov 2026 10:00:00 CEST",
        "2026-11-20T10:00:00.5+05:30",
        "20. November 2026, 10 Uhr",
        "1795168800",
    ),
    "pages": (
        "<!doctype html><html lang=en><head><title>Rain | Elbe</title><meta property='og:title' content='Rain'>"
        '<script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":"Ada Pen"}],'
        '"datePublished":"2026-11-20"}'
        "</script></head><body><h1>Rain</h1><p class=byline>By Ada Pen</p><p>GENEVA (AP) — It rained all night.</p>"
        "<table><tr><td>1</table><p>Source: AFP</p></body></html>",
    ),
    "links": ("http://E.example:80/a b?utm_source=x&id=3#top", "//e.example/é", "http://[::1]:443/", "../a?b=%zz"),
}


class Finished(NamedTuple):
    """What came of one target."""

    target: str
    executions: int
    # edges of the code that were reached
    coverage: int
    # the last line of what was wrong, "" for nothing
    finding: str


def feeds(data: bytes) -> None:
    """Any bytes as a feed's body."""
    from transforms.errors import ParseError
    from transforms.fetch.parse import parse_feed

    try:
        parsed = parse_feed(data, "", _FEED.url, _FEED, _SLOT)
    except ParseError:
        return
    repr(parsed).encode("utf-8")  # what nothing could store


def dates(data: bytes) -> None:
    """Any text as a stated date."""
    from transforms.dates import read_date

    dating = read_date(data.decode("utf-8", "replace"), source="feed", now=_NOW, language="de")
    if dating.at and not (dating.at.tzinfo and 1990 <= dating.at.year <= 2026):
        raise AssertionError(dating)


def links(data: bytes) -> None:
    """Any text as an entry's link."""
    from transforms.errors import ParseError
    from transforms.urls import absolute_url, canonical_url

    try:
        url = absolute_url(data.decode("utf-8", "replace"), "http://e.example/feed")
        identity = canonical_url(url)
    except ParseError:
        return
    if not (url.isascii() and url.isprintable() and canonical_url(identity) == identity):
        raise AssertionError((url, identity))


def pages(data: bytes) -> None:
    """Any bytes as a page."""
    from transforms.errors import ExtractError
    from transforms.extract.page import extract_page

    try:
        found = extract_page(data, url="http://e.example/1", now=_NOW, language_hint="en")
    except ExtractError:
        return
    repr(found).encode("utf-8")


TARGETS: dict[str, Callable[[bytes], None]] = {"feeds": feeds, "dates": dates, "links": links, "pages": pages}


def fuzz(target: str, arguments_: Sequence[str]) -> None:
    """Run a target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["transforms", "feedparser", "feedparser_sgmllib", "w3lib", "trafilatura"]):
        TARGETS[target](b"")
    atheris.Setup(["fuzz_feeds", *arguments_], TARGETS[target])
    atheris.Fuzz()


def run(target: str, seconds: int, options: Any) -> Finished:
    """Fuzz a target in a child for so long; its figures, and the finding that ended it."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(_SEEDS[target]):
            (corpus / f"seed-{number}").write_text(seed, "utf-8")
        words = Path(folder) / "words"
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in _WORDS), "ascii")
        limits = [f"-max_total_time={seconds}", f"-timeout={_SLOW_S}", f"-max_len={_LONGEST}", f"-seed={options.seed}"]
        places = [f"-dict={words}", f"-artifact_prefix={options.findings}/{target}-", str(corpus)]
        more = [str(options.corpus)] if options.corpus else []
        command = [
            sys.executable,
            "-m",
            "bench.fuzz_feeds",
            "--child",
            target,
            *limits,
            "-print_final_stats=1",
            *places,
        ]
        done = subprocess.run(
            [*command, *more], cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
        )
    return finished(target, done.returncode, done.stdout + done.stderr)


def finished(target: str, code: int, said: str) -> Finished:
    """The figures in what libFuzzer printed.

    >>> finished("dates", 0, "#8 NEW cov: 5 ft: 6\\nstat::number_of_executed_units: 40")
    Finished(target='dates', executions=40, coverage=5, finding='')
    """
    executed = re.findall(r"number_of_executed_units:\s*(\d+)", said) or re.findall(r"^#(\d+)", said, re.M)
    covered = re.findall(r"\bcov: (\d+)", said)
    raised = re.findall(r"^(?:[\w.]*(?:Error|Exception)\b.*|ALARM:.*|.*ERROR: libFuzzer.*)$", said, re.M)
    finding = (raised[0] if raised else said.strip().rpartition("\n")[2]) if code else ""
    return Finished(target, int(executed[-1]) if executed else 0, int(covered[-1]) if covered else 0, finding)


def _escaped(word: str) -> str:
    return "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in word.encode())


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzz each target and print what came of it; 1 for a finding, 2 where atheris is missing."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["--child"]:
        fuzz(argv[1], argv[2:])
        return 0
    stop_cleanly()
    parser = arguments("Fuzzing of what reads strangers' feeds.")
    parser.add_argument("--minutes", type=float, default=10, metavar="N", help="in all; 10 by default")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random numbers")
    parser.add_argument(
        "--targets", nargs="+", choices=TARGETS, default=list(TARGETS), metavar="NAME", help="only these"
    )
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="more inputs to begin with, one a file")
    parser.add_argument(
        "--findings", type=Path, default=Path("findings"), metavar="DIR", help="gets a file per finding"
    )
    options = parser.parse_args(argv)
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("bench.fuzz_feeds needs atheris: pip install -e '.[fuzz]'", file=sys.stderr)
        return 2
    options.findings.mkdir(parents=True, exist_ok=True)
    whole = sum(_SHARES[target] for target in options.targets)
    results = [
        run(target, max(1, round(60 * options.minutes * _SHARES[target] / whole)), options)
        for target in options.targets
    ]
    print_table("fuzzing", ["target", "executions", "edges", "finding"], [list(result) for result in results])
    write_json(options.json, {"targets": [result._asdict() for result in results]})
    return 1 if any(result.finding for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())

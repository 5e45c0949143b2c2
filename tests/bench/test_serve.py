"""The served sites are those of the saved pages, byte for byte, and end when they should."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import feedparser
import pytest

from bench.figures import ROOT
from bench.serve import Corpus, Saved, feed_xml, listening, page_path, serving
from tests.bench.saved_pages import ROWS, write_pages

pytestmark = pytest.mark.slow  # servers and whole runs


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    """The six pages, served."""
    with serving(write_pages(tmp_path_factory.mktemp("pages"))) as corpus:
        yield corpus


def test_serving_gives_the_saved_bytes_without_a_charset(corpus: Corpus) -> None:
    """Every page comes back as it was saved, as text/html, under a URL that leads to its id."""
    answers = {corpus.ids[url]: urlopen(url) for url in corpus.ids}
    served = {id_: (answer.read(), answer.headers["Content-Type"]) for id_, answer in answers.items()}

    assert served == {id_: (html, "text/html") for id_, _, _, html in ROWS}


def test_each_site_has_one_feed_of_links_and_guids_only(corpus: Corpus) -> None:
    """There is a feed per site, at an address of its own; together they list every page once and say nothing of it."""
    urls = corpus.feeds_file.read_text().split()
    entries = [entry for url in urls for entry in feedparser.parse(urlopen(url).read()).entries]

    assert len(urls) == len({url.split(":")[1] for url in urls}) == 4
    assert sorted(entry.link for entry in entries) == sorted(corpus.ids)
    assert all(set(entry) <= {"link", "links", "id", "guidislink"} for entry in entries)


def test_an_id_is_found_however_the_query_was_rewritten(corpus: Corpus) -> None:
    """Tracking parameters may be cut and others sorted; the row in the path still leads to the id."""
    url = next(url for url, id_ in corpus.ids.items() if id_ == "a")

    assert url.endswith("/p0/2026/pier?id=1&part=2")
    assert corpus.id_of(url.partition("?")[0]) == "a"
    assert corpus.id_of("http://elsewhere.example/pier") is None


def test_an_unknown_path_is_not_found(corpus: Corpus) -> None:
    """A path that no page was saved under is answered with status 404."""
    base = corpus.feeds_file.read_text().split()[0].removesuffix("/feed.xml")

    with pytest.raises(HTTPError, match="404"):
        urlopen(base + "/robots.txt")


def test_latency_delays_every_answer(pages: Path) -> None:
    """With a latency of 150 ms, no answer comes sooner."""
    with serving(pages, latency_ms=150) as corpus:
        began = time.monotonic()
        urlopen(next(iter(corpus.ids))).read()

        assert time.monotonic() - began >= 0.15


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://e.org", "/p7/"),
        ("https://e.org/web/http://f.org/a?b=c&d", "/p7/web/http://f.org/a?b=c&d"),
        ("https://e.org/ü?q=ä ", "/p7/%C3%BC?q=%C3%A4"),
        ("https://e.org/" + "a" * 5000, "/p7/"),
        ("no link", "/p7/"),
    ],
)
def test_page_path_keeps_what_can_be_requested(url: str, path: str) -> None:
    """Path and query stay, encoded where needed; what is too long or no path is dropped."""
    assert page_path(Saved(7, "x", "e.org", url)) == path


def test_feed_xml_escapes_links() -> None:
    """An ampersand in a link is escaped, and a parser gives it back."""
    assert feedparser.parse(feed_xml("e.org", ["http://e.org/?a=1&b=2"])).entries[0].link == "http://e.org/?a=1&b=2"


def test_hundreds_of_sites_listen_on_one_port() -> None:
    """Seven hundred sites have as many addresses and one port."""
    sockets = listening(700, 0)
    names = [bound.getsockname() for bound in sockets]
    for bound in sockets:
        bound.close()

    assert len({address for address, _ in names}) == 700
    assert len({port for _, port in names}) == 1


def test_a_taken_port_is_an_error() -> None:
    """A port asked for by number and taken at one of the addresses raises OSError, and leaves no socket open."""
    with socket.create_server(("127.1.0.2", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="not free"):
            listening(3, port)
        socket.create_server(("127.1.0.1", port)).close()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_with_exit_code_0(pages: Path, tmp_path: Path, signum: int) -> None:
    """SIGTERM and SIGINT stop serving, and that is no failure."""
    process = subprocess.Popen(_command(pages, tmp_path / "feeds.txt"), cwd=ROOT)
    _wait_for(tmp_path / "feeds.txt")
    process.send_signal(signum)

    assert process.wait(10) == 0


def test_the_server_ends_when_its_parent_dies(pages: Path, tmp_path: Path) -> None:
    """A server whose parent was killed does not stay behind."""
    feeds, pid = tmp_path / "feeds.txt", tmp_path / "pid"
    script = (
        "import subprocess, sys; p = subprocess.Popen(sys.argv[2:]); open(sys.argv[1], 'w').write(str(p.pid)); p.wait()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(pid), *_command(pages, feeds)], cwd=ROOT)
    _wait_for(feeds)
    parent.kill()
    parent.wait()

    assert _ends(int(pid.read_text()))


def _command(pages: Path, feeds: Path) -> list[str]:
    return [sys.executable, "-m", "bench.serve", str(pages), "--feeds", str(feeds)]


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _ends(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return True
        time.sleep(0.05)
    return False

"""`dateline extract` prints what a page gives, and why."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.transforms.extract.pages import PROSE, html_page

_PAGE = html_page(
    *PROSE * 2,
    head='<meta property="og:title" content="River floods old town"><meta name="author" content="Ann Writer">',
    after="<ul class='related-links'><li><a href='/other'>Read more about rivers</a></li></ul><p>Source: AFP</p>",
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page in a file."""
    path = tmp_path / "page.html"
    path.write_bytes(_PAGE)
    return path


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a server that answers everything with the page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/flood"
        server.shutdown()


def test_file(page: Path, capsys):
    """What a page gives is printed by name, then its body, a line a block."""
    assert main(["extract", str(page)]) == 0
    out = capsys.readouterr().out
    assert "River floods old town" in out
    assert "Ann Writer" in out
    assert out.rstrip().endswith("\n".join(PROSE))


def test_json(page: Path, capsys):
    """The same as one JSON object."""
    assert main(["extract", str(page), "--json", "--url", "https://news.example.org/flood"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["body_text"].split("\n") == list(PROSE)
    assert [credit["agency"] for credit in found["agencies"]] == ["afp"]


def test_explain(page: Path, capsys):
    """Each block is shown with its score, kept or dropped, and the columns that moved it."""
    assert main(["extract", str(page), "--explain"]) == 0
    lines = capsys.readouterr().out.split("\n")
    kept = next(number for number, line in enumerate(lines) if line.endswith(PROSE[0]))
    dropped = next(number for number, line in enumerate(lines) if line.endswith("Read more about rivers"))
    assert lines[kept].startswith("+ 0.")
    assert lines[dropped].startswith("- 0.")
    assert "alike_good=" in lines[kept + 1]
    assert "blocks kept; second extractor" in "\n".join(lines)


def test_url(address: str, capsys):
    """A page is fetched with the guards of a run: loopback only where it is allowed."""
    assert main(["extract", address]) == 1
    assert "blocked_" in capsys.readouterr().out
    assert main(["extract", address, "--allow_private_hosts", "127.0.0.1"]) == 0
    assert PROSE[0] in capsys.readouterr().out


def test_no_article(tmp_path: Path, capsys):
    """A page without an article says why not, and the exit code is 1."""
    path = tmp_path / "page.pdf"
    path.write_bytes(b"%PDF-1.7")

    assert main(["extract", str(path)]) == 1
    assert "not_html" in capsys.readouterr().out


def test_no_file(tmp_path: Path, capsys):
    """A file that is not there is a usage error of one line."""
    assert main(["extract", str(tmp_path / "none.html")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_has_no_address(tmp_path: Path, capsys):
    """A page in a file is not taken for a site's front page, of which ten linked headlines would be evidence."""
    teasers = "".join(f"<li><a href='/{n}'>Another report of some length, number {n}</a></li>" for n in range(12))
    path = tmp_path / "page.html"
    path.write_bytes(html_page(*PROSE, after=f"<ul class='related-links'>{teasers}</ul>"))

    assert main(["extract", str(path)]) == 0
    assert PROSE[0] in capsys.readouterr().out
    assert main(["extract", str(path), "--url", "https://news.example.org/"]) == 1
    assert "not_an_article" in capsys.readouterr().out


def test_json_stays_json(page: Path, capsys):
    """One JSON object and the blocks with their reasons do not go together."""
    with pytest.raises(SystemExit) as ended:
        main(["extract", str(page), "--json", "--explain"])

    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err

"""The demo site: every outlet on a loopback port of its own, from the standard library alone."""

import threading
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from pipeline.demo.answer import Answer
from pipeline.demo.content import Edition, Outlet, load_outlets
from pipeline.demo.feeds import feed_answer
from pipeline.demo.pages import front_page, missing_page, page_answer

HOST = "127.0.0.1"
_ROBOTS = Answer(200, "text/plain", b"User-agent: *\nAllow: /\n")
_TEXT = "text/plain; charset=utf-8"


class DemoSite:
    """A context in which the outlets are served; `port=0` takes free ports, another value that one and those after it.

    Changes nothing outside of itself; when the context ends, the ports are free again.
    """

    def __init__(self, port: int = 0) -> None:
        self.addresses: dict[str, str] = {}
        self.feeds: list[str] = []
        # paths without their query, over all outlets
        self.requests: Counter[str] = Counter()
        self._first_port = port
        self._lock = threading.Lock()
        self._servers: list[_OutletServer] = []
        self._edition = Edition(load_outlets(), self.addresses)

    def __enter__(self) -> "DemoSite":
        with ExitStack() as opened:
            # a port that is taken closes those before it
            opened.callback(self._close)
            for number, outlet in enumerate(self._edition.outlets.values()):
                self._open(outlet, self._first_port + number if self._first_port else 0)
            opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def publish_edition(self, number: int) -> None:
        """Move on to edition 2, in which one article is edited, or back to edition 1."""
        self._edition = replace(self._edition, number=number)

    def write_feed_list(self, path: Path) -> None:
        """Write the feeds as OPML, in folders; the file is there whole or not at all."""
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(feed_list(self._edition))
        draft.replace(path)

    def _open(self, outlet: Outlet, port: int) -> None:
        server = _OutletServer(port, lambda path: self._answer(outlet, path), self.publish_edition)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._servers.append(server)
        base = f"http://{HOST}:{server.server_port}"
        self.addresses[outlet.key] = base
        self.feeds += [base + feed.path for feed in outlet.feeds]

    def _close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def _answer(self, outlet: Outlet, path: str) -> Answer:
        with self._lock:
            self.requests[path] += 1
        return answer(outlet, path, self._edition)


def answer(outlet: Outlet, path: str, edition: Edition) -> Answer:
    """What an outlet says to a path in this edition."""
    for feed in outlet.feeds:
        if feed.path == path:
            return feed_answer(feed, outlet, edition)
    for story in edition.stories(outlet.key):
        if story.path == path and story.link is None:
            return page_answer(story, outlet, edition)
    if path == "/robots.txt":
        return _ROBOTS
    return front_page(outlet, edition) if path == "/" else missing_page(outlet, edition)


def feed_list(edition: Edition) -> bytes:
    """An edition in, its feeds as OPML with one outline per folder out."""
    opml = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(opml, "head"), "title").text = "Dateline demo"
    folders = {"": ET.SubElement(opml, "body")}
    for outlet in edition.outlets.values():
        for feed in outlet.feeds:
            address = edition.bases[outlet.key] + feed.path
            ET.SubElement(_folder(folders, feed.folder), "outline", type="rss", text=outlet.name, xmlUrl=address)
    ET.indent(opml)
    document: bytes = ET.tostring(opml, encoding="utf-8", xml_declaration=True)
    return document


def _folder(folders: dict[str, ET.Element], path: str) -> ET.Element:
    """The outline of a folder such as World/Europe, made where it is new."""
    if path not in folders:
        parent, _, name = path.rpartition("/")
        folders[path] = ET.SubElement(_folder(folders, parent), "outline", text=name)
    return folders[path]


class _OutletServer(ThreadingHTTPServer):
    """The server of one outlet."""

    daemon_threads = True

    def __init__(self, port: int, answer_to: Callable[[str], Answer], publish: Callable[[int], None]) -> None:
        self.answer_to = answer_to
        self.publish = publish
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Requests in, answers out; keeps connections open."""

    server: _OutletServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # an answer leaves in one piece
    wbufsize = -1
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a page or a feed, or with 304 where the client has it."""
        found = self.server.answer_to(urlsplit(self.path).path)
        held = [tag.strip().removeprefix("W/") for tag in self.headers.get("If-None-Match", "").split(",")]
        if found.validators.get("ETag") in held:
            found = replace(found, status=304)
        self._send(found)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Move the whole site to the edition that `/__edition?n=2` names."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        number = parse_qs(url.query).get("n", [""])[0]
        if url.path != "/__edition" or number not in ("1", "2"):
            self._send(Answer(400, _TEXT, b"expected /__edition?n=1 or /__edition?n=2\n"))
            return
        self.server.publish(int(number))
        self._send(Answer(200, _TEXT, f"edition {number}\n".encode()))

    def _send(self, found: Answer) -> None:
        self.send_response(found.status)
        for name, value in found.validators.items():
            self.send_header(name, value)
        # a 304 has no body, so it states no length of one
        if found.status != 304:
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if found.status != 304 and self.command != "HEAD":
            self.wfile.write(found.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: `DemoSite.requests` counts."""

"""Servers that do harm, each against the real client at its own limits: how long, how much, and with what word it ends.

    python -m bench.attacks [--attacks NAMES] [--timeout SECONDS] [--json FILE]

Each attack is met by a client in a fresh process, for one page of at most 5 MB, as the pipeline fetches it: three tries
where a failure may pass in a second. Peak memory is that process's resident peak; the first line, an ordinary page,
tells what it takes without an attack. Addresses that must not be reached are tried too, with a listener that counts.
"""

import gzip
import json
import resource
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from bench.figures import ROOT, arguments, print_table, stop_cleanly, write_json
from bench.hostile import Behaviour, HostileServer, after, answer, endless, raw, redirect, reset

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TEXT = b"They met and they talked. " * 400


def bomb(megabytes: int) -> bytes:
    """A gzip stream of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


# behaviour, and the words with which it may end; in each table the failures of one kind
BREAKS: dict[str, tuple[Behaviour, str]] = {
    "closed without a word": (raw(b""), "connect_error"),
    "reset without a word": (reset(), "connect_error"),
    "reset in the body": (reset(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"), "truncated|connect_error"),
    "closed in the body": (answer(b"half", length=1000), "truncated"),
    "closed in a chunk": (raw(CHUNKED + b"a\r\nhalf"), "truncated"),
    "closed between chunks": (raw(CHUNKED + b"4\r\nhalf\r\n"), "truncated"),
    "gzip breaks off": (answer(gzip.compress(TEXT)[:-20], content_encoding="gzip"), "truncated"),
    "gzip breaks off at the close": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(TEXT)[:-20]),
        "truncated",
    ),
    "deflate breaks off": (answer(zlib.compress(TEXT)[:-20], content_encoding="deflate"), "truncated"),
}
BAD_HTTP: dict[str, Behaviour] = {
    "garbage in place of a status": raw(b"\x00\x01garbage\r\n\r\n"),
    "another protocol": raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "an endless header": endless(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65_536),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", b"X-1: a\r\n" * 4_096),
    "two lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
    "a length and chunks": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "a length below zero": raw(b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc"),
}
SLOW: dict[str, Behaviour] = {
    "never answers": after(60, answer()),
    "slow header": endless(b"HTTP/1.1 200 OK\r\nX: ", b"a", pause=0.05),
    "slow body": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a", pause=0.05),
    "slow chunks": endless(CHUNKED, b"1\r\na\r\n", pause=0.05),
    "only interim answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.05),
}
TOO_LARGE: dict[str, Behaviour] = {
    "gzip bomb": answer(bomb(200), content_encoding="gzip"),
    "announced": answer(b"x", length=10**12),
    "endless body": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536),
    "endless chunks": endless(CHUNKED, b"1\r\nx\r\n" * 4_096),
}
REDIRECTS: dict[str, tuple[Behaviour, str]] = {
    "a redirect to itself": (redirect("/attack"), "redirect_loop"),
    "a redirect to a metadata service": (redirect("http://169.254.169.254/latest/"), "blocked_address"),
    "a redirect to a file": (redirect("file:///etc/hostname"), "bad_scheme"),
    "a redirect with a password": (redirect("http://a:b@127.0.0.1/"), "userinfo_in_url"),
}
CODED: dict[str, Behaviour] = {
    "a plain body announced as gzip": answer(TEXT, content_encoding="gzip"),
    "two codings": answer(gzip.compress(gzip.compress(TEXT)), content_encoding="gzip, gzip"),
    "a coding not asked for": answer(TEXT, content_encoding="br"),
}


def _all() -> dict[str, tuple[Behaviour, str]]:
    """Every attack with the words it may end with, an ordinary page first."""
    kinds = ((BAD_HTTP, "bad_http"), (SLOW, "timeout"), (TOO_LARGE, "body_too_large"), (CODED, "bad_encoding"))
    plain = {name: (behaviour, word) for table, word in kinds for name, behaviour in table.items()}
    large = {"gzip bomb of 1 GB": (answer(bomb(1_000), content_encoding="gzip"), "body_too_large")}
    # five megabytes in pieces of a byte cost seconds: which of the two limits is met first hangs on the machine
    plain["endless chunks"] = (TOO_LARGE["endless chunks"], "body_too_large|timeout")
    return {"an ordinary page": (answer(TEXT), "fetched")} | BREAKS | plain | large | REDIRECTS


# forms of addresses that no link may reach
_FORMS = """
127.0.0.1 localhost LOCALHOST localhost. ip6-localhost 127.0.0.1. 127.0.0.1%2e 127.1 127.0.1 127.99.1.2
2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 017700000001 0177.0.0.1 0177.0.0.01 00000177.0.0.1 0 0.0.0.0
[::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1]
[::127.0.0.1] [64:ff9b::127.0.0.1] [2002:7f00:1::] [::1%25lo] ①②⑦.⓪.⓪.① 127。0。0。1 １２７.0.0.1
user@127.0.0.1 news.example@127.0.0.1 news.example:x@127.0.0.1 news.example\\@127.0.0.1
169.254.169.254 10.0.0.1 192.168.0.1 100.100.100.200 168.63.129.16 [fd00:ec2::254] metadata.google.internal
"""
FORMS = tuple(_FORMS.split())


class Canary:
    """A socket that listens on every address of this machine, and can tell whether anybody came."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    def reached(self) -> bool:
        """Whether a connection was made since the last call."""
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


class Ending(NamedTuple):
    """How one attack ended."""

    attack: str
    # fetched, or the reason of the dead letter
    outcome: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    # it ended with a word that fits
    is_right: bool


def met(url: str, timeout: float, allowed: str) -> str:
    """What the real client makes of a URL: fetched, or a reason."""
    from transforms.errors import FetchError
    from transforms.fetch.loop import close_loops, loop_of
    from transforms.fetch.settings import FetchSettings

    settings = FetchSettings("Dateline-bench (bench@example.org)", (allowed,) if allowed else (), timeout=timeout)
    try:
        loop_of(settings).submit(lambda client: client.get(url, max_bytes=settings.max_page_bytes)).result()
    except FetchError as error:
        return error.reason
    finally:
        close_loops()
    return "fetched"


def end(attack: str, url: str, words: str, timeout: float, allowed: str = "127.0.0.1") -> Ending:
    """Meet an attack in a process of its own."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.attacks", "--child", url, str(timeout), allowed]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    right = said["outcome"] in words.split("|")
    return Ending(attack, said["outcome"], time.monotonic() - began, said["cpu_s"], said["peak_mb"], right)


def _child(url: str, timeout: str, allowed: str) -> int:
    outcome = met(url, float(timeout), allowed)
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    print(json.dumps({"outcome": outcome, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": peak}))
    return 0


def addresses(timeout: float) -> dict[str, int]:
    """How many forms of addresses were tried, refused, and reached all the same."""
    canary = Canary()
    try:
        outcomes = [(met(f"http://{form}:{canary.port}/", timeout, ""), canary.reached()) for form in FORMS]
    finally:
        canary.close()
    refused = sum(outcome != "fetched" for outcome, _ in outcomes)
    return {"forms": len(outcomes), "refused": refused, "reached": sum(reached for _, reached in outcomes)}


def main(argv: Sequence[str] | None = None) -> int:
    """Meet the attacks and print how each ended; 1 if one ended otherwise than it should."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["--child"]:
        return _child(*argv[1:])
    stop_cleanly()
    attacks = _all()
    parser = arguments("Servers that do harm, against the real client.")
    parser.add_argument(
        "--attacks", nargs="+", choices=attacks, default=list(attacks), metavar="NAME", help="only these"
    )
    parser.add_argument("--timeout", type=float, default=20, metavar="SECONDS", help="the client's; 20 by default")
    options = parser.parse_args(argv)
    with HostileServer() as server:
        endings = [
            end(name, server.on("/attack", attacks[name][0]), attacks[name][1], options.timeout)
            for name in options.attacks
        ]
    reach = addresses(options.timeout)
    columns = ["attack", "outcome", "wall s", "CPU s", "peak MB", "as it should"]
    print_table("attacks", columns, [[*e[:5], "yes" if e.is_right else "no"] for e in endings])
    print_table("addresses that must not be reached", list(reach), [list(reach.values())])
    write_json(options.json, {"attacks": [e._asdict() for e in endings], "addresses": reach})
    return 0 if all(e.is_right for e in endings) and not reach["reached"] else 1


if __name__ == "__main__":
    sys.exit(main())

"""Prism, the runner that streams on one machine: found, started, and ended with this process.

It is a Go program of Beam's own. Beam would download it where it is not named; here what is installed is looked for
first, so that a stream starts without the internet.
"""

import collections
import ctypes
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apache_beam
from apache_beam.options.pipeline_options import PipelineOptions, PrismRunnerOptions
from apache_beam.runners.portability.prism_runner import PrismJobServer
from apache_beam.utils.subprocess_server import pick_port

from transforms.errors import DatelineError, UsageError

_PR_SET_PDEATHSIG = 1
# seconds
_TO_START, _TO_END, _TO_DOWNLOAD = 30.0, 5.0, 30.0


class PrismError(DatelineError):
    """Prism does not start."""


def find_prism(options: PipelineOptions) -> str:
    """The path of Prism's program: named, installed, or else downloaded by Beam.

    Looked for in --prism_location, $DATELINE_PRISM, this Python's own programs (`make prism` puts it there) and the
    PATH. Raises UsageError where there is none.
    """
    for name, given in (
        ("--prism_location", options.view_as(PrismRunnerOptions).prism_location),
        ("DATELINE_PRISM", os.environ.get("DATELINE_PRISM")),
    ):
        if given and "://" not in given and not os.access(given, os.X_OK):
            raise UsageError(f"{name} {given}: there is no program; build one by `make prism`")
        if given:
            return _fetched(options, given) if "://" in given else given
    installed = Path(sys.prefix, "bin", "prism")
    found = str(installed) if os.access(installed, os.X_OK) else shutil.which("prism")
    return found or _fetched(options, "")


def _fetched(options: PipelineOptions, url: str) -> str:
    """What Beam downloads, or has downloaded before."""
    options.view_as(PrismRunnerOptions).prism_location = url or None
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TO_DOWNLOAD)
    try:
        return str(PrismJobServer(options).subprocess_cmd_and_endpoint()[0][0])
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(
            "Prism, the runner of streams, is not here, and cannot be downloaded: build it by `make prism` (needs Go),"
            " or name one by --prism_location or $DATELINE_PRISM"
        ) from error
    finally:
        socket.setdefaulttimeout(before)


@contextmanager
def prism(program: str) -> Iterator[str]:
    """A Prism that runs while the body does, and no longer than this process; its address. Raises PrismError."""
    (port,) = pick_port(None)
    command = [program, "--job_port", str(port), "--log_kind=text", "--log_level=warn", "--serve_http=false"]
    process = subprocess.Popen(  # noqa: S603  the operator's own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=_tied(),  # noqa: PLW1509  all it needs is loaded before the fork, and it takes no lock
    )
    last = collections.deque[str](maxlen=20)
    threading.Thread(target=_read, args=(process.stderr, last), name="prism", daemon=True).start()
    try:
        _wait_for(process, port, last)
        yield f"localhost:{port}"
    finally:
        _end(process)


def _tied() -> Any:
    """What makes a child die with this process (Linux), and leave a terminal's signals to it."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def tie() -> None:
        os.setpgid(0, 0)
        if libc:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return tie


def _read(stream: Any, last: "collections.deque[str]") -> None:
    for line in stream:
        text = line.decode("utf-8", "replace").strip()
        last.append(text)
        logging.getLogger("dateline.prism").debug("%s", text)


def _wait_for(process: "subprocess.Popen[bytes]", port: int, last: "collections.deque[str]") -> None:
    end = time.monotonic() + _TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("localhost", port), 1).close()
            return
        except OSError:  # noqa: PERF203
            time.sleep(0.05)
    said = last[-1] if last else "it says nothing"
    raise PrismError(f"Prism does not start: {said}; is it of Beam {apache_beam.__version__}?")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

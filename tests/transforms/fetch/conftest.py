"""A hostile server, and a client that may reach it."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import stamina

from bench.hostile import HostileServer
from transforms.errors import FetchError
from transforms.fetch.client import Answer, Client
from transforms.fetch.settings import FetchSettings

SETTINGS = FetchSettings("Dateline-test (test@example.org)", ("127.0.0.1",), timeout=5, host_delay=0)


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A server on an allowed address."""
    with HostileServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Tries follow each other at once."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
def settings() -> FetchSettings:
    """Settings that allow loopback."""
    return SETTINGS


def fetch(url: str, *, max_bytes: int = 1_000_000, headers: dict[str, str] | None = None, **changes) -> Answer:
    """Fetch one URL with a client of its own; `changes` are to the settings."""

    async def work(client: Client) -> Answer:
        return await client.get(url, max_bytes=max_bytes, headers=headers or {})

    return with_client(work, **changes)


def with_client(work: Callable, **changes):
    """Do work with a client, in an event loop of its own."""

    async def run():
        gate = asyncio.Event()
        gate.set()
        client = Client(replace(SETTINGS, **changes), gate)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


def failure(url: str, **how) -> FetchError:
    """The error that fetching a URL ends with."""
    with pytest.raises(FetchError) as caught:
        fetch(url, **how)
    return caught.value


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate that nobody vouches for."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs openssl to make a certificate")
    folder: Path = tmp_path_factory.mktemp("tls")
    make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [openssl, *make.split(), "-keyout", "key", "-out", "cert"], cwd=folder, check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context

"""No link, name or redirect reaches an address that is not public, however it is written; a canary listens."""

import socket
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.transforms.fetch.conftest import failure
from tests.transforms.fetch.hostile import HostileServer, redirect
from transforms.errors import FetchError

REFUSED = {
    "blocked_address",
    "blocked_port",
    "bad_scheme",
    "bad_url",
    "userinfo_in_url",
    "url_control_char",
    "dns_error",
}


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


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    """One that listens."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("needs IPv6")
    listening = Canary()
    yield listening
    listening.close()


FORMS = """
127.0.0.1 localhost LOCALHOST localhost. ip6-localhost 127.0.0.1. 127.0.0.1%2e 127.1 127.0.1 127.99.1.2
2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 017700000001 0177.0.0.1 0177.0.0.01 00000177.0.0.1 0 0.0.0.0
[::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1]
[::127.0.0.1] [64:ff9b::127.0.0.1] [2002:7f00:1::] [::1%25lo] ①②⑦.⓪.⓪.① 127。0。0。1 １２７.0.0.1
user@127.0.0.1 news.example@127.0.0.1 news.example:x@127.0.0.1 news.example\\@127.0.0.1
169.254.169.254 10.0.0.1 192.168.0.1 100.100.100.200 168.63.129.16 [fd00:ec2::254] metadata.google.internal
"""
HOSTS = [*FORMS.split(), "127.0.0.1\t", socket.gethostname()]


@pytest.mark.parametrize("resolver", [aiohttp.DefaultResolver, aiohttp.ThreadedResolver])
@pytest.mark.parametrize("host", HOSTS)
def test_no_form_of_a_private_host_is_reached(
    canary: Canary, host: str, resolver: type[AbstractResolver], monkeypatch: pytest.MonkeyPatch
):
    """Neither by a literal in any notation nor by a name, with either of aiohttp's resolvers."""
    monkeypatch.setattr("aiohttp.connector.DefaultResolver", resolver)

    assert failure(f"http://{host}:{canary.port}/", allow_private_hosts=(), timeout=3, tries=1).reason in REFUSED
    assert not canary.reached()


def test_the_canary_sings(canary: Canary):
    """Where the operator allows the address, the connection is made: the other tests can fail."""
    failure(f"http://127.0.0.1:{canary.port}/", timeout=0.2, tries=1)

    assert canary.reached()


class HostileNames(AbstractResolver):
    """DNS as an attacker runs it: the host's name tells what it resolves to."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """The addresses before `.test`, written with dashes and parted by `.and.`."""
        addresses = [
            text.replace("-", ":" if "--" in text else ".") for text in host.removesuffix(".test").split(".and.")
        ]
        return [_resolved(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing to close."""


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)


@pytest.mark.parametrize(
    "name",
    [
        "127-0-0-1.test",
        "0-0-0-0.test",
        "--1.test",
        "--ffff-7f00-1.test",
        "64-ff9b--7f00-1.test",
        # the public one is not connected to either: not on this port
        "93-184-216-34.and.127-0-0-1.test",
        "127-0-0-1.and.93-184-216-34.test",
        "127-0-0-2.and.--1.test",
    ],
)
def test_a_name_that_resolves_to_a_private_address_is_not_reached(
    canary: Canary, name: str, monkeypatch: pytest.MonkeyPatch
):
    """The address is checked where the connection is made, so DNS may say what it likes, and change its mind."""
    monkeypatch.setattr("aiohttp.connector.DefaultResolver", lambda loop: HostileNames())

    error = failure(f"http://{name}:{canary.port}/", allow_private_hosts=(), timeout=3, tries=1)

    assert error.reason in ("blocked_address", "blocked_port")
    assert not canary.reached()


@pytest.mark.parametrize(
    "goal",
    [
        "http://127.0.0.2:{port}/",
        "//127.0.0.2:{port}/",
        "http://2130706434:{port}/",
        "http://0x7f000002:{port}/",
        "http://0:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.2]:{port}/",
        "http://[::]:{port}/",
        "http://news.example@127.0.0.2:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "gopher://127.0.0.2:{port}/_x",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_a_private_host_is_not_followed(canary: Canary, server: HostileServer, goal: str):
    """Every hop is checked, also when the first host is allowed."""
    error = failure(server.on("/a", redirect(goal.format(port=canary.port))), timeout=3, tries=1)

    assert error.reason in REFUSED
    assert not canary.reached()
    assert server.asked("/a") == 1


def test_a_blocked_address_is_final():
    """It is not tried again, now or later."""
    error: FetchError = failure("http://127.0.0.1:9/", allow_private_hosts=())

    assert (error.reason, error.passing) == ("blocked_address", False)

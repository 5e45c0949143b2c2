"""No link, name or redirect reaches an address that is not public, however it is written; a canary listens."""

import socket
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bench.attacks import FORMS, Canary
from bench.hostile import HostileServer, redirect
from tests.transforms.fetch.conftest import failure
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


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    """One that listens."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("needs IPv6")
    listening = Canary()
    yield listening
    listening.close()


HOSTS = [*FORMS, "127.0.0.1\t", socket.gethostname()]


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

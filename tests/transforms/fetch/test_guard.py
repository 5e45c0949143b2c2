"""Only public addresses are connected to, however a private one is written."""

import ipaddress
import socket

import pytest

from transforms.errors import UsageError
from transforms.fetch.guard import BlockedError, allowed_networks, is_public, socket_factory

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:a9fe:a9fe::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "2001:db8::1",
    "fec0::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address: str):
    """Private, local, reserved and multicast addresses are closed, also inside an IPv6 address."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_a_public_address_is_public(address: str):
    """Ordinary addresses are open, also behind NAT64."""
    assert is_public(ipaddress.ip_address(address))


def info(address: str, port: int) -> tuple[object, ...]:
    """What aiohttp hands to a socket factory."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, 0, "", (address, port)


def test_the_factory_refuses_addresses_and_ports():
    """A socket is made for a public address on a web port, and for nothing else."""
    make = socket_factory(())
    make(info("1.1.1.1", 443)).close()

    with pytest.raises(BlockedError, match=r"blocked_address: 127\.0\.0\.1"):
        make(info("127.0.0.1", 80))
    with pytest.raises(BlockedError, match="blocked_port: 22"):
        make(info("1.1.1.1", 22))


def test_an_allowed_network_is_open_on_every_port():
    """What the operator allows by name may be fetched; its neighbours may not."""
    make = socket_factory(allowed_networks(["127.0.0.0/8"]))
    make(info("127.0.0.1", 8123)).close()

    with pytest.raises(BlockedError):
        make(info("10.0.0.1", 80))


def test_an_unknown_host_cannot_be_allowed():
    """A name without an address is an error of the operator's."""
    with pytest.raises(UsageError, match=r"nowhere\.invalid"):
        allowed_networks(["nowhere.invalid"])

"""Which addresses may be connected to: public ones, and those the operator allows by name.

A link in a feed is a stranger's wish. It must not reach the machine itself, its network or a cloud's metadata service,
whether by a literal, by DNS, by a redirect or by an address inside an address. So the check sits where the socket is
made and sees every address that is really connected to.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any

from transforms.errors import FetchError, UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = (80, 443, 8080, 8443)

# not public, whatever this Python's `is_global` says; IANA special-purpose registries, and Azure's metadata address
_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in [
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "168.63.129.16/32",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    ]
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class BlockedError(OSError):
    """A connection that is not made; an OSError, because aiohttp passes on only those from a socket factory."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo, NAT64 or compatible IPv6 address, else the address itself.

    >>> unwrapped(ipaddress.ip_address("64:ff9b::7f00:1"))
    IPv4Address('127.0.0.1')
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and (address in _NAT64 or address in _COMPATIBLE):
        inner = ipaddress.IPv4Address(address.packed[-4:])
    return inner or address


def is_public(address: Address) -> bool:
    """Whether an address, and the one inside it, belongs to the public internet.

    >>> [is_public(ipaddress.ip_address(a)) for a in ("1.1.1.1", "10.0.0.1", "::ffff:127.0.0.1", "2002:a9fe:a9fe::")]
    [True, False, False, False]
    """
    inner = unwrapped(address)
    if (
        inner.is_multicast
        or not inner.is_global
        or any(inner.version == net.version and inner in net for net in _CLOSED)
    ):
        return False
    # a wrapped address is as public as what it wraps; Teredo and 6to4 are closed networks all the same
    return inner is address or not any(address.version == net.version and address in net for net in _CLOSED)


def allowed_networks(hosts: Iterable[str]) -> tuple[Network, ...]:
    """The networks behind `--allow_private_hosts`: addresses, CIDR blocks, or names that are looked up now.

    Raises UsageError for one that is neither and has no address.
    """
    return tuple(network for host in hosts for network in _networks(host))


def _networks(host: str) -> list[Network]:
    try:
        return [ipaddress.ip_network(host, strict=False)]
    except ValueError:  # a name, then
        pass
    if not (found := _looked_up(host)):
        raise UsageError(
            f"--allow_private_hosts: {host!r} is no address, no CIDR block, and no host that is known here"
        )
    return found


def _looked_up(host: str) -> list[Network]:
    """The addresses of a host, none for an unknown one."""
    try:
        found = {str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return []
    return [ipaddress.ip_network(address) for address in sorted(found)]


def socket_factory(
    allowed: tuple[Network, ...], proxies: Iterable[tuple[str, int]] = ()
) -> Callable[[Any], socket.socket]:
    """A factory for aiohttp's connector that refuses addresses and ports which are neither public nor allowed.

    `proxies` are hosts with the port at which they may be connected to as well, where they can be looked up.
    """
    ends = [(network, port) for host, port in proxies for network in _looked_up(host)]

    def guarded(info: Any) -> socket.socket:
        family, kind, proto, _, sockaddr = info
        address = ipaddress.ip_address(sockaddr[0].partition("%")[0])
        at_port = (network for network, port in ends if port == sockaddr[1])
        if not _is_allowed(address, (*allowed, *at_port)):
            if not is_public(address):
                raise BlockedError("blocked_address", str(address))
            if sockaddr[1] not in PORTS:
                raise BlockedError("blocked_port", str(sockaddr[1]))
        return socket.socket(family, kind, proto)

    return guarded


def check_host(host: str, allowed: tuple[Network, ...]) -> None:
    """Refuse a host that says by itself that it leads to an address neither public nor allowed.

    Raises FetchError: blocked_address.
    """
    address = _literal(host)
    if address and not (_is_allowed(address, allowed) or is_public(address)):
        raise FetchError("blocked_address", host)


def _literal(host: str) -> Address | None:
    """The address that a host is written as, in any form that a resolver takes; None for a name.

    >>> _literal("0x7f.1"), _literal("[::1]"), _literal("news.localhost."), _literal("e.org")
    (IPv4Address('127.0.0.1'), IPv6Address('::1'), IPv4Address('127.0.0.1'), None)
    """
    host = host.strip("[].").lower()
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in allowed)

"""How feeds and pages are fetched: what an operator says in, FetchSettings out."""

from dataclasses import dataclass
from typing import Any

from transforms.fetch.guard import allowed_networks
from transforms.fetch.proxy import proxy_ends
from transforms.version import pipeline_version


@dataclass(frozen=True)
class FetchSettings:
    """How feeds and pages are fetched."""

    user_agent: str
    # hosts and CIDR blocks that are not public and may be connected to all the same
    allow_private_hosts: tuple[str, ...] = ()
    # requests at a time, in all and per host; seconds between starts at one host
    connections: int = 64
    per_host: int = 2
    host_delay: float = 0.25
    # what one run may ask of one host: requests, bytes, seconds of waiting for its turn; and bytes of all
    host_requests: int = 2_000
    host_bytes: int = 2_000_000_000
    host_patience: float = 300.0
    run_bytes: int = 50_000_000_000
    # seconds for one request with its redirects and body
    timeout: float = 20.0
    max_page_bytes: int = 5_000_000
    max_feed_bytes: int = 10_000_000
    # tries of a request whose failure may pass in a second, such as a reset connection
    tries: int = 3
    # seconds after the start of a slot when its fetching ends, 0 for no end; polls get half of them
    deadline: float = 0.0

    @property
    def request_seconds(self) -> float:
        """The time-out of a request: short enough that a host that hangs is known for one before the deadline."""
        return min(self.timeout, self.deadline / 3) if self.deadline else self.timeout


def fetch_settings(contact: str, private_hosts: str, host_delay: float = 0.25, **more: Any) -> FetchSettings:
    """Return the settings of a run; `private_hosts` are comma-separated, `more` are further fields.

    Raises UsageError for one that is no host, and for a proxy in the environment that is none.

    >>> fetch_settings("https://example.org/bot", "").user_agent.endswith("(+https://example.org/bot)")
    True
    """
    hosts = tuple(host.strip() for host in private_hosts.split(",") if host.strip())
    allowed_networks(hosts)
    proxy_ends()
    agent = f"Dateline/{pipeline_version()}" + (f" (+{contact})" if contact else "")
    return FetchSettings(agent, hosts, host_delay=host_delay, **more)

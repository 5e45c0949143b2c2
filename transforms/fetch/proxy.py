"""The proxy of the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as other programs heed them.

Through a proxy the guard sees only the proxy's address. Which addresses may be reached is then for the proxy to decide,
and runs say so.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from transforms.urls import without_secrets


def proxy_of(url: str) -> str | None:
    """Return the proxy through which a URL is fetched, None for none; it may carry a password."""
    proxies = getproxies_environment()
    parts = urlsplit(url)
    proxy = proxies.get(parts.scheme)
    if not proxy or proxy_bypass_environment(parts.netloc.rpartition("@")[2], proxies):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_hosts() -> tuple[str, ...]:
    """Return the hosts of the environment's proxies."""
    return tuple(dict.fromkeys(urlsplit(url).hostname or "" for url in _proxies()))


def proxy_names() -> tuple[str, ...]:
    """Return the environment's proxies as they may be shown, without passwords."""
    return tuple(dict.fromkeys(without_secrets(url) for url in _proxies()))


def _proxies() -> list[str]:
    found = getproxies_environment()
    stated = (found[scheme] for scheme in ("http", "https") if found.get(scheme))
    return [proxy if "://" in proxy else f"http://{proxy}" for proxy in stated]

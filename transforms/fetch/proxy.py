"""The proxy of the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as other programs heed them.

Through a proxy the guard sees only the proxy's address. Which addresses may be reached is then for the proxy to decide,
and runs say so.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from transforms.errors import UsageError
from transforms.urls import without_secrets

_PORTS = {"http": 80, "https": 443}


def environment_proxies() -> dict[str, str]:
    """Return what the environment says of proxies, by scheme, and under "no" of hosts without."""
    return getproxies_environment()


def proxy_of(url: str, proxies: dict[str, str]) -> str | None:
    """Return the proxy through which a URL is fetched, None for none; it may carry a password."""
    if not proxies:
        return None
    parts = urlsplit(url)
    proxy = proxies.get(parts.scheme)
    if not proxy or proxy_bypass_environment(parts.netloc.rpartition("@")[2], proxies):
        return None
    return _with_scheme(proxy)


def proxy_ends() -> tuple[tuple[str, int], ...]:
    """Return host and port of the environment's proxies. Raises UsageError for what is none."""
    return tuple(dict.fromkeys(map(_parts, _proxies())))


def proxy_names() -> tuple[str, ...]:
    """Return the environment's proxies as they may be shown, without passwords."""
    return tuple(dict.fromkeys(without_secrets(url) for url in _proxies()))


def _proxies() -> list[str]:
    found = environment_proxies()
    return [_with_scheme(found[scheme]) for scheme in _PORTS if found.get(scheme)]


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _parts(proxy: str) -> tuple[str, int]:
    try:
        parts = urlsplit(proxy)
        usual = _PORTS[parts.scheme]
        port = parts.port or usual
    except (ValueError, KeyError) as error:
        raise UsageError(f"HTTP_PROXY or HTTPS_PROXY: {without_secrets(proxy)} is no URL of a proxy") from error
    return parts.hostname or "", port

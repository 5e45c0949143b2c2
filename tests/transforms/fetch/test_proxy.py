"""The environment's proxies are used as it says, and are shown without passwords."""

import pytest

from bench.hostile import HostileServer, answer
from tests.transforms.fetch.conftest import failure, fetch
from transforms.errors import UsageError
from transforms.fetch.proxy import environment_proxies, proxy_ends, proxy_names, proxy_of
from transforms.fetch.settings import fetch_settings


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy but the test's own."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _proxy(url: str) -> str | None:
    """Through what a URL is fetched in this environment."""
    return proxy_of(url, environment_proxies())


def test_each_scheme_has_its_proxy(monkeypatch: pytest.MonkeyPatch):
    """Hosts that NO_PROXY names are asked directly, and their subdomains."""
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:hunter2@proxy.example:3128")
    monkeypatch.setenv("http_proxy", "plain.example:8080")
    monkeypatch.setenv("NO_PROXY", "intra.example, .local")

    assert _proxy("https://news.example/a") == "http://ann:hunter2@proxy.example:3128"
    assert _proxy("http://news.example/a") == "http://plain.example:8080"
    assert _proxy("https://intra.example/a") is None
    assert _proxy("https://www.intra.example/a") is None
    assert _proxy("https://notintra.example/a") is not None
    assert proxy_names() == ("http://plain.example:8080", "http://proxy.example:3128")
    assert proxy_ends() == (("plain.example", 8080), ("proxy.example", 3128))


def test_without_a_proxy_there_is_none():
    """Nothing is reported either."""
    assert (_proxy("https://news.example/a"), proxy_names()) == (None, ())


@pytest.mark.parametrize("proxy", ["socks5://ann:hunter2@proxy.example:1080", "http://proxy.example:port"])
def test_what_is_no_proxy_stops_the_run(monkeypatch: pytest.MonkeyPatch, proxy: str):
    """One line says so, without the password, before anything is fetched."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    with pytest.raises(UsageError, match="is no URL of a proxy") as caught:
        fetch_settings("", "")

    assert "hunter2" not in str(caught.value)


def test_a_request_goes_through_the_proxy(server: HostileServer, monkeypatch: pytest.MonkeyPatch):
    """The proxy is asked for the whole URL; it needs no address of its own among the allowed ones."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    server.on("http://news.example/a", answer(b"from afar"))

    assert fetch("http://news.example/a", allow_private_hosts=()).body == b"from afar"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "localhost", "a.localhost.", "2130706433", "0x7f.1", "127.1"],
)
def test_what_a_url_says_itself_is_checked_all_the_same(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch, host: str
):
    """An address that is not public is not asked for, though the proxy would make the connection."""
    monkeypatch.setenv("HTTP_PROXY", server.url)

    assert failure(f"http://{host}/a", allow_private_hosts=()).reason == "blocked_address"
    assert server.requests == []

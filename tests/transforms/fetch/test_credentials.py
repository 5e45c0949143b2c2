"""Secrets are read where they are kept, and are nowhere else."""

from pathlib import Path

import pytest

from schemas.feed import Feed, SecretRef
from transforms.errors import FetchError
from transforms.fetch.credentials import private_headers

URL = "http://e.example/feed"


def test_a_password_becomes_basic_and_a_token_bearer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """User and password, a token, a header: from a variable or a file, without the line's end."""
    monkeypatch.setenv("FEED_PASSWORD", "hunter2")
    (tmp_path / "token").write_text("s3cret\n")
    env, file = SecretRef("env", "FEED_PASSWORD"), SecretRef("file", str(tmp_path / "token"))

    assert private_headers(Feed(URL, user="ann", password=env)) == {"Authorization": "Basic YW5uOmh1bnRlcjI="}
    assert private_headers(Feed(URL, token=file)) == {"Authorization": "Bearer s3cret"}
    assert private_headers(Feed(URL, headers=(("X-Key", env), ("X-Edition", "eu")))) == {
        "X-Key": "hunter2",
        "X-Edition": "eu",
    }


@pytest.mark.parametrize("value", [None, "", "  \n", "two\nlines", "a\rb", "a\x00b"])
def test_a_secret_that_is_not_there_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value):
    """A variable or file that is missing, empty or more than a line is named, and its value is not shown."""
    monkeypatch.delenv("FEED_TOKEN", raising=False)
    if value is not None:
        (tmp_path / "token").write_bytes(value.encode())
        if "\x00" not in value:
            monkeypatch.setenv("FEED_TOKEN", value)

    for ref in (SecretRef("env", "FEED_TOKEN"), SecretRef("file", str(tmp_path / "token"))):
        with pytest.raises(FetchError, match="secret_missing") as caught:
            private_headers(Feed(URL, token=ref))
        assert ref.name in str(caught.value)
        assert "two" not in str(caught.value)


def test_a_feed_shows_no_secret(monkeypatch: pytest.MonkeyPatch):
    """However it is printed, it has names only."""
    monkeypatch.setenv("FEED_TOKEN", "s3cret")

    assert "s3cret" not in repr(Feed(URL, token=SecretRef("env", "FEED_TOKEN")))

"""Per-feed settings of a TOML list: every one takes effect, every wrong one is named with file and line."""

from pathlib import Path

import pytest

from schemas.feed import Feed, SecretRef
from transforms.errors import UsageError
from transforms.fetch.feed_list import read_feed_list

URL = "https://e.example/feed"
ALL = f"""
[defaults]
min_poll = "30m"
robots = false

[[feeds]]
url = "{URL}"
title = "Elbe"
tags = ["north", "daily"]
language = "de"
full_text = true
robots = true
min_poll = "15m"
max_poll = "6h"
headers = {{ X-Edition = "eu", X-Api-Key = {{ env = "ELBE_KEY" }}, Cookie = {{ file = "/run/secrets/cookie" }} }}
user = "ann"
password_env = "ELBE_PASSWORD"

[[feeds]]
url = "https://f.example/feed"
token_file = "/run/secrets/token"
"""


DEFAULT = Feed("")


def read(folder: Path, text: str, common: Feed = DEFAULT) -> list[Feed]:
    """The feeds of a TOML list."""
    path = folder / "feeds.toml"
    path.write_text(text, "utf-8")
    return read_feed_list(path, common)


def test_every_setting_takes_effect(tmp_path: Path):
    """The feed's own come first, then the list's defaults, then what the command line says."""
    first, second = read(tmp_path, ALL, Feed("", min_poll=60, max_poll=7_200))

    assert first == Feed(
        URL,
        "Elbe",
        ("north", "daily"),
        "de",
        full_text=True,
        robots=True,
        min_poll=900,
        max_poll=21_600,
        headers=(
            ("X-Edition", "eu"),
            ("X-Api-Key", SecretRef("env", "ELBE_KEY")),
            ("Cookie", SecretRef("file", "/run/secrets/cookie")),
        ),
        user="ann",
        password=SecretRef("env", "ELBE_PASSWORD"),
    )
    assert (second.robots, second.min_poll, second.max_poll) == (False, 1_800, 7_200)
    assert second.token == SecretRef("file", "/run/secrets/token")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('password = "hunter2"', "a password does not belong in the list; set password_env"),
        ('token = "hunter2"', "a token does not belong in the list"),
        ('headers = { Authorization = "Bearer hunter2" }', "header Authorization looks like a secret"),
        ('headers = { X-Api-Key = "hunter2" }', "header X-Api-Key looks like a secret"),
        ('headers = { Cookie = "a=hunter2" }', "header Cookie looks like a secret"),
        ('headers = { "X A" = "b" }', "header 'X A' cannot be set"),
        ('headers = { Host = "b" }', "header 'Host' cannot be set"),
        ('headers = { X = "a\\r\\nHost: b" }', "header X must be one line of text"),
        ("headers = { X = 3 }", "header X must be one line of text"),
        ('headers = { X = { vault = "b" } }', "header X must be one line of text"),
        ('headers = ["X"]', "headers must be a table"),
        ('user = "ann"\npassword_env = "A"\npassword_file = "b"', "password_env and password_file: one of them"),
        ('user = "ann"\npassword_env = "A"\ntoken_env = "B"', "a token and a password: one of them"),
        ('password_env = "A"', "a password without user"),
        ('token_env = ""', "a secret's env has no name"),
        ('min_poll = "often"', "'often' is no length of time; write it as 90, 90s, 10m, 24h or 1d"),
        ("min_poll = 10", "min_poll must be text"),
        ('min_poll = "2d"', "min_poll 2d is more than max_poll 1d"),
        ('full_text = "yes"', "full_text must be true or false"),
        ("tags = [1]", "tags must be a list of words"),
        ("language = 3", "language must be text"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path, setting: str, said: str):
    """One line: the file, the line of the feed, what is wrong; never the value of a secret."""
    with pytest.raises(UsageError) as caught:
        read(tmp_path, f'\n[[feeds]]\nurl = "{URL}"\n{setting}\n')

    assert str(caught.value).startswith(f"{tmp_path / 'feeds.toml'}:2: {said}")
    assert "hunter2" not in str(caught.value)


def test_a_url_with_a_password_is_refused_without_showing_it(tmp_path: Path):
    """User name and password have settings of their own."""
    with pytest.raises(UsageError, match="userinfo_in_url") as caught:
        read(tmp_path, '[[feeds]]\nurl = "http://ann:hunter2@e.example/feed"')

    assert "hunter2" not in str(caught.value)


def test_an_unknown_table_is_no_silent_default(tmp_path: Path):
    """A misspelt [defaults] is named."""
    with pytest.raises(UsageError, match="'default' is not known"):
        read(tmp_path, f'[default]\nmin_poll = "1h"\n[[feeds]]\nurl = "{URL}"')

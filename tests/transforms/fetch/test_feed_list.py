"""Feed lists: three forms are read, and every fault is one line that names file and line."""

from pathlib import Path

import pytest

from schemas.feed import Feed
from transforms.errors import UsageError
from transforms.fetch.feed_list import read_feed_list

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="World">
    <outline text="Europe">
      <outline type="rss" text="Elbe" title="Elbe Courier" xmlUrl="http://elbe.example/feed" category="daily,north"/>
    </outline>
    <outline type="rss" text="Wire" xmlUrl="http://wire.example/feed"/>
  </outline>
  <outline type="rss" text="Top" xmlUrl="http://top.example/feed" language="fr"/>
</body></opml>
"""

TOML = """
[defaults]
language = "es"
[[feeds]]
url = "http://faro.example/feed"
title = "El Faro"
tags = ["world"]
[[feeds]]
url = "http://elbe.example/feed"
language = "de"
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A feed list on the disk."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_nested_opml_folders_become_tags(tmp_path: Path):
    """A feed carries the folders it lies in and its categories, outermost first."""
    feeds = read_feed_list(write(tmp_path, "mine.opml", OPML))

    assert feeds == [
        Feed("http://elbe.example/feed", "Elbe Courier", ("World", "Europe", "daily", "north")),
        Feed("http://wire.example/feed", "Wire", ("World",)),
        Feed("http://top.example/feed", "Top", (), "fr"),
    ]


def test_toml_has_defaults(tmp_path: Path):
    """A feed's own setting wins over the default."""
    feeds = read_feed_list(write(tmp_path, "mine.toml", TOML))

    assert feeds == [
        Feed("http://faro.example/feed", "El Faro", ("world",), "es"),
        Feed("http://elbe.example/feed", language="de"),
    ]


def test_plain_text_has_comments_and_repeats(tmp_path: Path):
    """One URL a line; comments, blank lines and fragments do not count, and a URL listed twice is one feed."""
    text = "# mine\nhttp://a.example/f#x\n\nhttp://b.example/f  # b\nhttp://a.example/f#x\n"

    feeds = read_feed_list(write(tmp_path, "mine.txt", text))

    assert [feed.url for feed in feeds] == ["http://a.example/f", "http://b.example/f"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("f.txt", "", "lists no feed"),
        ("f.txt", "# only a comment\n", "lists no feed"),
        ("f.txt", "http://a.example/\nnot a url\n", "f.txt:2: 'not a url' is no URL"),
        ("f.txt", "ftp://a.example/\n", "f.txt:1: 'ftp://a.example/' cannot be fetched: bad_scheme"),
        ("f.opml", "<opml><body>\n<outline\n</body></opml>", "f.opml:3: is no well-formed OPML"),
        ("f.xml", "<rss>\n</rss>", "f.xml:1: is no OPML: its root is <rss>"),
        ("f.opml", "<opml><body><outline text='empty'/></body></opml>", "lists no feed"),
        ("f.opml", "<opml><body>\n\n<outline xmlUrl='nope'/></body></opml>", "f.opml:3: 'nope' is no URL"),
        ("f.toml", "[[feeds]]\nurl = \n", "f.toml:2: is no valid TOML"),
        ("f.toml", "[[feeds]]\nurl = 'http://a.example/'\n[[feeds]]\ntitle = 'x'\n", "f.toml:3: a feed without url"),
        ("f.toml", "[[feeds]]\nurl = 'http://a.example/'\ncolour = 'red'\n", "f.toml:1: 'colour' is no setting"),
        ("f.toml", "[[feeds]]\nurl = 'http://a.example/'\ntags = 'red'\n", "f.toml:1: tags must be a list"),
        ("f.toml", "feeds = 'http://a.example/'\n", "feeds must be tables"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, name: str, text: str, said: str):
    """A list that is wrong stops with one line that says where and what."""
    with pytest.raises(UsageError) as caught:
        read_feed_list(write(tmp_path, name, text))

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_list_is_named(tmp_path: Path):
    """A list that is not there is named with the reason."""
    with pytest.raises(UsageError, match=r"nowhere\.opml: cannot be read: No such file"):
        read_feed_list(tmp_path / "nowhere.opml")


def test_a_binary_file_is_no_list(tmp_path: Path):
    """Bytes that are no text are said to be none."""
    path = tmp_path / "feeds.txt"
    path.write_bytes(b"\xff\xfe\x00\x80")

    with pytest.raises(UsageError, match="is not UTF-8 text"):
        read_feed_list(path)


def test_opml_entities_are_not_expanded(tmp_path: Path):
    """An external entity in a list reads no file of the machine."""
    secret = write(tmp_path, "secret", "http://secret.example/")
    text = f'<!DOCTYPE opml [<!ENTITY x SYSTEM "{secret}">]><opml><body><outline xmlUrl="&x;"/></body></opml>'

    with pytest.raises(UsageError):
        read_feed_list(write(tmp_path, "f.opml", text))

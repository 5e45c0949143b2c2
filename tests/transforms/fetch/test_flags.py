"""What is odd about an entry is flagged, and what only looks so is not."""

import pytest

from tests.makers import FEED, SLOT
from tests.transforms.fetch.test_parse import URL, item, rss
from transforms.fetch.parse import parse_feed


def flags(title: str = "Rain", link: str = "http://e.example/1", extra: str = "") -> tuple[str, ...]:
    """The flags of a feed's one entry."""
    (entry,) = parse_feed(rss(item(title, link, extra)), "", URL, FEED, SLOT).entries
    return entry.flags


@pytest.mark.parametrize("title", ["caffÃ¨ – oggi", "It â€™s – raining", "5Â° – cold", "Ã¼ber – Köln"])
def test_mojibake_is_suspected(title: str):
    """Letters and punctuation whose bytes were read one by one."""
    assert flags(title) == ("mojibake_suspected",)


@pytest.mark.parametrize("title", ["NÃO É NÃO", "A MANHÃ “NOVA”", "Âge d’or", "SÃO PAULO – ÂNGULO", "â – ä – Ö"])
def test_letters_that_are_meant_are_not(title: str):
    """Portuguese, French and Romanian have the same letters, in other company."""
    assert flags(title) == ()


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("https://news.google.com/rss/articles/CBMiAB?oc=5", True),
        ("https://www.google.com/url?q=http://e.example/1", True),
        ("https://t.co/abc", True),
        ("https://news.google.com/topstories", False),
        ("https://e.example/t.co/abc", False),
        ("https://at.co/abc", False),
    ],
)
def test_a_redirecting_services_link_is_flagged_and_left(link: str, is_one: bool):
    """It stays the entry's link and identity: where it leads is known only when it is fetched."""
    (entry,) = parse_feed(rss(item(link=link)), "", URL, FEED, SLOT).entries

    assert (entry.url, "redirect_link" in entry.flags) == (link, is_one)


@pytest.mark.parametrize(("length", "is_cut"), [(2_000, False), (2_001, True)])
def test_a_title_is_cut_at_its_limit(length: int, is_cut: bool):
    """Just what is longer is flagged."""
    assert flags("x" * length) == (("truncated",) if is_cut else ())


def test_a_summary_with_much_mark_up_is_not_cut():
    """What counts is the text."""
    assert flags(extra=f"<description>&lt;p&gt;{'&lt;b&gt;rain&lt;/b&gt; ' * 500}</description>") == ()


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("", 0),
        ("<ttl>60</ttl>", 3_600),
        ("<ttl>0</ttl>", 0),
        ("<ttl>999999</ttl>", 86_400),
        ("<ttl>soon</ttl>", 0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1_800),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3_600),
        ("<sy:updatePeriod>often</sy:updatePeriod>", 0),
    ],
)
def test_how_often_a_feed_wants_to_be_asked(stated: str, seconds: int):
    """RSS's ttl in minutes, or the syndication module's period; a day at most."""
    body = rss(stated, item()).replace(
        b'<rss version="2.0">', b'<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
    )

    assert parse_feed(body, "", URL, FEED, SLOT).ttl_s == seconds


class TestGuids:
    """A GUID is trusted where the feed's identify its entries, and this one is one of its kind."""

    @staticmethod
    def trusted(*guids: str) -> list[bool]:
        """Of entries with these GUIDs, which are trusted."""
        items = (
            item(f"No. {n}", f"http://e.example/{n}", f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
            for n, guid in enumerate(guids)
        )
        return [entry.guid_trusted for entry in parse_feed(rss(*items), "", URL, FEED, SLOT).entries]

    def test_unique_ones_are(self):
        """Each entry has its own."""
        assert self.trusted("a", "b", "c") == [True, True, True]

    def test_a_feed_of_repeated_or_missing_ones_is_not(self):
        """More than one in twenty says nothing of any."""
        assert not any(self.trusted("a", "a", "b"))
        assert not any(self.trusted("a", "", "b"))

    def test_the_few_that_are_repeated_are_not(self):
        """One in forty: the others are good."""
        got = self.trusted("a", "a", *(f"g-{n}" for n in range(38)))

        assert got == [False, False] + [True] * 38

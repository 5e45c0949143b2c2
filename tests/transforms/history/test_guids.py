"""A trusted GUID recognises an article under a new link, and no more than that."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.entry import Entry
from tests.makers import FEED, NOW, SLOT, digest, entry
from tests.transforms.history.test_known import LATER, publish
from transforms.history.guids import recognise
from transforms.layout import new_run_id
from transforms.store.open import store_of

OLD_LINK, NEW_LINK = "http://news.example/leaders-meet", "http://news.example/leaders-part"


def published(folder: Path, guid: str = "g-1", feed: str = FEED.url, link: str = OLD_LINK) -> None:
    """An article as an earlier run published it."""
    publish(folder, "articles", SLOT, {"article_id": digest(link), "guid": guid, "feed_url": feed})


def listed(link: str = NEW_LINK, guid: str = "g-1", **changes) -> Entry:
    """An entry of a feed whose GUIDs are trusted."""
    return entry(link, guid=guid, guid_trusted=True, **changes)


def ids(folder: Path, *entries: Entry, known: tuple[str, ...] = ()) -> list[str]:
    """Under which id each entry goes on."""
    return [
        one.article_id
        for one in recognise(entries, {digest(link) for link in known}, store_of(folder), LATER.started_at)
    ]


def test_a_new_slug_stays_the_article_it_was(tmp_path: Path):
    """Feed and GUID are those of a published article: the entry goes on under its id, else as it is."""
    published(tmp_path)

    (got,) = recognise([listed()], set(), store_of(tmp_path), LATER.started_at)

    assert got == replace(listed(), article_id=digest(OLD_LINK))


@pytest.mark.parametrize(
    "one",
    [
        listed(guid="g-2"),
        listed(feed_url="http://other.example/feed"),
        replace(listed(), guid_trusted=False),
    ],
    ids=["another GUID", "another feed", "not trusted"],
)
def test_what_is_not_surely_the_same_is_another(tmp_path: Path, one: Entry):
    """A GUID counts within its feed, and only where it can be trusted."""
    published(tmp_path)

    assert ids(tmp_path, one) == [digest(NEW_LINK)]


def test_a_link_that_is_known_decides(tmp_path: Path):
    """Whatever its GUID was published with."""
    published(tmp_path)

    assert ids(tmp_path, listed(), known=(NEW_LINK,)) == [digest(NEW_LINK)]


def test_numbers_that_are_dealt_anew_recognise_nothing(tmp_path: Path):
    """Where the old link is still listed, the GUID now means another article."""
    published(tmp_path, guid="1")

    assert ids(tmp_path, listed(NEW_LINK, "1"), listed(OLD_LINK, "2")) == [digest(NEW_LINK), digest(OLD_LINK)]


def test_a_month_is_remembered(tmp_path: Path):
    """An older article is not looked for: who gives a number again after so long means another one."""
    published(tmp_path)
    for days, known in ((30, True), (31, False)):
        now = NOW + timedelta(days=days)
        (got,) = recognise([listed()], set(), store_of(tmp_path), now)
        assert (got.article_id == digest(OLD_LINK)) is known


def test_the_newest_article_of_a_guid_counts(tmp_path: Path):
    """Where a GUID was given twice, the later publication has it."""
    published(tmp_path)
    newer = new_run_id(NOW + timedelta(hours=1))
    publish(
        tmp_path,
        "reprints",
        replace(SLOT, run_id=newer),
        {"article_id": digest("http://news.example/newer"), "guid": "g-1", "feed_url": FEED.url},
    )

    assert ids(tmp_path, listed()) == [digest("http://news.example/newer")]

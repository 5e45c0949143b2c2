"""ExtractArticles: one article, one letter or one count for each page, whatever the page does."""

from collections.abc import Iterator

import pytest

from schemas.article import Article, Tagged
from schemas.page import Page
from tests import makers
from tests.transforms.collect import counts, outputs_of
from transforms.dead_letters import from_payload
from transforms.dedup.transform import SKETCH
from transforms.errors import ExtractError
from transforms.extract.article import extract_article
from transforms.extract.transform import ExtractArticles
from transforms.sandbox import SandboxSettings, close_sandboxes
from transforms.steps import Step, walk
from transforms.tag.transform import tagging


@pytest.fixture(autouse=True)
def _end() -> Iterator[None]:
    """Leave no process behind."""
    yield
    close_sandboxes()


def page(number: int, text: str, **changes) -> Page:
    """A page with this text."""
    html = f"<!doctype html><html><head><title>T</title></head><body><article><p>{text}</p></article></body></html>"
    entry = makers.entry(f"http://news.example/{number}", **changes)
    return Page(entry, entry.url, 200, "utf-8", html.encode(), makers.NOW)


def test_pages_become_articles_letters_and_counts():
    """Outputs and tallies add up to the pages that came in; an edit without effect is only counted."""
    good = [page(n, makers.prose(n, 10)) for n in range(5)]
    same = extract_article(good[0])
    known = makers.known(title=same.title, content_sha256=same.content_sha256)
    unchanged = page(0, makers.prose(0, 10), known=known)
    edited = page(6, makers.prose(6, 10), known=known)
    empty = page(7, "", attempt=1)

    got = outputs_of(ExtractArticles(SandboxSettings(processes=1, preload=())), [*good, unchanged, edited, empty])

    assert sorted(article.url for article in got["articles"]) == sorted(p.entry.url for p in [*good, edited])
    assert {article.url: article.revision_no for article in got["articles"]}[edited.entry.url] == 2
    (letter,) = got["dead"]
    assert (letter.stage, letter.reason, letter.url, letter.attempt, letter.final) == (
        "extract",
        "no_text",
        empty.entry.url,
        2,
        True,
    )
    assert from_payload(letter.payload) == empty.entry
    assert counts(got["tallies"]) == {"articles": 6, "unchanged": 1}


def test_a_page_that_takes_too_long_is_one_letter():
    """The others are extracted all the same."""
    slow = page(1, "<b>" * 59_000 + "x")
    settings = SandboxSettings(processes=1, budget=0.0001, preload=())

    got = outputs_of(ExtractArticles(settings), [slow])

    assert [letter.reason for letter in got["dead"]] == ["parse_timeout"]
    assert got["articles"] == []


def test_further_steps_are_taken_at_the_same_visit():
    """What the last step gives is put out, what each takes is told by stage; their refusals cost a letter, too."""
    pages = [page(n, f"The new sanctions are out. {makers.prose(n, 10)}") for n in range(3)]
    transform = ExtractArticles(SandboxSettings(processes=1, preload=()), (SKETCH, tagging()))

    got = outputs_of(transform, pages)

    assert sorted(got["articles"], key=_url) == [walk((SKETCH, tagging()), extract_article(one)).value for one in pages]
    assert {one.stage for one in got["tallies"] if one.word == "cpu_us"} == {"extract", "dedup", "tag"}

    refusing = ExtractArticles(SandboxSettings(processes=1, preload=()), (Step("tag", f"{__name__}.refused"),))

    got = outputs_of(refusing, pages)

    assert [(letter.stage, letter.reason) for letter in got["dead"]] == [("extract", "no_text")] * 3
    assert got["articles"] == []


def _url(tagged: Tagged) -> str:
    return tagged.article.url


def refused(_article: Article) -> None:
    """A step that refuses every article."""
    raise ExtractError("no_text")

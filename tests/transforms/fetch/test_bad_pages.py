"""Every bad page or server of the design's list has its proof, here or where `ELSEWHERE` says."""

import importlib
import ssl
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp.connector
import pytest

from bench.hostile import HostileServer, answer, redirect
from schemas.article import Article
from schemas.entry import Entry
from schemas.page import Page
from tests import makers
from tests.transforms.fetch.bad_pages import DEVIATIONS, ELSEWHERE
from tests.transforms.fetch.conftest import failure, with_client
from transforms.dead_letters import entry_letter
from transforms.errors import ExtractError
from transforms.extract.article import extract_article
from transforms.fetch.page import fetch_page

TEXT = makers.prose(1, 12)
WORDS = f"<p>{TEXT[:400]}</p><p>{TEXT[400:]}</p>"
URL = "http://www.news.example/2026/rain"


def article(html: str | bytes | None, entry: Entry | None = None, url: str = URL, **changes: Any) -> Article:
    """The article behind a page."""
    body = html.encode() if isinstance(html, str) else html
    made = Page(entry or makers.entry(url), url, 200, "", body, makers.NOW)
    return extract_article(replace(made, **changes))


def page(head: str = "", body: str = WORDS) -> str:
    """A page with these parts."""
    return f"<!doctype html><html><head><title>Rain</title>{head}</head><body><article>{body}</article></body></html>"


def test_a_plain_page_p1():
    """An article, without a flag."""
    found = article(page())

    assert found.body_text.startswith(TEXT[:100])
    assert found.page_flags == ()


def test_an_empty_page_p2():
    """The feed's text stands in for it; without one it is a dead letter."""
    entry = makers.entry(content_html=WORDS)

    assert article("<html><body></body></html>", entry).extractor == "feed"
    with pytest.raises(ExtractError, match="no_text"):
        article("<html><body></body></html>")


@pytest.mark.parametrize("asked", ["999999", "Sat, 01 Jan 2050 00:00:00 GMT"])
def test_a_server_that_asks_for_years_p10(server: HostileServer, asked: str):
    """It gets a day, and the entry's letter is not tried before that has passed."""
    error = failure(server.on("/a", answer(status="429 Slow down", retry_after=asked)))
    now = datetime.now(timezone.utc)
    letter = entry_letter(makers.entry(first_seen_at=now), "fetch", error, now)

    assert letter.next_attempt_at is not None
    assert timedelta(hours=23, minutes=59) < letter.next_attempt_at - now <= timedelta(days=1)
    assert (letter.reason, letter.final) == ("rate_limited", False)


def test_a_server_that_fails_for_ever_p12(server: HostileServer):
    """Three tries, then a passing letter."""
    error = failure(server.on("/a", answer(status="502 Bad gateway")))
    letter = entry_letter(makers.entry(), "fetch", error, makers.NOW)

    assert (letter.reason, letter.http_status, letter.final, letter.attempt) == ("http_5xx", 502, False, 1)
    assert server.asked("/a") == 3


def test_a_redirect_from_https_to_http_p19(
    server: HostileServer, self_signed: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
):
    """It is followed, and the article says so."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
    server.on("/plain", answer(page().encode()))

    with HostileServer(tls=self_signed) as safe:
        entry = makers.entry(safe.on("/a", redirect(server.url + "/plain")))
        got = with_client(lambda client: fetch_page(entry, client, 100_000))

    assert extract_article(got).page_flags == ("downgraded",)


def test_an_encoding_that_nobody_states_p42():
    """Header, markup, then a guess, which is flagged."""
    bytes_ = page(body=f"<p>Déjà vu à l’été : {TEXT}</p>").encode("cp1252")
    declared = bytes_.replace(b"<title>", b"<meta charset=windows-1252><title>")

    assert article(bytes_, charset="windows-1252").page_flags == ()
    assert article(declared, charset="no-such").page_flags == ()
    assert article(bytes_).page_flags == ("encoding_guessed",)


def test_entities_in_a_doctype_p49():
    """They are not expanded: the page is as long as it was."""
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "rain"}">' for n in range(9))
    found = article(f"<!DOCTYPE html [{bomb}]><html><body>{WORDS}<p>&e8; is coming.</p></body></html>")

    assert len(found.body_text) < 2 * len(TEXT)


def test_a_copy_for_phones_p53():
    """It names the page it is a copy of, on the same site: that is its canonical address, without a flag."""
    link = '<link rel="canonical" href="https://www.news.example/2026/rain">'

    found = article(page(link), url="https://amp.news.example/2026/rain")

    assert (found.canonical_url, found.page_flags) == ("https://www.news.example/2026/rain", ())
    assert found.url == "https://amp.news.example/2026/rain"


@pytest.mark.parametrize(
    ("canonical", "is_foreign"),
    [
        ("https://other.example/rain", True),
        ("https://other.co.uk/rain", True),
        ("http://news.example/rain", False),
        ("http://m.news.example/rain", False),
        ("/rain", False),
    ],
)
def test_a_canonical_page_elsewhere_p54(canonical: str, is_foreign: bool):
    """It is flagged, and changes neither the article's link nor its id."""
    found = article(page(f'<link rel="canonical" href="{canonical}">'))

    assert (found.url, found.article_id) == (URL, makers.entry(URL).article_id)
    assert found.page_flags == (("canonical_foreign",) if is_foreign else ())


def test_a_canonical_front_page_p55():
    """A site that calls its front page canonical everywhere says nothing."""
    assert article(page('<link rel="canonical" href="http://www.news.example/">')).canonical_url == ""


def test_a_text_without_end_p61():
    """It is cut at half a million characters, and flagged."""
    entry = makers.entry(content_html="<p>" + "word " * 120_000)
    found = article(None, entry)

    assert (len(found.body_text), found.page_flags) == (500_000, ("truncated",))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_title_that_a_spreadsheet_would_run_p62(start: str):
    """It is data, and unchanged; only white space is folded."""
    found = article(page(), makers.entry(title=f"{start}SUM(A1)"))

    assert found.title == f"{start}SUM(A1)"


@pytest.mark.parametrize(("date", "flag"), [("0001-01-01", "date_absurd"), ("9999-12-31", "date_future")])
def test_a_page_of_another_age_p65(date: str, flag: str):
    """The article is dated by its first sight, and says why."""
    entry = replace(makers.entry(), published=replace(makers.entry().published, at=None, raw="", flags=()))
    found = article(page(f'<meta property="article:published_time" content="{date}">'), entry)

    assert (found.published_at, found.published_source) == (entry.first_seen_at, "first_seen")
    assert found.published_flags == ("date_only", flag)


def _exists(place: str) -> bool:
    """Whether a test, or a case of a table, is there."""
    module, *names = place.split("::")
    found: Any = importlib.import_module(module)
    for name in names:
        found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
    return found is not None


@pytest.mark.parametrize("case", ELSEWHERE)
def test_the_proof_is_where_the_list_says(case: str):
    """A test that is renamed or a case that is dropped is noticed."""
    assert _exists(ELSEWHERE[case])


def test_the_list_is_whole():
    """Each of the 65 cases is proved once, here or elsewhere, and only they are explained."""
    here = [name.rpartition("_")[2].upper() for name in globals() if name.startswith("test_") and name[-1].isdigit()]
    every = [f"P{n}" for n in range(1, 66)]

    assert sorted([*here, *ELSEWHERE]) == sorted(every)
    assert DEVIATIONS.keys() <= set(every)

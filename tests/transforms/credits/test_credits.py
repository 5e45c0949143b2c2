"""Agencies are credited by datelines, bylines and closing lines, never by quotes or pictures."""

import re
from pathlib import Path

import pytest

from bench.agencies import by_signal, judged_case, read_lines
from transforms.credits.agencies import AGENCIES, SURE, UNSURE, agencies_in, agency_of_site, mark_agencies
from transforms.credits.dateline import Dateline, read_dateline
from transforms.credits.read import feed_credits, is_credit_line, read_credits

CASES = read_lines(Path(__file__).parent / "data" / "credit_cases.jsonl")
TAILS = [case for case in CASES if case["signal"] == "tail"]
QUOTES = [case for case in CASES if case["signal"] in ("trap: quote", "trap: subject")]


def _credits_of(*, dateline="", authors=(), bylines=(), opening=(), closing=(), **more):
    found = read_dateline(dateline) if dateline else Dateline()
    return read_credits(found, authors=authors, bylines=bylines, opening=opening, closing=closing, **more)


def _ids(agencies):
    return [agency.agency for agency in agencies]


class TestCases:
    """The labelled pieces of pages in data/credit_cases.jsonl."""

    def test_precision_and_recall(self):
        """Of what is credited 97 in 100 are right, and of what should be 93 are found, by every kind of signal."""
        figures = by_signal([judged_case(case) for case in CASES])

        assert figures["all"]["precision"] >= 0.99
        assert figures["all"]["recall"] >= 0.98
        assert figures["all"]["roles_right"] >= 0.99
        assert all(one["precision"] >= 0.97 and one["recall"] >= 0.93 for one in figures.values() if one["pairs"])

    def test_traps(self):
        """Hardly any trap is fallen into."""
        traps = [judged_case(case) for case in CASES if not case["agencies"]]

        assert sum(bool(one.agencies) for one in traps) <= len(traps) / 100

    def test_breadth(self):
        """There are cases in many languages, almost half of them traps, and no two are the same."""
        assert len(CASES) >= 800
        assert len({case["language"] for case in CASES}) >= 25
        assert sum(not case["agencies"] for case in CASES) >= 0.47 * len(CASES)
        assert len({case["id"] for case in CASES}) == len(CASES)

    def test_evidence(self):
        """The evidence of a credit is words of the page, and no credit is quite sure."""
        for case in CASES:
            text = " ".join(str(value) for value in case.values())
            for credit in judged_case(case).found:
                assert 0 < credit.confidence < 1
                assert all(word in text for word in credit.evidence.split())


def test_closing_with_pictures():
    """The closing line tells the agencies of a text, whoever took its pictures and whoever is quoted."""
    pictures = ["Photo: AP", "Photo: EFE", "AFP/Ann Lens"]

    assert _ids(_credits_of(opening=pictures, closing=["Source: AFP and EFE"])) == ["afp", "efe"]
    closing = ["“We wait,” the mayor told the AP.", "Associated Press / Agence France-Presse"]
    assert _ids(_credits_of(opening=pictures, closing=closing)) == ["ap", "afp"]


def test_best_evidence():
    """An agency is credited once, by the surest evidence, and others stay behind it."""
    found = _credits_of(dateline="Berlin (dpa) - Die", authors=["dpa"], closing=["(dpa/afp)"])

    assert _ids(found) == ["dpa", "afp"]
    assert (found[0].role, found[0].evidence) == ("author", "Berlin (dpa) -")
    assert found[0].confidence > found[1].confidence


def test_roles():
    """Who wrote a text is an author, whose it is a source, who helped with it a contributor."""
    found = _credits_of(dateline="LIMA (AP) — Rain", closing=["© 2024 AFP", "With reporting by Reuters"])

    assert {credit.agency: credit.role for credit in found} == {
        "ap": "author",
        "afp": "source",
        "reuters": "contributor",
    }


def test_broken_lines():
    """A label and its agency in two lines are one credit, but not where the label is a picture's."""
    assert _ids(_credits_of(closing=["Quelle:", "dpa"])) == ["dpa"]
    assert _credits_of(opening=["Foto:", "dpa"], closing=["Foto:", "dpa", "Mehr"]) == ()


def test_dateline_above_the_body():
    """A dateline in a line that the extractor left out counts, and ranks below the body's own."""
    found = _credits_of(opening=["LIMA (AFP) – The river rose by two metres during the night, the mayor said."])

    assert _ids(found) == ["afp"]
    assert found[0].confidence < 0.95
    assert _credits_of(opening=["Reuters - World"]) == ()


def test_feed():
    """A feed names agencies as an entry's creator, or is an agency's own."""
    assert _ids(feed_credits(["Ann Writer", "EFE"], "The Example")) == ["efe"]
    assert _ids(feed_credits([], "AP Top News")) == ["ap"]
    assert feed_credits(["Ann Writer"], "Reuters Institute") == ()


def test_syndication():
    """The address that a page calls its own may be an agency's; on a broadcaster's own page it is no agency."""
    assert _ids(_credits_of(url="https://apnews.com/article/1")) == ["ap"]
    assert _ids(_credits_of(authors=["CNN"], url="https://example.org/1")) == ["cnn"]
    assert _credits_of(authors=["CNN"], url="https://edition.cnn.com/1") == ()
    assert agency_of_site("https://[broken") == ""


class TestCreditLines:
    """Lines of a body that are nothing but a credit."""

    @pytest.mark.parametrize(
        "line",
        [
            *(
                "Source: AFP and EFE",
                "(dpa/afp)",
                "© 2021 AFP",
                "Associated Press / Agence France-Presse",
                "sak/Reuters",
            ),
            "Reporting by Ann Writer in Oslo; Editing by Bob Author",
            "© 2024 The Example. All rights reserved.",
            "Con información de EFE",
            "By Ann Writer, The Associated Press",
        ],
    )
    def test_credits(self, line):
        """Credits, copyrights and the names of editors are such lines."""
        assert is_credit_line(line)

    def test_tails(self):
        """Nearly every closing credit that stands alone in its line is one."""
        lines = [(case["after"][0], case["language"]) for case in TAILS if len(case["after"]) == 1]
        alone = [line for line in lines if not re.search(r"[.”] \W*\w{2,}", line[0])]

        assert sum(is_credit_line(*line) for line in alone) >= 0.95 * len(alone)

    def test_sentences(self):
        """No sentence about an agency is one, nor one that a credit follows."""
        lines = [(line, case["language"]) for case in QUOTES for line in case.get("body", case.get("before"))]

        assert not [line for line in lines if is_credit_line(*line)]
        assert not is_credit_line("The bridge opens on Monday. (dpa)")
        assert not is_credit_line("")


class TestNames:
    """The names of data/agencies.toml."""

    def test_case_counts(self):
        """Names count as written or in capitals, for some are words of other languages."""
        assert agencies_in("Reuters REUTERS") == ["reuters"]
        assert agencies_in("pa, reutersgate, mid-Aap") == ["mid"]

    def test_no_names(self):
        """Accounts and addresses are no names."""
        assert agencies_in("@AFP #EFE reuters.com _AP") == []

    def test_homonyms(self):
        """A name that is a word elsewhere is sure only in its own languages."""
        assert mark_agencies("TT", "sv").text == SURE
        assert mark_agencies("TT", "en").text == UNSURE
        assert mark_agencies("BBC").text == UNSURE

    def test_words(self):
        """A marked line gives its words back, without invisible characters."""
        marked = mark_agencies("By\u200b  AP and\xa0dpa")

        assert marked.words(0, len(marked.text)) == "By AP and dpa"
        assert marked.agencies(0, 4) == ["ap"]

    def test_ids(self):
        """Every agency has a plain lower-case id."""
        ids = {name.agency for name in AGENCIES.values()}

        assert all(agency == agency.lower() and agency.replace("-", "").isalnum() for agency in ids)
        assert len(ids) >= 100


@pytest.mark.parametrize("piece", ["AP ", "AP/", "A ", "a/", "Ann, ", "1.", "By A ", "(AP) ", "© 1 ", "with A ", "日"])
@pytest.mark.parametrize("start", ["", "By ", "© 2021 ", "Source: ", "Reporting by ", "("])
def test_hostile_lines(start, piece):
    """A line made to lead the patterns astray is read to its end: one that backtracks would never get there."""
    line = start + 5_000 * piece
    found = _credits_of(
        dateline=line, authors=[line], bylines=[line], opening=[line], closing=[line], stated=[line], url=line
    )

    assert len(found) <= 1
    assert len(feed_credits([line], line)) <= 1
    assert not is_credit_line(line)

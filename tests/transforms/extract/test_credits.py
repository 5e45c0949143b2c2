"""Agencies are credited by datelines, bylines and closing lines, never by quotes or pictures."""

import pytest

from tests.transforms.extract.pages import PROSE
from transforms.extract.agencies import AGENCIES, agencies_in
from transforms.extract.credits import ends, read_credits
from transforms.extract.dateline import Dateline, read_dateline


def _credits_of(*, dateline="", authors=(), bylines=(), opening=(), closing=()):
    found = read_dateline(dateline) if dateline else Dateline()
    return read_credits(found, authors=authors, bylines=bylines, opening=opening, closing=closing)


def _ids(agencies):
    return [agency.agency for agency in agencies]


@pytest.mark.parametrize(
    ("line", "agencies"),
    [
        ("Source: AFP and EFE", ["afp", "efe"]),
        ("Quelle: sid/dpa", ["sid", "dpa"]),
        ("(Quelle: APA/sda/dpa)", ["apa", "keystone-sda", "dpa"]),
        ("Quelle: ntv.de, ino/dpa", ["dpa"]),
        ("Fuente: EFE", ["efe"]),
        ("Fonte: ANSA", ["ansa"]),
        ("Źródło: PAP", ["pap"]),
        ("Источник: ТАСС", ["tass"]),
        ("© 2021 AFP", ["afp"]),
        ("© 2026 The Canadian Press", ["cp"]),
        ("Copyright 2021 The Associated Press. All rights reserved.", ["ap"]),
        ("(dpa/afp)", ["dpa", "afp"]),
        ("Das sagte der Bürgermeister am Montag. (dpa)", ["dpa"]),
        ("„Das war knapp.“ (ats/nxp)", ["keystone-sda"]),
        ("sak/Reuters", ["reuters"]),
        ("aja/PAP", ["pap"]),
        ("Associated Press / Agence France-Presse", ["ap", "afp"]),
        ("They were stopped at the border. PTI", ["pti"]),
    ],
)
def test_closing(line, agencies):
    """A closing credit names its agencies as sources."""
    found = _credits_of(closing=[line])

    assert _ids(found) == agencies
    assert {credit.role for credit in found} == {"source"}
    assert all(credit.evidence in line and 0 < credit.confidence < 1 for credit in found)


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Additional reporting from PA", "pa-media"),
        ("With reports from AFP", "afp"),
        ("Con información de EFE", "efe"),
        ("Mit Material der dpa", "dpa"),
        ("Avec AFP", "afp"),
    ],
)
def test_contributor(line, agency):
    """An agency that helped with a report is a contributor."""
    assert [(c.agency, c.role) for c in _credits_of(closing=[line])] == [(agency, "contributor")]


@pytest.mark.parametrize(
    "line",
    ["Reporting by Ann Writer in Oslo; Editing by Bob Writer", "(Reporte de Ana Autora; Editado por Luis Autor)"],
)
def test_reuters_close(line):
    """The line of reporters and editors that Reuters puts below its texts credits it."""
    assert _ids(_credits_of(closing=[line])) == ["reuters"]


@pytest.mark.parametrize(
    ("line", "agencies"),
    [
        ("By AP", ["ap"]),
        ("By The Associated Press", ["ap"]),
        ("Von dpa 30.04.2024", ["dpa"]),
        ("Por EFE", ["efe"]),
        ("AFP, MANILA", ["afp"]),
        ("Reuters, Washington, Nov 20 2019", ["reuters"]),
        ("AFP 28.04.2023 | 17:52 Uhr", ["afp"]),
        ("10.11.2025 17:59 AA", ["anadolu"]),
        ("By ANN WRITER, AP Sports Writer", ["ap"]),
    ],
)
def test_opening(line, agencies):
    """A byline above the text names its agencies as authors."""
    found = _credits_of(opening=[line])

    assert _ids(found) == agencies
    assert {credit.role for credit in found} == {"author"}


def test_marked_as_author():
    """An agency among the authors, or in a line marked as byline, wrote the text."""
    assert _ids(_credits_of(authors=["Ann Writer", "Deutsche Presse-Agentur"])) == ["dpa"]
    assert _ids(_credits_of(bylines=["Ann Writer and AP"])) == ["ap"]


def test_best_evidence():
    """An agency is credited once, by the surest evidence, and others stay beside it."""
    found = _credits_of(dateline="Berlin (dpa) - Die", authors=["dpa"], closing=["(dpa/afp)"])

    assert _ids(found) == ["dpa", "afp"]
    assert (found[0].role, found[0].evidence) == ("author", "Berlin (dpa) -")
    assert found[0].confidence > found[1].confidence


@pytest.mark.parametrize(
    "line",
    [
        "A minister told AP that the talks go on.",
        "Oil fell by two dollars, according to Reuters.",
        "The memo was seen by Reuters and the BBC.",
        "The prime minister spoke to AFP on Monday",
        "Sources told dpa, and the ministry confirmed it.",
        "Le ministre a dit à l'AFP qu'il attend.",
        "Photo: AFP",
        "Foto: dpa",
        "Bild: Keystone/AP",
        "AP Photo/Ann Lens",
        "(AP Photo/Ann Lens, File)",
        "Town hall. (Ann Lens/Pool via REUTERS)",
        "The old bridge. (Photo by AFP)",
        "Friso Linse/dpa",
        "EFE/ J.J. Lente",
        "Ann Lens / Associated Press",
        "© Axel Linse/dpa",
        "© AP/dpa | Richard Linse",
        "首都の空港＝ＡＰ",
        "Getty Images/AFP",
        "Follow us on AP News and other apps",
        "The party PTI won the vote in the north.",
        "© 2026 The Example. All rights reserved.",
        "Quelle: Polizei",
        "With reports from our readers",
        "(wire services)",
    ],
)
def test_traps(line):
    """Quotes, picture credits, homonyms and credits of others name no agency."""
    assert _credits_of(opening=[line], closing=[line]) == ()


def test_picture_marked_as_author():
    """A photographer's line is no byline, even where the page marks it so."""
    assert _credits_of(bylines=["Foto: Ann Linse/dpa", "Ann Lens/Getty Images/AFP"]) == ()


def test_case_counts():
    """Names count as written or in capitals, for some are words of other languages."""
    assert agencies_in("Reuters REUTERS") == ["reuters"]
    assert agencies_in("pa, reutersgate, mid-Aap") == ["mid"]


def test_ids():
    """Every agency has a plain lower-case id."""
    assert all(agency == agency.lower() and agency.replace("-", "").isalnum() for agency in AGENCIES.values())
    assert len(set(AGENCIES.values())) >= 45


class TestEnds:
    """The lines around a body."""

    def test_outside_the_body(self):
        """Lines just above and below the body are found on the page, and broken ones are joined."""
        visible = ["Menu", "By AP", *PROSE, "Quelle:", "dpa", *["Teaser"] * 20]
        opening, closing = ends("\n".join(PROSE), visible)

        assert "By AP" in opening
        assert "Quelle: dpa" in closing
        assert len(closing) < 20

    def test_unknown_body(self):
        """A body that is not found on the page has only its own lines."""
        assert ends("\n".join(PROSE), ["Menu", "By AP"])[1] == list(PROSE[-2:])

"""Authors are names: what pages and feeds write around them goes."""

import pytest

from transforms.extract.authors import Authors, choose_authors, clean_authors, line_authors, names_person

SITE = frozenset({"thetimes", "thetimesexample", "times"})


@pytest.mark.parametrize(
    ("stated", "authors"),
    [
        # what leads to a name
        (["By Ann Smith"], ("Ann Smith",)),
        (["BY ANN SMITH"], ("ANN SMITH",)),
        (["Von Anna Schreiber"], ("Anna Schreiber",)),
        (["Von Miller"], ("Von Miller",)),
        (["Par : Anne Auteur"], ("Anne Auteur",)),
        (["Analysis by Ann Smith"], ("Ann Smith",)),
        (["Ein Kommentar von Anna Schreiber"], ("Anna Schreiber",)),
        (["Text: Anna Schreiber"], ("Anna Schreiber",)),
        # lists
        (["Ann Smith and Bo Brown"], ("Ann Smith", "Bo Brown")),
        (["Ann Smith, Bo Brown & Cy Jones"], ("Ann Smith", "Bo Brown", "Cy Jones")),
        (["Ann Smith,Bo Brown"], ("Ann Smith", "Bo Brown")),
        (["Anna Schreiber; Bert von der Heide"], ("Anna Schreiber", "Bert von der Heide")),
        (["Ana Ruiz y Luis Peña"], ("Ana Ruiz", "Luis Peña")),
        (["José Ortega y Gasset"], ("José Ortega y Gasset",)),
        (["Fire and Rescue"], ("Fire and Rescue",)),
        (["山田太郎、佐藤花子"], ("山田太郎", "佐藤花子")),
        # offices, places, degrees, initials
        (["Ann Smith, Staff Writer"], ("Ann Smith",)),
        (["Ann Smith - Senior Correspondent in Rome"], ("Ann Smith",)),
        (["Ann Smith Staff Reporter"], ("Ann Smith",)),
        (["Ann Smith / Journalist"], ("Ann Smith",)),
        (["Anna Schreiber, London, Bert Maler"], ("Anna Schreiber", "Bert Maler")),
        (["Ann Smith, PhD"], ("Ann Smith",)),
        (["Anna Schreiber (asc)"], ("Anna Schreiber",)),
        (["신현주 기자"], ("신현주",)),
        (["Letters To The Editor"], ("Letters To The Editor",)),
        # addresses, dates
        (["Ann Smith", "https://example.org/ann", "ann@example.org", "@annsmith", "Ann Smith"], ("Ann Smith",)),
        (["Ann Smith 24.11.2026 10:00"], ("Ann Smith",)),
        (["ann-smith"], ()),
        # agencies
        (["Ann Smith, AFP"], ("Ann Smith",)),
        (["Ann Smith | Reuters"], ("Ann Smith",)),
        (["Reuters/Ann Smith"], ("Ann Smith",)),
        (["By ANN SMITH, AP Sports Writer"], ("ANN SMITH",)),
        (["Ann Smith", "AP"], ("Ann Smith",)),
        (["AP"], ("AP",)),
        (["dpa", "Redaktion"], ("dpa", "Redaktion")),
        (["Efe Kaya"], ("Efe Kaya",)),
        # others that are no persons
        (["Example News - The Town's Paper and Radio"], ("Example News - The Town's Paper and Radio",)),
        (["山田太郎"], ("山田太郎",)),
        (["Cortyn"], ("Cortyn",)),
        (["admin", "null", "", " ,", "—"], ()),
    ],
)
def test_cleaning(stated, authors):
    """A statement becomes the names of its persons, or stays whole where it surely names none."""
    assert clean_authors(stated) == authors


def test_site_beside_a_person():
    """The site is no author beside a person, and its name is not taken for a list."""
    assert clean_authors(["Ann Smith", "The Times"], SITE) == ("Ann Smith",)
    assert clean_authors(["The Times - Example"], SITE) == ("The Times - Example",)


@pytest.mark.parametrize("site", ["The Times", "the-times.example", "Times Redaktion"])
def test_site_gives_way(site):
    """A place that names only the site counts where no other names anybody else."""
    assert choose_authors([[site], ["By Ann Smith"]], SITE) == Authors(("Ann Smith",), ("By Ann Smith",))
    assert choose_authors([[site], [], [" "]], SITE) == Authors((site,), (site,))
    assert choose_authors([], SITE) == Authors()


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["By", "Ann Smith", "Sports Writer", "Bo Brown"], ["Ann Smith"]),
        (["Published by:", "Ann Smith", "and", "Bo Brown"], ["Ann Smith", "Bo Brown"]),
        (["Anna Schreiber und Bert Maler", "24.11.2026"], ["Anna Schreiber und Bert Maler"]),
        (["All posts", "Ann Smith"], []),
        ([], []),
    ],
)
def test_line(pieces, found):
    """Of a line in pieces those count that it begins with and that name persons."""
    assert line_authors(pieces) == found


@pytest.mark.parametrize("name", ["Sports Desk", "Example News", "Staff Writer", "ann", "x" * 100, "Foo GmbH", ""])
def test_no_person(name):
    """Desks, companies, offices and single words are not surely persons."""
    assert not names_person(name)


@pytest.mark.parametrize(
    "unit", ["(", "a", "A ", "Ann Smith, ", "a.b/", "@", "12.", "By ", "Von ", " - ", "editor in "]
)
def test_hostile_statements(unit):
    """Statements made to lead the patterns astray are read to their end, and give a bounded list."""
    found = clean_authors([f"{(unit * 500)[:495]}{number}" for number in range(100)])

    assert len(found) <= 100

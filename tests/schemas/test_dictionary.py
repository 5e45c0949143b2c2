"""The pages made from the schemas are those in docs/."""

from pathlib import Path

import pytest

from schemas.article import PAGE_FLAGS
from schemas.dating import DATE_FLAGS
from schemas.dead_letter import REASONS
from schemas.dictionary import PAGES, data_dictionary, dead_letters, main
from schemas.entry import ENTRY_FLAGS
from schemas.parquet import COLUMNS

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_docs_is_the_one_made(name: str):
    """Whoever changes a schema runs `make docs`."""
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "run `make docs`"


def test_the_dictionary_has_every_column_and_flag():
    """No column and no flag is missing from the page."""
    page = data_dictionary()

    names = [column.name for columns in COLUMNS.values() for column in columns]
    for name in (*names, *DATE_FLAGS, *ENTRY_FLAGS, *PAGE_FLAGS):
        assert f"| `{name}` |" in page or f"| {name} |" in page, name


def test_every_reason_is_explained():
    """Each reason has its line, with whether it is tried again."""
    lines = dead_letters().splitlines()

    for word, reason in REASONS.items():
        assert f"| `{word}` | {'yes' if reason.passing else 'no'} | {reason.meaning} |" in lines


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_cell_breaks_its_table(page):
    """Every line of a table has three cells or two, as its heading has."""
    width = 0
    for line in page().splitlines():
        cells = line.count("|") - 1
        width = cells if line.startswith("|") and not width else width if line.startswith("|") else 0
        assert not width or cells == width, line


def test_the_pages_are_written(tmp_path: Path):
    """The command writes both pages, also into a folder that is not there yet."""
    main(tmp_path / "docs")

    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(PAGES)

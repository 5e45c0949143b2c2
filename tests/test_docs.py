"""The docs are true: tables equal the code, links lead somewhere."""

import argparse
import re
from pathlib import Path

import pytest

from pipeline.options import add_options
from schemas.dictionary import PAGES
from transforms.fetch.feed_table import SETTINGS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES_WITH_LINKS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def table(heading: str) -> dict[str, str]:
    """The first two columns of the first table below a heading of the README."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.*?) \|$", section, re.M)
    return dict(rows)


def test_the_options_table_is_the_parser():
    """Every option of `dateline run` is in the README with its own words, and no other."""
    parser = argparse.ArgumentParser(add_help=False)
    add_options(parser)

    declared = {f"{action.option_strings[0]} {action.metavar}": str(action.help) for action in parser._actions}
    assert table("Run it for real") == declared


def test_the_settings_table_is_the_code():
    """Every setting that a feed list may have is in docs/fetching.md, in the code's order, and no other."""
    page = (ROOT / "docs" / "fetching.md").read_text("utf-8").split("| setting |", 1)[1].split("\n\n", 1)[0]
    listed = re.findall(r"^\| `(\w+)` \|", page, re.M)

    assert listed == [name for name in SETTINGS if name not in ("password", "token")]


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str):
    """The pages made from the schemas are as `make docs` writes them."""
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name]()


@pytest.mark.parametrize("page", PAGES_WITH_LINKS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path):
    """Every relative link of a page is a file or folder."""
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))]
    local = [link for link in links if link and "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []

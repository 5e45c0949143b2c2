"""Blocks become rows of numbers: one a block, one column a name."""

import numpy as np
import pytest

from tests.transforms.extract.pages import PROSE, html_page, tree_of
from transforms.extract.blocks.columns import read_columns, with_extracted
from transforms.extract.blocks.names import COLUMNS, EXTRACTED, MEANINGS
from transforms.extract.blocks.walk import read_blocks

_PAGE = html_page(before="<h1>River floods old town</h1>", after="<ul class='related-links'><li><a>Read more</a></ul>")


def _read(page: bytes = _PAGE, **hints: str):
    blocks = read_blocks(tree_of(page))
    return blocks, read_columns(blocks, **hints)


def _column(matrix, name: str) -> list[float]:
    return matrix[:, COLUMNS.index(name)].tolist()


def test_shape():
    """There is a row for each block, and a meaning for each column."""
    blocks, matrix = _read()

    assert matrix.shape == (len(blocks), len(COLUMNS)) == (5, len(MEANINGS))
    assert all(MEANINGS.values())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("h1", [1, 0, 0, 0, 0]),
        ("p", [0, 1, 1, 1, 0]),
        ("li", [0, 0, 0, 0, 1]),
        ("links", [0, 0, 0, 0, 1]),
        ("sentence_end", [0, 1, 1, 1, 0]),
        ("call", [0, 0, 0, 0, 1]),
        ("word_related", [0, 0, 0, 0, 3]),
        ("in_article", [1, 1, 1, 1, 1]),
        ("in_list", [0, 0, 0, 0, 1]),
        ("after_headline", [0, 1, 2, 3, 4]),
        ("after_first_good", [-1, 0, 1, 2, 3]),
        ("before_last_good", [3, 2, 1, 0, -1]),
        ("alike_count", [1, 3, 3, 3, 1]),
        ("like_title", [1, 0, 0, 0, 0]),
        ("like_summary", [0, 1, 0, 0, 0]),
        ("h1[-1]", None),
        ("sentence_end[-1]", [-1, 0, 1, 1, 1]),
        ("alike[+1]", [0, 1, 1, 0, -1]),
    ],
)
def test_values(name, values):
    """What stands on the page stands in its columns."""
    _, matrix = _read(title="River floods old town - Example News", description=PROSE[0])

    if values is None:  # only some columns are repeated for neighbours
        assert name not in COLUMNS
    else:
        assert _column(matrix, name) == values


def test_good_text_gathers():
    """The shares of good text on a page are one in the container that holds all of it."""
    _, matrix = _read()

    assert _column(matrix, "good_1")[1] == 1.0
    assert sum(_column(matrix, "good_0")[1:4]) == pytest.approx(1.0)


def test_asian_prose():
    """A character of Japanese counts as several letters, so that short sentences are good text too."""
    _, matrix = _read(
        html_page("川の水位が夜のうちに二メートル上がり、夜明け前に旧市街の低い通りに達したと市は発表した。" * 2)
    )

    assert _column(matrix, "page_good") == [1.0]


@pytest.mark.parametrize("page", [b"<html><body></body></html>", b"<html><body>one</body></html>", html_page("short")])
def test_small_pages(page):
    """A page of no block, or of one, has rows of finite numbers."""
    blocks, matrix = _read(page)

    assert matrix.shape == (len(blocks), len(COLUMNS))
    assert np.isfinite(matrix).all()


def test_second_extractor():
    """The second extractor's choice fills its columns, the neighbours' too, and no other."""
    blocks, matrix = _read()
    filled = with_extracted(matrix, blocks, "\n".join(PROSE[:2]))

    assert _column(matrix, "extracted") == [-1] * 5
    assert _column(filled, "extracted") == [0, 1, 1, 0, 0]
    assert _column(filled, "extracted[-2]") == [-1, -1, 0, 1, 1]
    assert _column(filled, "extracted[+1]") == [1, 1, 0, 0, -1]
    others = [place for place in range(len(COLUMNS)) if place not in EXTRACTED]
    assert (filled[:, others] == matrix[:, others]).all()

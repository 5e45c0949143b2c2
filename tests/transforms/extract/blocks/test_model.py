"""The packaged model chooses a page's text, asks a second extractor on doubt, and says why."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from tests.transforms.extract.pages import PROSE, html_page, tree_of
from transforms.extract.blocks.model import BlockModel, choose_blocks, doubt, packaged_model
from transforms.extract.blocks.names import COLUMNS, columns_page
from transforms.extract.blocks.walk import read_blocks

_DOCS = Path(__file__).parents[4] / "docs"
_WEIGHTS = files("transforms.extract").joinpath("data/blocks.json").read_bytes()


class _Second:
    """A second extractor that counts how often it is asked."""

    def __init__(self, text: str = "") -> None:
        self.text, self.calls = text, 0

    def __call__(self) -> str:
        self.calls += 1
        return self.text


def _choice(page: bytes, second: _Second, *, shortest: int = 0):
    return choose_blocks(
        read_blocks(tree_of(page)), packaged_model(), title="", description="", extract=second, shortest=shortest
    )


def test_weights_are_pinned():
    """Weights and columns belong together: a change of either is a change of this test, and a training."""
    assert len(COLUMNS) == 94
    assert json.loads(_WEIGHTS)["columns"] == list(COLUMNS)
    assert hashlib.sha256(_WEIGHTS).hexdigest()[:16] == "08409c6fad128d85"


def test_columns_are_documented():
    """The page of the columns is what `make docs` writes."""
    assert (_DOCS / "block-columns.md").read_text("utf-8") == columns_page()


def test_other_columns():
    """Weights of other columns are refused, with the way out."""
    with pytest.raises(ValueError, match=r"bench\.train_blocks"):
        BlockModel.of(json.loads(_WEIGHTS) | {"columns": list(COLUMNS)[::-1]})


def test_article():
    """Prose is chosen; navigation, teasers and an offer are not, and the second extractor is not asked."""
    teasers = "".join(f"<li><a href='/{n}'>Another report, number {n}</a></li>" for n in range(8))
    after = f"<div class='newsletter-signup'><p>Get our letter every day.</p></div><ul class='related'>{teasers}</ul>"
    second = _Second()
    choice = _choice(html_page(*PROSE * 2, after=after), second)

    assert choice.text == "\n".join(PROSE)  # a long line counts once
    assert (choice.extracted, second.calls) == (None, 0)


def test_short_text_asks():
    """Where too little is chosen, the second extractor is asked once."""
    second = _Second("\n".join(PROSE))
    choice = _choice(html_page(), second, shortest=10_000)

    assert (choice.extracted, second.calls) == (second.text, 1)


def test_no_blocks():
    """A page without text asks the second extractor, and chooses nothing."""
    second = _Second()
    choice = _choice(b"<html><body></body></html>", second)

    assert (choice.text, choice.chosen, second.calls) == ("", [], 1)


def test_doubt():
    """Sure judgements leave no doubt, even ones do; long uncertain blocks weigh more than short ones."""
    blocks = read_blocks(tree_of(html_page("x" * 400, "y" * 20)))

    def of(*probabilities: float) -> float:
        return doubt(blocks, np.array(probabilities))

    assert of(1, 1) == 0
    assert of(0.5, 1) > of(1, 0.5) > 0
    assert of(0, 0) == float("inf")


def test_hidden_copy():
    """A block that holds the whole text once more is left out."""
    paragraphs = [f"{number}. {paragraph}" for number in range(5) for paragraph in PROSE]
    copy = f"<div class='article-body'><p>{' '.join(paragraphs)}</p></div>"

    assert " ".join(paragraphs) not in _choice(html_page(*paragraphs, after=copy), _Second()).text.split("\n")

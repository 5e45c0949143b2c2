"""The block model reads a body; where that leaves little, other extractors step in."""

import pytest

from tests.transforms.extract.pages import PROSE, URL, html_page, tree_of
from transforms.extract.blocks.model import packaged_model
from transforms.extract.body import BLOCKS, FEED, FULL, SECOND, read_body, read_fragment
from transforms.extract.tree import drop_dead_weight

_TWICE = [f"{number} {paragraph}" for number in ("First:", "Then:") for paragraph in PROSE]


def _body_of(page: bytes):
    return read_body(tree_of(page), page, packaged_model(), url=URL, title="", description="")


def test_article():
    """A plain article is read by the block model, a line a block, without navigation and footer."""
    body = _body_of(html_page(*_TWICE))

    assert body.extractor == BLOCKS
    assert body.text.split("\n") == _TWICE


def test_little_text():
    """Where the model finds little, the second extractor is asked, and the page is judged again."""
    body = _body_of(html_page(*PROSE))

    assert body.text.split("\n") == list(PROSE)
    assert body.extractor in (BLOCKS, SECOND)


@pytest.mark.parametrize("holder", ["noscript", "template"])
def test_cascade(holder):
    """Text in elements that hold none by rights is found by the thorough extractor, on the raw page."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    body = _body_of(f"<html><body><{holder}><article>{paragraphs}</article></{holder}></body></html>".encode())

    assert (body.extractor, PROSE[0] in body.text) == (FULL, True)


def test_no_text():
    """A page without text gives an empty body."""
    assert _body_of(b"<html><body><nav></nav></body></html>").text == ""


def test_around():
    """The page's lines around the body come in order, whole, without captions and navigation."""
    page = html_page(
        *_TWICE,
        before="<figure><figcaption>Photo: AFP</figcaption></figure><div>By <a href='/'>ANN WRITER</a></div>",
        after="<div>Source: <b>AFP</b> and EFE</div>",
    )

    assert _body_of(page).around == ["By ANN WRITER", *_TWICE, "Source: AFP and EFE"]


def test_repeatable():
    """A page gives the same text however many pages were read before it."""
    assert len({_body_of(html_page()).text for _ in range(4)}) == 1


def test_dead_weight():
    """Scripts, styles and form controls go, and the text behind them stays."""
    tree = tree_of(
        b"<html><body><p>a<script>x()</script>b<style>y</style>c<select><option>z</option></select>d</p></body></html>"
    )
    drop_dead_weight(tree)

    assert tree.text_content() == "abcd"


class TestFragment:
    """A feed's own full text."""

    def test_blocks(self):
        """Each block is a line, inline tags break none, and captions go."""
        fragment = b"<div><p>One\nof <b>the</b> lines</p>Two<br>three<ul><li>four</li></ul><figure>Pic</figure></div>"

        assert read_fragment(tree_of(fragment)) == ("One of the lines\nTwo\nthree\nfour", FEED, None)

    def test_closing_line(self):
        """The line that blog software puts below is no part of the text."""
        fragment = b"<p>Text.</p><p>The post <a href='/a'>Flood</a> appeared first on <a href='/'>Site</a>.</p>"

        assert read_fragment(tree_of(fragment)).text == "Text."

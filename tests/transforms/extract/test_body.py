"""The fast extractor reads a body, the thorough one steps in where that seems to have missed."""

from tests.transforms.extract.pages import PROSE, URL, html_page, tree_of
from transforms.extract.body import FAST, FEED, FULL, read_body, read_fragment
from transforms.extract.tree import drop_dead_weight, texts


def _body_of(html):
    tree = tree_of(html)
    drop_dead_weight(tree)
    return read_body(tree, html, url=URL)


def test_article():
    """A plain article is read by the fast extractor, without navigation and footer."""
    body = _body_of(html_page())

    assert body.extractor == FAST
    assert body.text.split("\n") == list(PROSE)


def test_cascade():
    """Text that went with the dead weight is found by the thorough extractor, on the raw page."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    body = _body_of(f"<html><body><noscript><article>{paragraphs}</article></noscript></body></html>".encode())

    assert body.extractor == FULL
    assert PROSE[0] in body.text


def test_small_share_of_the_page():
    """A body far smaller than the page's long paragraphs is in doubt, and the longer of two readings wins."""
    teaser = f"<article><p>{PROSE[0]}</p></article>"
    body = _body_of(
        f"<html><body>{teaser}<div>{''.join(f'<p>{p}</p>' for p in PROSE * 5)}</div></body></html>".encode()
    )

    assert PROSE[2] in body.text


def test_short_article_stays():
    """If the thorough extractor finds no more, the fast one's text stays."""
    body = _body_of(html_page(PROSE[0]))

    assert body == (PROSE[0], FAST)


def test_repeatable():
    """A page gives the same text however many pages were read before it."""
    assert len({_body_of(html_page()) for _ in range(4)}) == 1


def test_dead_weight():
    """Scripts, styles and form controls go, and the text behind them stays."""
    tree = tree_of(
        b"<html><body><p>a<script>x()</script>b<style>y</style>c<select><option>z</option></select>d</p></body></html>"
    )
    drop_dead_weight(tree)

    assert tree.text_content() == "abcd"


def test_visible_texts():
    """The visible texts come in order, without captions and data."""
    page = html_page("one <a href='/'>two</a>", before="<figure><figcaption>Photo: AFP</figcaption></figure>")

    assert texts(tree_of(page)) == ["Home", "one", "two", "Imprint"]


class TestFragment:
    """A feed's own full text."""

    def test_blocks(self):
        """Each block is a line, inline tags break none, and captions go."""
        fragment = b"<div><p>One\nof <b>the</b> lines</p>Two<br>three<ul><li>four</li></ul><figure>Pic</figure></div>"

        assert read_fragment(tree_of(fragment)) == ("One of the lines\nTwo\nthree\nfour", FEED)

    def test_closing_line(self):
        """The line that blog software puts below is no part of the text."""
        fragment = b"<p>Text.</p><p>The post <a href='/a'>Flood</a> appeared first on <a href='/'>Site</a>.</p>"

        assert read_fragment(tree_of(fragment)).text == "Text."

"""A page's tree becomes its text blocks, in order."""

import pytest

from tests.transforms.extract.pages import tree_of
from transforms.extract.blocks.walk import INSIDE, read_blocks


def _blocks(body: str):
    return read_blocks(tree_of(f"<html><body>{body}</body></html>".encode()))


def _lines(body: str) -> list[str]:
    return [block.text for block in _blocks(body)]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>one <b>two</b> <a href='/'>three</a>.</p>", ["one two three."]),
        ("<div>one<p>two</p>three</div>", ["one", "two", "three"]),
        ("<p>one<br>two</p>", ["one two"]),
        ("<p>one<br><br>two<br/> <br>three</p>", ["one", "two", "three"]),
        ("<p>one\n\n  two</p>", ["one two"]),
        ("<p>a<script>x()</script>b</p><nav>menu</nav><footer>imprint</footer><p>c</p>", ["ab", "c"]),
        ("<p> \n </p><p>&nbsp;</p><p>one</p>", ["one"]),
        ("plain", ["plain"]),
        ("", []),
    ],
)
def test_lines(body, lines):
    """Inline elements join, others part, two breaks part, blanks fold, and what holds no text is not entered."""
    assert _lines(body) == lines


def test_counts():
    """A block knows its links, and how much of it is linked or bold."""
    (block,) = _blocks("<p>12345<a href='/'>678</a><b>90</b></p>")

    assert (block.links, block.linked, block.bold, block.tag) == (1, 3, 2, "p")


def test_shares_of_a_split_block():
    """What is counted for a block is shared by the paragraphs that breaks make of it."""
    one, two = _blocks("<p><a href='/'>1234</a><br><br><b>5678</b></p>")

    assert one.linked == pytest.approx(two.linked)
    assert 0 < one.linked <= 4


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<article><aside><p>x</p></aside></article>", {"article", "aside"}),
        ("<header><article><p>x</p></article></header>", {"article"}),
        ("<figure><figcaption>x</figcaption></figure>", {"figure"}),
        ("<div itemprop='articleBody'><p>x</p></div>", {"article_body"}),
        ("<div style='display : none'><p>x</p></div>", {"hidden"}),
        ("<div hidden><p>x</p></div>", {"hidden"}),
        ("<div aria-hidden='true'><p>x</p></div>", {"hidden"}),
        ("<div style='color: red' aria-hidden='false'><p>x</p></div>", set()),
    ],
)
def test_inside(body, names):
    """A block knows the elements that it stands in; a header around an article says nothing."""
    (block,) = _blocks(body)

    assert {name for name, bit in INSIDE.items() if block.container.inside & bit} == names


def test_deep_pages():
    """However deep a page nests, the walk ends, for the parser bounds the depth; what stands before is read."""
    assert _lines("<p>one</p>" + "<div>" * 100_000 + "deep")[0] == "one"
    assert _lines("<p>one</p>" + "<b>" * 100_000 + "deep")[0] == "one"


def test_tree_stays():
    """The tree is read, not changed."""
    tree = tree_of(b"<html><body><p>one<br>two</p><nav>x</nav></body></html>")
    before = tree.text_content()
    read_blocks(tree)

    assert tree.text_content() == before

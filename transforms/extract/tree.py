"""A page in UTF-8 in, one lxml tree out, which every reader of the stage shares."""

from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from transforms.errors import ExtractError

# the class lookup in C: lxml.html's own asks Python for the class of every element, a third of the parse time
_PARSER = etree.HTMLParser(
    encoding="utf-8", collect_ids=False, default_doctype=False, remove_comments=True, remove_pis=True
)
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))

_DEAD_TAGS = (
    *("style", "svg", "template", "iframe", "noscript", "link", "canvas", "object", "embed"),
    *("input", "select", "button", "option", "map", "datalist"),
)
# JSON-LD stays: it tells the body extractor a forum from an article
_DEAD_SCRIPTS = etree.XPath('//script[not(@type="application/ld+json")]')
_BLOCKS = ("p", "div", "br", "li", "tr", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "td")


def parse_page(utf8: bytes) -> Any:
    """Return the root element of a page, without comments; raises ExtractError where nothing is left."""
    try:
        tree = etree.fromstring(utf8, _PARSER)
    except etree.XMLSyntaxError as error:  # an empty document
        raise ExtractError("not_html", "empty") from error
    if tree is None:
        raise ExtractError("not_html", "no element")
    return tree


def drop_dead_weight(tree: Any) -> None:
    """Take scripts, styles, form controls and embeds out of a tree; the text behind them stays."""
    etree.strip_elements(tree, *_DEAD_TAGS, with_tail=False)
    for script in _DEAD_SCRIPTS(tree):
        script.drop_tree()


def squash(text: str) -> str:
    """Text in, the same text in one line without outer blanks out.

    >>> squash(" a\\n b ")
    'a b'
    """
    return " ".join(text.split())


def texts(tree: Any) -> list[str]:
    """Return the page's pieces of visible text without captions, in order; a line with links in it is several pieces.

    Call it last: it takes scripts and figures out of the tree.
    """
    etree.strip_elements(tree, "script", "head", "figure", "figcaption", with_tail=False)
    return [text.strip() for text in tree.itertext() if not text.isspace()]


def block_text(tree: Any) -> str:
    """Return all text of a tree, one line a block, without captions; for markup that is nothing but an article."""
    etree.strip_elements(tree, "figure", "script", with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.text = f"\n{element.text or ''}"
        element.tail = f"\n{element.tail or ''}"
    lines = (squash(line) for line in tree.text_content().split("\n"))
    return "\n".join(line for line in lines if line)

"""A page in UTF-8 in, one lxml tree out, which every reader of the stage shares."""

from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from transforms.errors import ExtractError

_HTML_PARSER: Any = etree.HTMLParser  # Any: the type stubs lack an argument
_PARSER = _HTML_PARSER(
    encoding="utf-8", collect_ids=False, default_doctype=False, remove_comments=True, remove_pis=True
)
# in C: lxml.html's own lookup asks Python for the class of every element, a third of the parse time
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))

_DEAD_TAGS = (
    *("style", "svg", "template", "iframe", "noscript", "link", "canvas", "object", "embed"),
    *("input", "select", "button", "option", "map", "datalist"),
)
# JSON-LD stays: it tells the body extractor a forum from an article
_DEAD_SCRIPTS: Any = etree.XPath('//script[not(@type="application/ld+json")]')


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

"""JSON-LD is read in all the shapes that pages give it, and never fails."""

import pytest

from tests.transforms.extract.pages import html_page, json_ld, tree_of
from transforms.extract.jsonld import article_node, by_id, names, page_nodes, string


def _node_of(*texts):
    return article_node(page_nodes(tree_of(html_page(head="".join(json_ld(text) for text in texts)))))


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "NewsArticle", "headline": "Rain"}',
        '[{"@type": "Organization", "name": "x"}, {"@type": ["Thing", "ReportageNewsArticle"], "headline": "Rain"}]',
        '{"@graph": [{"@type": "WebSite"}, {"@type": "BlogPosting", "headline": "Rain"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "Rain"}}',
        '//<![CDATA[\n{"@type": "Article", "headline": "Rain"}\n//]]>',
        '<!-- {"@type": "Article", "headline": "Rain",} -->',
        '{"@type": "Article", "headline": "Rain",}',
        '{"@type": "Article", "headline": "Rain", "articleBody": "two\nlines"};',
    ],
)
def test_shapes(text):
    """The article is found in lists, graphs and nested nodes, and despite the usual slips of JSON."""
    assert _node_of(text)["headline"] == "Rain"


def test_fullest_node():
    """Of several article nodes, one with a headline and a date is the article itself."""
    bare = '{"@type": "NewsArticle", "headline": "Teaser"}'
    full = '{"@type": "NewsArticle", "headline": "Rain", "datePublished": "2026-11-20"}'

    assert _node_of('{"@type": "Article"}', bare, full)["headline"] == "Rain"


def test_node_of_this_page():
    """Of equally full article nodes, the one with the page's own address is the article."""
    nodes = [
        {"@type": "Article", "headline": "Teaser", "url": "https://e.org/b"},
        {"@type": "Article", "headline": "Rain", "mainEntityOfPage": {"@id": "http://www.e.org/a/?x=1"}},
    ]

    assert article_node(nodes, "https://e.org/a")["headline"] == "Rain"
    assert article_node(nodes)["headline"] == "Teaser"


def test_job_is_no_article():
    """A posting of a job is none of an article."""
    assert _node_of('{"@type": "JobPosting", "headline": "Cook"}') == {}


def test_type_of_script():
    """The script's type may have parameters and capitals."""
    script = '<script type="Application/LD+JSON; charset=utf-8">{"@type": "Article", "headline": "Rain"}</script>'

    assert article_node(page_nodes(tree_of(html_page(head=script))))["headline"] == "Rain"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"@type": "Article", ',
        "null",
        '"Article"',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' + " " * 300_000 + "x",
        '{"@type": "Recipe"}',
        "[1, [2]]",
    ],
)
def test_nothing_to_read(text):
    """Broken JSON, endless nesting and nodes of other things give an empty node, and no error."""
    assert _node_of(text) == {}


@pytest.mark.parametrize("value", [None, 3, True, {}, [], [[]], {"name": 3}, [None, {"name": None}], "", " "])
def test_wrong_types(value):
    """A value of a wrong type names nobody and is no string."""
    assert names(value) == []
    assert string(value) == ""


def test_reference_to_nothing():
    """A node that refers to one the page does not have names nobody."""
    assert names({"@id": "#a"}, by_id([{"@id": "#b", "name": "Ann Smith"}, {"@id": 3}])) == []


def test_entities():
    """Entities inside JSON strings are resolved, and white space is squeezed."""
    assert names({"name": "Ann&nbsp;O&#39;Hara\n"}) == ["Ann O'Hara"]


def test_unprintable():
    """Control characters and half characters that JSON can spell never come out, for nothing can store them."""
    found = string(_node_of(r'{"@type": "Article", "headline": "a\ud800b\u0000c"}')["headline"])

    assert found.encode() == b"a b c"

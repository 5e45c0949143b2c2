"""Which hits count: context rules, phrases that cancel, the longest at a place."""

import pytest

from transforms.tag.score import weigh_article

SUMMIT = """summit:
    en:
      strong: [summit talks]
      not: [summit finish, reach* the summit]
      rules: [{term: summit+, w: 3, unless: [mountain]}]
"""
NEEDS = "summit: {en: {rules: [{term: summit, w: 3, needs: [leaders]}]}}"


def counted(taxonomy, body, language="en"):
    """The terms that count in a body, and the reasons of those that do not."""
    evidence = weigh_article("", body, language, taxonomy)
    terms = [term.term for topic in evidence.weighed for term in topic.terms]
    return terms, [refused.reason for refused in evidence.refused]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A summit opens.", (["summit+"], [])),
        ("The climber saw the summit.", ([], ["unless:mountain"])),
        ("The climber slept for days before the summit.", (["summit+"], [])),
        ("The summit talks on the ridge", (["summit talks"], [])),
        ("The stage has a summit finish", ([], ["not"])),
        ("They reached the summit", ([], ["not"])),
        ("They reached the summit, then the summits met", (["summit+"], ["not"])),
    ],
)
def test_what_speaks_against_a_term(load, body, expected):
    """A context within the window or a phrase around it cancels a hit; a longer term stands in for a shorter one."""
    assert counted(load(SUMMIT), body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A minister at the summit", (["summit"], [])),
        ("At the summit, ministers", (["summit"], [])),
        ("the G7 summit", (["summit"], [])),
        ("the g7 summit", ([], ["needs"])),
        ("The minister has gone on holiday. A summit", ([], ["needs"])),
    ],
)
def test_what_a_term_needs(load, body, expected):
    """A term that needs a context counts only with it in the window, before or after, in its exact case."""
    assert counted(load(NEEDS), body) == expected


def test_window_of_a_rule(load):
    """A rule's own window replaces the default; `doc` is the whole article, title included."""
    body = "The minister has gone on holiday. A summit"
    wide = NEEDS.replace("needs:", "window: 40, needs:")
    whole = NEEDS.replace("needs:", "window: doc, needs:")

    assert counted(load(wide), body)[0] == ["summit"]
    assert counted(load(whole), body + ", a town" * 50)[0] == ["summit"]
    assert weigh_article("Minister travels", "far " * 50 + "to a summit", "en", load(whole)).weighed


def test_a_term_is_no_context_of_itself(load):
    """A word that is both term and context does not stand for its own context."""
    taxonomy = load("power: {en: {rules: [{term: minister, w: 3, needs: [leaders]}]}}")

    assert counted(taxonomy, "The minister spoke") == ([], ["needs"])
    assert counted(taxonomy, "The minister, a minister")[0] == ["minister"]


def test_strongest_of_equal_hits(load):
    """Of two terms at the same place, the stronger counts, once."""
    taxonomy = load("trade: {en: {weak: [tariff+], strong: [tariffs]}}")

    assert counted(taxonomy, "tariffs") == (["tariffs"], [])


def test_topics_share_text(load):
    """One phrase may count for two topics, also where one of them finds only part of it."""
    taxonomy = load("trade: {en: {strong: [trade war]}}", "war: {en: {strong: [war]}}")

    assert counted(taxonomy, "a trade war")[0] == ["trade war", "war"]


def test_no_phrase_reaches_from_title_to_body(load):
    """A title's last word and a body's first are no phrase."""
    taxonomy = load("trade: {en: {strong: [trade war]}}")

    assert not weigh_article("On trade", "War goes on", "en", taxonomy).weighed
    assert weigh_article("On trade war", "", "en", taxonomy).weighed


def test_contexts_belong_to_the_language(load):
    """A context's words are those of the article's language."""
    taxonomy = load("summit: {any: {rules: [{term: summit, w: 3, unless: [mountain]}]}}")

    assert counted(taxonomy, "summit am Bergsee", "de")[0] == []
    assert counted(taxonomy, "summit am Bergsee", "en")[0] == ["summit"]

"""What a topic weighs, when it is put on an article, and the evidence that is kept."""

import unicodedata

import pytest

from schemas.article import Term
from transforms.tag.score import missing, tag_article, weigh_article
from transforms.tag.taxonomy import load_taxonomy

TRADE = "trade: {en: {strong: [tariff+], medium: [exports], weak: [goods]}}"
FAR = "x" * 60 + " "


def verdicts(taxonomy, title, body):
    """Every topic with a hit, and what it misses."""
    evidence = weigh_article(title, body, "en", taxonomy)
    return {one.topic: missing(one, evidence.best) for one in evidence.weighed}


def score(taxonomy, title, body):
    """The score of the only topic with a hit."""
    [weighed] = weigh_article(title, body, "en", taxonomy).weighed
    return weighed.score


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Tariffs", "", 3 * 2),
        ("", "tariffs", 3 * 1.5),
        ("", FAR + "tariffs", 3),
        ("", FAR + "tariffs tariff", 3 * 2),
        ("", FAR + "tariffs " * 9, 3 * 3),
        ("", FAR + "tariffs exports goods", 3 + 1.5 + 0.5),
        ("Tariffs", FAR + "tariffs", 3 * 2 * 2),
        ("", FAR + "tariffs" + " word" * 399, 3 / 2),
    ],
)
def test_score(load, title, body, expected):
    """Weight, place, mentions up to the cap, and length make the score."""
    assert score(load(TRADE), title, body) == pytest.approx(expected)


def test_stored_score_is_half_at_the_threshold(load):
    """The stored score is s / (s + threshold)."""
    taxonomy = load("trade: {threshold: 6, en: {strong: [tariff]}}")

    assert [topic.score for topic in tag_article("Tariff", "", "en", taxonomy)] == [0.5]


@pytest.mark.parametrize(
    ("settings", "title", "body", "expected"),
    [
        ("threshold: 3", "", FAR + "tariffs", ""),
        ("threshold: 3.1", "", FAR + "tariffs", "threshold"),
        ("min_terms: 2", "", "tariffs tariffs", "mentions"),
        ("min_terms: 2", "", "tariffs goods", ""),
        ("min_terms: 2", "Tariffs", "", ""),
        ("back_min_terms: 2", "", FAR + "tariffs tariff", "back"),
        ("back_min_terms: 2", "", FAR + "tariffs goods", ""),
        ("back_min_terms: 2", "", "tariffs", ""),
        ("back_min_hits: 2", "", FAR + "tariffs", "back"),
        ("back_min_hits: 2", "", FAR + "tariffs tariff", ""),
        ("back_min_hits: 2", "Tariffs", "", ""),
    ],
)
def test_what_a_topic_must_reach(load, settings, title, body, expected):
    """Threshold, distinct terms and hits decide, the last two only where nothing stands further to the front."""
    taxonomy = load(TRADE.replace("{en", f"{{{settings}, en"))

    assert verdicts(taxonomy, title, body) == {"trade": expected}


def test_default_of_hits(write):
    """`min_hits` of the defaults asks for mentions outside the title."""
    path = write(TRADE)
    path.write_text(path.read_text("utf-8").replace("threshold: 2", "threshold: 2\n  min_hits: 2"), "utf-8")
    taxonomy = load_taxonomy(path)

    assert verdicts(taxonomy, "", "tariffs") == {"trade": "mentions"}
    assert verdicts(taxonomy, "", "tariffs tariffs") == {"trade": ""}
    assert verdicts(taxonomy, "Tariffs", "") == {"trade": ""}


@pytest.mark.parametrize(
    ("share", "body", "expected"),
    [
        ("", "vaccine", ""),
        ("", FAR + "vaccine", "share"),
        ("", FAR + "vaccine " * 4, ""),
        ("min_share: 0.1,", FAR + "vaccine", ""),
        ("min_share: 0.5,", "vaccine", "share"),
    ],
)
def test_shares(load, share, body, expected):
    """A topic must reach a share of the best score: larger further back, unless it has its own."""
    taxonomy = load(TRADE, f"health: {{{share} en: {{strong: [vaccine+]}}}}")

    assert verdicts(taxonomy, "Tariffs", f"{body} tariffs exports")["health"] == expected


def test_share_cap(write):
    """Nothing has to reach a share of more than the cap."""
    path = write(TRADE, "health: {en: {strong: [vaccine]}}")
    path.write_text(path.read_text("utf-8").replace("min_share", "share_cap: 6\n  min_share"), "utf-8")

    assert verdicts(load_taxonomy(path), "Tariffs on exports", FAR + "vaccine tariffs") == {"trade": "", "health": ""}


def test_strongest_first(load):
    """Topics come by falling score, their terms by falling points, each with its first place and its hits."""
    taxonomy = load(TRADE, "health: {en: {strong: [vaccine+]}}")
    topics = tag_article("Vaccine goods", "Vaccines: exports, vaccines. A tariff.", "en", taxonomy)

    assert [topic.topic for topic in topics] == ["health", "trade"]
    assert topics[0].terms == (Term("vaccine+", "title", 0, 3, 15.51),)
    assert topics[1].terms == (
        Term("tariff+", "body", 31, 1, 4.5),
        Term("exports", "body", 10, 1, 2.25),
        Term("goods", "title", 8, 1, 1.0),
    )


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_are_those_of_the_original(load, form):
    """However a text is encoded, its field from `start` on begins with the hit."""
    taxonomy = load("diplomacy: {fr: {strong: [élysée, =OTAN, négociations, 회담]}}")
    title = unicodedata.normalize(form, "À l'Élysée, déjà")
    body = unicodedata.normalize(form, "Été: général à l'OTAN.\nDes négociations, 정상 회담.")
    [topic] = tag_article(title, body, "fr", taxonomy)
    hits = {term.term: {"title": title, "body": body}[term.field][term.start :] for term in topic.terms}

    assert len(hits) == 4
    for term, text in hits.items():
        assert unicodedata.normalize("NFC", text).lower().startswith(term.lstrip("=").lower())


def test_packaged_offsets_stand_for_themselves():
    """In a text with emoji and line breaks, every term of the packaged taxonomy stands where it says."""
    title, body = (
        "🚨 EU sanctions: Brussels acts",
        "😀😀\n\nThe EU imposed sanctions on banks.\nSanctions follow a ceasefire.",
    )
    topics = tag_article(title, body, "en", load_taxonomy())

    assert "sanctions" in [topic.topic for topic in topics]
    for term in (term for topic in topics for term in topic.terms):
        text = {"title": title, "body": body}[term.field][term.start :].lower()
        assert text.startswith(term.term.strip("=+*~").split()[0].lower().rstrip("*+"))


@pytest.mark.parametrize(("title", "body"), [("", ""), ("\n", " "), ("", "\ud83d tariffs"), ("\u0301", "\u0301")])
def test_poor_texts(load, title, body):
    """Empty texts, lone marks and half surrogate pairs are no error."""
    topics = tag_article(title, body, "en", load(TRADE))

    assert [topic.topic for topic in topics] == (["trade"] if "tariffs" in body else [])


def test_a_long_text_costs_no_square(load):
    """Hits without their context, a hundred thousand of each, are compared only with what is near."""
    taxonomy = load("summit: {en: {rules: [{term: summit, w: 3, needs: [mountain]}], not: [old summit]}}")
    body = "summit " * 100_000 + FAR * 20 + "climber " * 100_000

    assert tag_article("", body, "en", taxonomy) == ()

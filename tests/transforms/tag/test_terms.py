"""Every form of a term finds what it should, and nothing else."""

import pytest

from transforms.tag.automaton import Listing, build_automaton, find
from transforms.tag.context import choose_hits
from transforms.tag.folding import read_text
from transforms.tag.terms import parse_term, surfaces


def found(term, text, language="en"):
    """The words of a text that a term finds."""
    listing = Listing("topic", "topic", language, term, parse_term(term), 1, None)
    text = read_text("", text)
    hits, _ = choose_hits(find(text, build_automaton([listing])).topics.get("topic", []), (), {})
    return [text.composed[hit.start : hit.end] for hit in hits]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("summit", "Summit, SUMMIT and summits", ["Summit", "SUMMIT"]),
        ("elysee", "L'Élysée répond", ["Élysée"]),
        ("Élysée", "the elysee answers", ["elysee"]),
        ("e-mail", "e-mail, E mail, e–mail, email", ["e-mail", "E mail", "e–mail"]),
        ("leaders' summit", "the leaders’ summit", ["leaders’ summit"]),
        ("peace talks", "peace\ntalks, peace-talks, peacetalks", ["peace\ntalks", "peace-talks"]),
        ("sanction*", "sanctioned, sanction; presanction", ["sanctioned", "sanction"]),
        ("=NATO", "NATO and nato", ["NATO"]),
        ("=NATO+", "NATO's and nato's", ["NATO's"]),
        ("=G7 leader+", "G7 leaders, g7 leaders, G7 LEADERS", ["G7 leaders", "G7 LEADERS"]),
        ("impos* sanctions", "imposing sanctions, impose sanctions, imposter sanctions", 2),
    ],
)
def test_each_form_finds_its_words(term, text, expected):
    """A term finds its words in whatever case, accents and dashes its form allows."""
    words = found(term, text)

    assert (len(words) if isinstance(expected, int) else words) == expected


@pytest.mark.parametrize(
    ("language", "term", "text", "expected"),
    [
        ("en", "policy+", "policies policy policy's police", ["policies", "policy", "policy's"]),
        ("en", "airman+", "airmen", ["airmen"]),
        ("en", "embargo+", "embargoes", []),
        ("es", "voz+", "voces", ["voces"]),
        ("fr", "général+", "généraux", ["généraux"]),
        ("de", "Gericht+", "Gerichts Gerichten Gerichtshof", ["Gerichts", "Gerichten"]),
        ("any", "Tour+", "Tours Tour's Toures", ["Tours", "Tour's"]),
        ("de", "~gipfel", "Klimagipfel, EU-Gipfel, Gipfelkreuz", ["Klimagipfel", "Gipfel"]),
        ("de", "~gipfel*", "des Klimagipfels", ["Klimagipfels"]),
    ],
)
def test_inflections_belong_to_the_language(language, term, text, expected):
    """`+` follows the rules of the list's language, `~` the compounds of German."""
    assert found(term, text, language) == expected


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_exact_behind_an_elision(apostrophe):
    """An exact word may follow an elision, and stays exact."""
    assert found("l'=OTAN", f"l{apostrophe}OTAN, l{apostrophe}otan", "fr") == [f"l{apostrophe}OTAN"]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("rat", "rat_1 rats grat rat", ["rat"]),
        ("=U.S.", "the U.S. and (U.S.)", ["U.S.", "U.S."]),
        ("峰会", "七国集团峰会在东京", ["峰会"]),
        ("サミット", "主要国サミットが", ["サミット"]),
        ("ประชุม", "การประชุมสุดยอด", ["ประชุม"]),
        ("=G7", "日本はG7の議長国", ["G7"]),
        ("=G7", "AG7 G77 G7", ["G7"]),
        ("=NATO*", "NATOの首脳", ["NATO"]),
        ("정상", "정치 정상", ["정상"]),
    ],
)
def test_boundaries(term, text, expected):
    """A hit is a whole word; scripts without blanks have none, and end the words of others."""
    assert found(term, text) == expected


@pytest.mark.parametrize(
    ("term", "says"),
    [
        ("", "is empty"),
        ("~", "is empty"),
        (True, "is not a text"),
        ("a=b", "inside a word"),
        ("C++", "wrong place"),
        ("un*do", "wrong place"),
        ("two ~words", "wrong place"),
        ("one -", "without a letter"),
        ("a* b* c* d", "more than 2"),
        ("a+ b+ c+ d+ e+", "more than 4"),
        ("x" * 101, "longer than 100"),
    ],
)
def test_malformed_terms(term, says):
    """A term that cannot be understood is refused with what is wrong."""
    with pytest.raises(ValueError, match=says):
        parse_term(term)


def test_surfaces_are_each_listed_once():
    """Inflections that coincide are looked for once."""
    found = surfaces(parse_term("sea+ mass+"), "en")

    assert len(found) == len(set(found))
    assert "seas masses" in found


def test_an_endless_word_is_followed_a_bounded_way():
    """An open end stops after a hundred characters, so a hostile text costs no square."""
    [word] = found("~rat*", "x" * 300 + "rat" + "y" * 300)

    assert len(word) == 203

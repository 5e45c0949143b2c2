"""Pairs: copies however edited are found, likeness without copying is not."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.makers import prose
from tests.transforms.dedup.texts import BOILERPLATE, OTHER, STORY, cut, order, sentences
from transforms.dedup.compare import Verdict, compare
from transforms.dedup.sketching import sketch_text


def verdict(a: str, b: str, hours: float = 0.0) -> Verdict | None:
    """The verdict on two texts, the second so many hours later."""
    one, other = (order("a"), sketch_text(a)), (order("b", hours), sketch_text(b))
    found = compare(one, other)

    assert compare(other, one) == found
    return found


def kind(a: str, b: str, hours: float = 0.0) -> str:
    """The kind of a pair; none, too, where nothing is shared."""
    found = verdict(a, b, hours)
    return found.kind if found else "none"


COPIES = {
    "cut by half": cut(STORY, 0.5),
    "cut to a third": cut(STORY, 0.34),
    "local text at the end": STORY + " " + prose(5, 12),
    "another first sentence": prose(6, 1) + " " + STORY,
    "a paragraph inserted": " ".join([*sentences(STORY)[:10], prose(7, 6), *sentences(STORY)[10:]]),
    "every fourth sentence dropped": " ".join(s for n, s in enumerate(sentences(STORY)) if n % 4),
    "boilerplate around": f"{BOILERPLATE} {STORY} {BOILERPLATE}",
    "capitals": STORY.upper(),
}


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES.keys())
def test_an_edited_copy_is_found(text: str):
    """Cut, extended, opened differently, interspersed, thinned or reprinted in capitals: it is the same story."""
    assert kind(STORY, text) == "copy"


def test_independent_texts_share_nothing():
    """Two texts of other words have no verdict."""
    assert verdict(STORY, OTHER) is None


def test_a_shared_quote_is_no_copy():
    """One paragraph in common does not make two long texts one."""
    quote = prose(8, 3)

    assert kind(f"{cut(STORY, 0.5)} {quote}", f"{cut(OTHER, 0.5)} {quote}") == "none"


def test_a_follow_up_with_old_background_is_no_copy():
    """A new story that ends with an old one's last paragraphs is a new story."""
    background = " ".join(sentences(STORY)[24:])

    assert kind(STORY, f"{prose(9, 26)} {background}") == "none"


def template(city: str, low: int, high: int, wind: int, day: str) -> str:
    """A weather note: the same sentences for every city."""
    return (
        f"The weather service expects a bright start to the week in {city} before clouds move in from the west. "
        f"On {day} temperatures in {city} rise from {low} degrees at dawn to {high} degrees in the afternoon, with "
        f"winds of up to {wind} kilometres an hour along the river. Residents of {city} should take an umbrella in "
        f"the evening, when showers are likely in {wind + 3} of {wind + 20} districts. Pollen levels stay moderate "
        f"and the sun sets at {low + 7}.{high} p.m. "
        f"The next bulletin for {city} follows on the morning after {day} as usual."
    )


def test_templates_with_other_facts_are_no_copies():
    """Notes that share every sentence but neither names nor numbers are apart."""
    notes = [
        template("Elk Prairie", 8, 19, 25, "Monday"),
        template("Moss Harbor", 11, 24, 31, "Tuesday"),
        template("Cedar Heights", 6, 15, 48, "Friday"),
    ]

    assert {kind(a, b) for a, b in pairwise(notes)} <= {"none", "conflict"}


def test_a_template_repeated_word_for_word_is_a_copy():
    """The same note run by two outlets is one note."""
    note = template("Elk Prairie", 8, 19, 25, "Monday")

    assert kind(note, f"{note} {prose(4, 1)}") == "copy"


def test_paragraphs_in_another_order_are_a_conflict():
    """A text shuffled sentence by sentence is no edit of the other."""
    parts = sentences(STORY)
    shuffled = " ".join(parts[1::2][::-1] + parts[::2][::-1])

    assert kind(STORY, shuffled) in ("none", "conflict")


def test_a_brief_in_a_roundup_is_an_excerpt_at_most():
    """A short text whose lead stands in one many times longer hangs on it as an excerpt, and never as a copy."""
    long = cut(STORY, 0.4) + " " + prose(11, 150)

    assert kind(cut(STORY, 0.4), long) in ("excerpt", "none")


def test_time_divides_what_is_only_half_alike():
    """Half a copy counts within three days; a whole one for as long as there is."""
    half = " ".join(sentences(STORY)[:20]) + " " + prose(12, 20)
    found = verdict(STORY, half)

    assert found is not None
    assert 0.4 <= found.containment < 0.7
    assert kind(STORY, half, hours=73) == "none"
    assert kind(STORY, cut(STORY, 0.6), hours=24 * 6) == "copy"


def test_the_measures_are_shares():
    """Containment is of the smaller text, jaccard of both together."""
    found = verdict(STORY, cut(STORY, 0.5))

    assert found is not None
    assert found.containment == pytest.approx(1.0, abs=0.05)
    assert found.jaccard == pytest.approx(0.5, abs=0.15)
    assert timedelta(0) <= timedelta(hours=found.cx)

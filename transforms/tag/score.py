"""From counted hits to topics.

A topic's score is the sum over its distinct terms of

    weight × place × (1 + log2 min(mentions, tf_cap))        place: title_boost, lead_boost or 1

divided by max(1, (words / length_ref) ^ length_pow). The topic is put on the article if its score reaches the threshold
and is not dwarfed by the article's best one, and if, without a hit in the title, there are enough terms and hits. What
is stored is score / (score + threshold): 0.5 is just enough, whatever the topic.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from schemas.article import Term, Topic
from transforms.tag.automaton import Hit, find
from transforms.tag.context import Refused, choose_hits
from transforms.tag.folding import Text, place_in_field, read_text
from transforms.tag.reading import Scoring, TopicSettings
from transforms.tag.taxonomy import Taxonomy


class TermWeight(NamedTuple):
    """What one term gives to a topic."""

    points: float
    # first place in the composed text
    start: int
    hits: int
    term: str


class Weighed(NamedTuple):
    """A topic of which hits were counted in an article."""

    topic: str
    settings: TopicSettings
    score: float
    # in order of appearance
    terms: list[TermWeight]
    hits: int
    # where the foremost hit is: title, lead or back
    part: str


class Evidence(NamedTuple):
    """All that was found in an article."""

    text: Text
    # every topic with a counted hit
    weighed: list[Weighed]
    # the score that shares are of
    best: float
    # hits that did not count
    refused: list[Refused]


def tag_article(title: str, body: str, language: str, taxonomy: Taxonomy) -> tuple[Topic, ...]:
    """An article and its BCP 47 language in; its topics, and their terms as evidence, strongest first, out.

    >>> from transforms.tag.taxonomy import load_taxonomy
    >>> topics = tag_article("Leaders gather for G7 summit", "", "en", load_taxonomy())
    >>> [(topic.topic, term.term, term.field, term.start) for topic in topics for term in topic.terms]
    [('summit', '=G7 summit', 'title', 19)]
    """
    evidence = weigh_article(title, body, language, taxonomy)
    topics = (topic_of(one, evidence.text) for one in evidence.weighed if not missing(one, evidence.best))
    return tuple(sorted(topics, key=lambda topic: (-topic.score, topic.topic)))


def weigh_article(title: str, body: str, language: str, taxonomy: Taxonomy) -> Evidence:
    """An article and its BCP 47 language in; every topic with a hit, whether put on the article or not, out."""
    text, scoring = read_text(title, body), taxonomy.scoring
    found = find(text, taxonomy.automaton(language))
    weighed, refused = list[Weighed](), list[Refused]()
    for topic, hits in found.topics.items():
        counted, uncounted = choose_hits(hits, found.cancels.get(topic, ()), found.contexts)
        refused += uncounted
        if counted:
            weighed.append(_weigh(topic, taxonomy.topics[topic], counted, text, scoring))
    best = min(max((one.score for one in weighed), default=0.0), scoring.share_cap)
    return Evidence(text, weighed, best, refused)


def missing(weighed: Weighed, best: float) -> str:
    """What a topic misses to be put on the article: threshold, mentions, back or share; "" where nothing."""
    settings, terms = weighed.settings, len(weighed.terms)
    if weighed.score < settings.threshold:
        return "threshold"
    if weighed.part != "title" and (terms < settings.min_terms or weighed.hits < settings.min_hits):
        return "mentions"
    if weighed.part == "back" and (terms < settings.back_min_terms or weighed.hits < settings.back_min_hits):
        return "back"
    return "share" if weighed.score < settings.shares[weighed.part] * best else ""


def topic_of(weighed: Weighed, text: Text) -> Topic:
    """A weighed topic in, its record with every term placed in its field out; points are those before damping."""
    terms = sorted(weighed.terms, key=lambda term: (-term.points, term.start))
    return Topic(
        weighed.topic,
        round(weighed.score / (weighed.score + weighed.settings.threshold), 4),
        tuple(Term(term.term, *place_in_field(text, term.start), term.hits, round(term.points, 2)) for term in terms),
    )


def _weigh(topic: str, settings: TopicSettings, hits: Sequence[Hit], text: Text, scoring: Scoring) -> Weighed:
    """A topic's counted hits, in order of appearance, in; what they weigh together out."""
    by_term = defaultdict[str, list[Hit]](list)
    for hit in hits:
        by_term[hit.listing.term].append(hit)
    terms = []
    for term, same in by_term.items():
        start, _, listing = same[0]  # the first is in the best place
        boost = scoring.boosts[_part(start, text.body_start, scoring)]
        points = listing.weight * boost * (1 + math.log2(min(len(same), scoring.tf_cap)))
        terms.append(TermWeight(points, start, len(same), term))
    score = sum(term.points for term in terms) / _damping(text.words, scoring)
    return Weighed(topic, settings, score, terms, len(hits), _part(hits[0].start, text.body_start, scoring))


def _damping(words: int, scoring: Scoring) -> float:
    return max(1.0, math.pow(words / scoring.length_ref, scoring.length_pow))


def _part(place: int, body_start: int, scoring: Scoring) -> str:
    if place < body_start:
        return "title"
    # counted from the title's end, of which the line break is the first character
    return "lead" if place < body_start - 1 + scoring.lead_chars else "back"

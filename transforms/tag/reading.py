"""The bytes of a taxonomy file in, checked records out; whatever is wrong raises ValueError, naming topic and term."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from transforms.tag.automaton import Listing, Rule
from transforms.tag.node import Node, read_yaml
from transforms.tag.terms import Form, parse_term

# a topic's words for people and other systems; not used to match
_DESCRIPTION = ("label", "iptc", "parents")
_THRESHOLDS = ("threshold", "min_terms", "back_min_terms", "back_min_hits", "min_share")
_STRENGTHS = ("strong", "medium", "weak")
_DEFAULTS = (
    *("weights", "threshold", "min_terms", "min_hits", "back_min_terms", "back_min_hits"),
    *("min_share", "lead_share", "back_share", "share_cap", "title_boost", "lead_boost", "lead_chars"),
    *("tf_cap", "length_ref", "length_pow", "window"),
)
_ABOVE_ZERO = 1e-6


@dataclass(frozen=True)
class Scoring:
    """The numbers that hold for all topics; score.py has the formula."""

    # by the part of the article: title, lead, back
    boosts: Mapping[str, float]
    # from the end of the title
    lead_chars: float
    # mentions of a term beyond this many add nothing
    tf_cap: float
    # words up to which an article is not damped, and how fast a longer one is
    length_ref: float
    length_pow: float
    # a topic need not reach a share of more than this score
    share_cap: float


@dataclass(frozen=True)
class TopicSettings:
    """What a topic must reach: its own number or else the default."""

    threshold: float
    # distinct terms and hits, where none is in the title
    min_terms: float
    min_hits: float
    # distinct terms and hits, where none is in title or lead
    back_min_terms: float
    back_min_hits: float
    # of the article's best score, by the part with the foremost hit: title, lead, back
    shares: Mapping[str, float]


class Stated(NamedTuple):
    """What a file states."""

    id: str
    version: str
    languages: tuple[str, ...]
    scoring: Scoring
    topics: dict[str, TopicSettings]
    # by language, `any` included, in the order of the file: contexts, then topics
    listings: dict[str, list[Listing]]


def read_taxonomy(raw: bytes) -> Stated:
    """A file's bytes in, what it states out."""
    file = read_yaml(raw)
    file.names(("taxonomy", "defaults", "contexts", "topics"))
    head, defaults, contexts, topics = map(file.node, ("taxonomy", "defaults", "contexts", "topics"))
    head.names(("id", "version", "languages"))
    defaults.names(_DEFAULTS)
    lists = ("any", *head.texts("languages"))
    if wrong := [
        language for language in lists if not re.fullmatch("[a-z]{2,3}", language) or lists.count(language) > 1
    ]:
        raise ValueError(f"taxonomy: languages: {wrong[-1]!r} must be a lower-case language code, given once")
    listings: dict[str, list[Listing]] = {language: [] for language in lists}
    reader = _Reader(lists, defaults, frozenset(contexts.names()))
    settings = {}
    for name in contexts.names():
        for listing in reader.context(name, contexts.node(name, f"context {name}")):
            listings[listing.language].append(listing)
    for name in topics.names():
        topic = topics.node(name, f"topic {name}")
        settings[name] = _settings(topic, defaults)
        for listing in reader.topic(name, topic):
            listings[listing.language].append(listing)
    return Stated(head.text("id"), head.text("version"), lists[1:], _scoring(defaults), settings, listings)


def _scoring(defaults: Node) -> Scoring:
    return Scoring(
        boosts={"title": defaults.number("title_boost"), "lead": defaults.number("lead_boost"), "back": 1.0},
        lead_chars=defaults.number("lead_chars"),
        tf_cap=defaults.number("tf_cap", least=1),
        length_ref=defaults.number("length_ref", least=1),
        length_pow=defaults.number("length_pow"),
        share_cap=defaults.number("share_cap", math.inf),
    )


def _settings(topic: Node, defaults: Node) -> TopicSettings:
    share = defaults.number("min_share", 0)
    shares = {
        "title": share,
        "lead": defaults.number("lead_share", share),
        "back": defaults.number("back_share", share),
    }
    return TopicSettings(
        threshold=topic.number("threshold", defaults.number("threshold", least=_ABOVE_ZERO), least=_ABOVE_ZERO),
        min_terms=topic.number("min_terms", defaults.number("min_terms", 1)),
        min_hits=defaults.number("min_hits", 1),
        back_min_terms=topic.number("back_min_terms", defaults.number("back_min_terms", 0)),
        back_min_hits=topic.number("back_min_hits", defaults.number("back_min_hits", 0)),
        # a topic's own share holds in all parts
        shares={part: topic.number("min_share", share) for part, share in shares.items()},
    )


@dataclass(frozen=True)
class _Reader:
    """Reads the lists of contexts and topics."""

    languages: tuple[str, ...]
    defaults: Node
    contexts: frozenset[str]

    def context(self, name: str, node: Node) -> Iterator[Listing]:
        for language in node.names(self.languages):
            for term in node.list(language):
                yield Listing("context", name, language, str(term), _form(term, node), 0, None)

    def topic(self, name: str, topic: Node) -> Iterator[Listing]:
        topic.names((*_DESCRIPTION, *_THRESHOLDS, *self.languages))
        for language in self.languages:
            lists = topic.node(language)
            lists.names((*_STRENGTHS, "not", "rules"))
            for strength in _STRENGTHS:
                weight = self.defaults.node("weights").number(strength)
                for stated in lists.list(strength):
                    yield self._term(name, language, stated, weight, topic)
            for term in lists.list("not"):
                yield Listing("not", name, language, str(term), _form(term, topic), 0, None)
            for stated in lists.list("rules"):
                yield self._term(name, language, stated, None, topic)

    def _term(self, name: str, language: str, stated: object, weight: float | None, topic: Node) -> Listing:
        """A plain term, or a mapping with its own weight and rule, in; its listing out."""
        if not isinstance(stated, dict):
            if weight is None:
                raise ValueError(f"{topic.place}: term {stated!r}: a rule must be a mapping")
            return Listing("topic", name, language, str(stated), _form(stated, topic), weight, None)
        term = stated.get("term")
        form = _form(term, topic)
        node = Node(stated, f"{topic.place}: term {term!r}")
        node.names(("term", "w", "needs", "unless", "window"))
        return Listing("topic", name, language, str(term), form, node.number("w", weight), self._rule(node))

    def _rule(self, node: Node) -> Rule:
        rule = Rule(node.texts("needs"), node.texts("unless"), self._window(node))
        for context in (*rule.needs, *rule.unless):
            if context not in self.contexts:
                raise ValueError(f"{node.place}: unknown context {context!r}")
        return rule

    def _window(self, node: Node) -> float:
        return math.inf if node.value("window") == "doc" else node.number("window", self.defaults.number("window"))


def _form(term: object, node: Node) -> Form:
    try:
        return parse_term(term)
    except ValueError as error:
        raise ValueError(f"{node.place}: term {term!r} {error}") from error

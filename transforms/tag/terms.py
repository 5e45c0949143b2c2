"""The grammar of a term, and the folded surfaces that it stands for.

summit      a whole word; case and accents do not matter, a hyphen is a blank
summit+     its regular inflections in the list's language, too
sanction*   any ending
~gipfel     any beginning, as in German compounds
=NATO       exact case and accents; also behind an elision: l'=OTAN
several words, each with its own sign: impos* sanctions, =G7 leader+
"""

import re
from functools import cache
from itertools import product
from typing import NamedTuple
from unicodedata import normalize

from transforms.tag.folding import fold

LONGEST_TERM = 100
# both keep one term from standing for more than some ten thousand surfaces
_MOST_INNER_WILDCARDS = 2
_MOST_ENDINGS = 4
_SIGNS = set("+*~=")
# inside a phrase, `*` stands for these, so that one automaton pass still finds all of it
_INNER_ENDINGS = ("", "e", "a", "o", "s", "es", "as", "os", "en", "er", "em", "ed", "ing", "ren")
_EXACT_ENDINGS = ("", "s", "'s")
_DEFAULT_ENDINGS = ("s", "'s")
_ENDINGS = {
    "es": ("s", "es"),
    "fr": ("s", "x", "e", "es"),
    "de": ("e", "en", "er", "es", "s", "n", "em"),
}
_CHANGES = {
    "en": (("(?<=[^aeiou])y$", "ies"), ("(?<=[sxz])$|(?<=[cs]h)$", "es"), ("man$", "men")),
    "es": (("z$", "ces"),),
    "fr": (("al$", "aux"),),
}


class Word(NamedTuple):
    """One word of a term."""

    folded: str
    # the text that must stand there as it is, "" where case and accents do not matter
    exact: str
    # "", "+" or "*"
    ending: str


class Form(NamedTuple):
    """A term as it was understood."""

    words: tuple[Word, ...]
    open_left: bool
    open_right: bool
    # every text that must stand there as it is
    exact: tuple[str, ...]


def parse_term(term: object) -> Form:
    """A term of the file in, its form out; a malformed one raises ValueError, which says what is wrong.

    >>> parse_term("~gipfel+")
    Form(words=(Word(folded='gipfel', exact='', ending='+'),), open_left=True, open_right=False, exact=())
    """
    if not isinstance(term, str):
        raise ValueError("is not a text; put it in quotes")
    if len(term) > LONGEST_TERM:
        raise ValueError(f"is longer than {LONGEST_TERM} characters")
    open_left = term.strip().startswith("~")
    words = tuple(_parse_word(word) for word in term.strip().removeprefix("~").split())
    if not words:
        raise ValueError("is empty")
    if sum(word.ending == "*" for word in words[:-1]) > _MOST_INNER_WILDCARDS:
        raise ValueError(f"has more than {_MOST_INNER_WILDCARDS} `*` before its last word")
    if sum(bool(word.ending) for word in words) > _MOST_ENDINGS:
        raise ValueError(f"has more than {_MOST_ENDINGS} words with `+` or `*`")
    return Form(words, open_left, words[-1].ending == "*", tuple(word.exact for word in words if word.exact))


def _parse_word(word: str) -> Word:
    ending = word[-1] if word[-1] in "+*" else ""
    bare = normalize("NFC", word[: len(word) - len(ending)])
    elision, sign, exact = bare.rpartition("=")
    if sign and elision and elision[-1] not in "'’":
        raise ValueError("has `=` inside a word; it stands before a word or behind an elision")
    text = elision + exact
    if _SIGNS & set(text):
        raise ValueError("has a sign at a wrong place: `~` begins a term, `=` a word; `+` or `*` ends a word")
    if not any(char.isalnum() for char in text):
        raise ValueError("has a word without a letter or digit")
    return Word(fold(text), exact if sign else "", ending)


def surfaces(form: Form, language: str) -> tuple[str, ...]:
    """A form and its list's language in, every folded text to look for out, each once, in a fixed order.

    >>> surfaces(parse_term("party leader+"), "en")
    ('party leader', 'party leaders', "party leader's")
    """
    choices = [_inflections(word, language) for word in form.words[:-1]]
    last = form.words[-1]
    # an open end is walked to when matching, not spelt out
    choices.append((last.folded,) if form.open_right else _inflections(last, language))
    return tuple(dict.fromkeys(" ".join(words) for words in product(*choices)))


def _inflections(word: Word, language: str) -> tuple[str, ...]:
    if word.ending == "*":
        return tuple(word.folded + ending for ending in _INNER_ENDINGS)
    if word.ending == "+" and word.exact:
        return tuple(word.folded + ending for ending in _EXACT_ENDINGS)
    return inflect(word.folded, language) if word.ending else (word.folded,)


@cache
def inflect(word: str, language: str) -> tuple[str, ...]:
    """A folded word in; itself and its regular inflections out.

    >>> inflect("policy", "en")
    ('policy', 'policys', "policy's", 'policies')
    """
    endings = _ENDINGS.get(language, _DEFAULT_ENDINGS)
    changed = [re.sub(end, new, word) for end, new in _CHANGES.get(language, ()) if re.search(end, word)]
    return (word, *(word + ending for ending in endings), *changed)

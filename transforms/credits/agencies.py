"""The news agencies of data/agencies.toml: a line in, the same line with every agency's name as one mark out.

So the forms of credits are patterns over marks, which need not know a single name.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.toml import packaged_toml

_DATA: dict[str, dict[str, list[str]]] = packaged_toml("transforms.credits", "agencies.toml")
_EVERYWHERE, _LABELLED, _SITES, _OWN = "names", "labelled", "sites", "own"


class Name(NamedTuple):
    """What a name stands for, and the languages in which it stands for nothing else."""

    agency: str
    languages: frozenset[str]

    def is_sure(self, language: str) -> bool:
        """Whether the name needs nothing beside it in a text of this language ("" for an unknown one)."""
        return (
            _EVERYWHERE in self.languages
            or language in self.languages
            or (not language and self.languages != {_LABELLED})
        )


def _names() -> dict[str, Name]:
    """Every name, as written and in capitals; case counts, for "sid" or "pa" are words elsewhere."""
    languages: dict[tuple[str, str], set[str]] = {}
    for agency, groups in _DATA.items():
        for group, names in groups.items():
            for form in (form for name in names if group not in (_SITES, _OWN) for form in (name, name.upper())):
                languages.setdefault((form, agency), set()).add(group)
    return {form: Name(agency, frozenset(found)) for (form, agency), found in languages.items()}


AGENCIES: dict[str, Name] = _names()
_SITES_OF, _OWN_OF = (
    {site: agency for agency, groups in _DATA.items() for site in groups.get(group, ())} for group in (_SITES, _OWN)
)
_FORMS = list(AGENCIES)
_FINDER: Any = AhoCorasick(_FORMS, matchkind=MatchKind.LeftmostLongest)

# of the private use area, which no text has: a name that needs nothing beside it, and any other
SURE, UNSURE = "\ue000", "\ue001"
# a letter of an alphabet that sets words off by blanks; "共同" may stand in the middle of a line without any
_LETTER = re.compile(r"[^\W\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_DOMAIN = re.compile(r"\.[a-z]{2}")
_INVISIBLE = re.compile(f"[\u00ad\u200b-\u200f\u2060\ufeff{SURE}{UNSURE}]")


class Marked(NamedTuple):
    """A line with a mark in place of every agency's name, and these names."""

    text: str
    names: tuple[str, ...] = ()

    def agencies(self, start: int, end: int) -> list[str]:
        """The ids of the agencies in a part of the text, in order, each once."""
        return list(dict.fromkeys(AGENCIES[name].agency for name in self._names(start, end)))

    def words(self, start: int, end: int) -> str:
        """A part of the text with the names as written."""
        names = iter(self._names(start, end))
        return "".join(next(names) if c in (SURE, UNSURE) else c for c in self.text[start:end])

    def _names(self, start: int, end: int) -> tuple[str, ...]:
        before = marks_in(self.text[:start])
        return self.names[before : before + marks_in(self.text[start:end])]


def marks_in(text: str) -> int:
    """The number of marks in a text."""
    return text.count(SURE) + text.count(UNSURE)


def mark_agencies(line: str, language: str = "") -> Marked:
    """Return a line, in one line and without invisible characters, with its agencies marked.

    >>> mark_agencies("Source: AFP and The Associated Press").names
    ('AFP', 'The Associated Press')
    >>> marked = mark_agencies("(PA)", "es")
    >>> marked.text == f"({UNSURE})", marked.agencies(0, 3)
    (True, ['pa-media'])
    """
    text = " ".join((line if line.isascii() else _INVISIBLE.sub("", line)).split())
    parts: list[str] = []
    names: list[str] = []
    end = 0
    for start, following, name in _found(text):
        parts += [text[end:start], SURE if AGENCIES[name].is_sure(language) else UNSURE]
        names.append(name)
        end = following
    return Marked("".join([*parts, text[end:]]), tuple(names)) if names else Marked(text)


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Names that are whole words, and no account or address."""
    for index, start, end in _FINDER.find_matches_as_indexes(text):
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        joined = (_LETTER.match(before) and _LETTER.match(text[start])) or (
            _LETTER.match(after) and _LETTER.match(text[end - 1])
        )
        if not joined and before not in ("@", "#", "_") and not _DOMAIN.match(text, end):
            yield start, end, _FORMS[index]


def agencies_in(text: str) -> list[str]:
    """Return the ids of the agencies a text names, in order, each once.

    >>> agencies_in("Source: AFP and The Associated Press")
    ['afp', 'ap']
    """
    marked = mark_agencies(text)
    return marked.agencies(0, len(marked.text))


def agency_of_site(url: str) -> str:
    """Return the agency that an address belongs to, "" for none.

    >>> agency_of_site("https://www.reuters.com/world/1"), agency_of_site("https://example.org/reuters.com")
    ('reuters', '')
    """
    return _owner(url, _SITES_OF)


def publisher_of_site(url: str) -> str:
    """Return the agency that is no agency at this address but its publisher, "" for none.

    >>> publisher_of_site("https://edition.cnn.com/world/1")
    'cnn'
    """
    return _owner(url, _OWN_OF)


def _owner(url: str, owners: dict[str, str]) -> str:
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:  # a malformed host
        return ""
    return next((owners[host] for place in range(len(labels)) if (host := ".".join(labels[place:])) in owners), "")

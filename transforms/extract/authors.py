"""What pages and feeds state as authors in, names out: no roles, no "By", no places, no agency beside a person."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from transforms.credits.agencies import SURE, UNSURE, mark_agencies
from transforms.extract.titles import folded
from transforms.extract.tree import squash

# of a statement or a name; and how many of them
_LONGEST, _MOST = 500, 100

_KIND = (
    r"(?:(?:[Aa]n?|[Ee]ine?)\s)?(?:Written|Story|Text|Analysis|Opinion|Comment(?:ary)?|Review|Interview|Reporting|Posted"
    r"|Published|Kommentar|Analyse|Bericht|Gastbeitrag|Essay|Reportage|Kolumne)"
)
_LEAD = re.compile(
    rf"\W*(?:(?:{_KIND}\s+)?(?:(?:[Bb]y|BY|[Pp]or|[Pp]ar|di|af|av|[Dd]oor)\b\s*:?\s+|[Vv]on\b\s*:?\s+(?=\S+\s\S))"
    r"|(?:[Bb]y|BY|[Vv]on|[Pp]or|[Pp]ar|Texte?|Texto|Autore?[ns]?|Autor/in|Autorin|Auteure?s?|Authors?)\s*:\s*)?"
)
# a piece of text that leads to a name
_LEADING = re.compile(
    r"(?:.{0,30}\s)?(?:by|von|por|par|di|af|av|door|de|autor(?:in|en|/in)?|auteur|text|texte?)\s*:?", re.I
)
# of a mailbox, an account, a page
_ADDRESS = re.compile(r"[^@]*@|https?:|www\.|[^/.]+(?:\.[^/.]+)*\.(?:com|org|net)/", re.I)
_ASIDE = re.compile(r"\s*\([^()]{0,200}\)")
_DATE = re.compile(r"\s*(?<![\w/])(?:\d{4}-\d\d|\d{1,2}[.:/]\s?\d{1,2})\b.*")
_FULL_STOP = re.compile(r"(?<=\s[^\W\d_]{3})\.$|(?<=[^\W\d_]{4})\.$")
# what stands between the members of a list, and between a name and a role or place
_BETWEEN = re.compile(rf"\s*[,;|•·、，；]\s*|\s+[/–—-]\s+|\s*/?[{SURE}{UNSURE}]/?\s*")
_AND = re.compile(r"\s+(?:and|und|og|och|et|en|y|e|i|&|\+)\s+")

_CAPITAL = r"(?:[dl]['’]|al-|el-)?[^\W\d_a-zß-öø-ÿ][\w.'’-]*"
_PARTICLE = r"(?:v[ao]n|de[rnl]?|della?|d[aiou]s?|l[aeo]s?|al|bin|ben|ibn|zu[rm]?|vom|ten|ter|a[fv]|y|e)"
_FULL_NAME = re.compile(
    rf"{_CAPITAL}(?:\s(?:{_CAPITAL}|{_PARTICLE})){{0,3}}\s{_CAPITAL}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{{2,5}}"
)
_OFFICE = (
    r"(?:reporter(?:in)?|correspondents?|editors?|writers?|columnists?|journalist(?:in|e)?|redakt(?:eur|or)(?:in)?"
    r"|korrespondent(?:in)?|chefredakteur(?:in)?|autor(?:in)?|kolumnist(?:in)?|redactora?|periodista|corresponsal"
    r"|rédact(?:eur|rice)|correspondante?|giornalista|corrispondente|inviat[oa]|redacteur|verslaggever|redaktør|repórter"
    r"|jornalista|dziennikarka?|muhabiri?)"
)
_ROLE = re.compile(rf"\b{_OFFICE}\b|\b(?:Ph\.?D|M\.?D|MBA|MSc?|RDN?|CEO)\b", re.I)
# an office behind a name of two words, without anything between
_OFFICE_BEHIND = re.compile(
    rf"({_CAPITAL}\s{_CAPITAL})\s(?i:(?:senior|staff|chief|freelance|political|deputy|special|sports?)\s)*(?i:{_OFFICE})(?:\s(?:in|at|for|für)\s.{{1,80}})?"
    r"|(\S.{0,40}?)\s*(?:기자|특파원|記者|记者)"
)
_ORGANISATION = re.compile(
    r"\b(?:News|Times|Media|Radio|Insider|Business|Daily|Online|Magazine?|Zeitung|Redaktion|Staff|Team|Desk|Agenc(?:y|ies)|Agentur(?:en)?"
    r"|Bureau|University|Institute?|Foundation|GmbH|Ltd|Inc|KG|AG|Nachrichten)\b",
    re.I,
)
_NOBODY = frozenset(("admin", "administrator", "null", "none", "undefined", "unknown", "anonymous", "publisher"))
# the part of an address that stands for a person
_SLUG = re.compile(r"[a-z]+(?:[-_][a-z]+)+")


class Authors(NamedTuple):
    """Names, and the statements they were read from."""

    names: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()


def choose_authors(places: Iterable[Iterable[str]], sites: frozenset[str] = frozenset()) -> Authors:
    """The authors of the first place that names any beside the site itself, else the site.

    A place holds what is stated at it; `sites` are the site's names, folded.

    >>> choose_authors([["The Times"], ["By Ann Smith, Reuters"]], frozenset({"thetimes"}))
    Authors(names=('Ann Smith',), stated=('By Ann Smith, Reuters',))
    """
    fallback = Authors()
    for place in places:
        stated = _distinct(map(squash, place))
        names = clean_authors(stated, sites)
        if names and not all(_is_site(name, sites) for name in names):
            return Authors(names, stated)
        fallback = fallback if fallback.names or not names else Authors(names, stated)
    return fallback


def clean_authors(stated: Iterable[str], sites: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Authors as stated in; their names out, each once. Agencies and the site are left only where nobody else is named.

    >>> clean_authors(["By Ann Smith and Bo Brown", "https://example.org/ann", "Ann Smith", "AFP"])
    ('Ann Smith', 'Bo Brown')
    >>> clean_authors(["AFP"])
    ('AFP',)
    """
    names = _distinct(name for statement in stated for name in _members(squash(statement)[:_LONGEST], sites))
    others = tuple(name for name in names if not _is_agency(name) and folded(name) not in sites)
    return others if any(map(names_person, others)) else names


def names_person(name: str) -> bool:
    """Whether a name is surely a person's, by its form.

    >>> names_person("Ann Smith"), names_person("Sports Desk"), names_person("admin")
    (True, False, False)
    """
    return (
        len(name) <= 60 and bool(_FULL_NAME.fullmatch(name)) and not (_ORGANISATION.search(name) or _ROLE.search(name))
    )


def line_authors(pieces: Iterable[str]) -> list[str]:
    """A line in its pieces of text in; the pieces out that it begins with and that name persons, but for "By" or "and".

    >>> line_authors(["By", "Ann Smith", "and", "Bo Brown", "Sports Desk", "Follow Us"])
    ['Ann Smith', 'Bo Brown']
    """
    found = list[str]()
    for piece in pieces:
        if _LEADING.fullmatch(piece) or _AND.fullmatch(f" {piece} "):
            continue
        if not any(map(names_person, _members(piece, frozenset()))):
            break
        found.append(piece)
    return found


def _members(statement: str, sites: frozenset[str]) -> list[str]:
    """One statement in; the persons it lists, or the whole of it where it lists none or is the site's name, out."""
    words = [word for word in _ASIDE.sub("", statement).split() if not _ADDRESS.match(word)]
    if words and folded(statement) in sites:
        return [statement]
    text = _DATE.sub("", _without_lead(" ".join(words)))
    listed = filter(None, _BETWEEN.split(mark_agencies(text).text))
    parts = [_bare(part) for between in listed for part in _conjoined(_without_lead(between))]
    if parts and names_person(first := _without_office(parts[0])):
        return [first, *filter(names_person, parts[1:])]
    return [name for name in (_without_office(_bare(text)),) if _is_name(name)]


def _without_lead(text: str) -> str:
    return _LEAD.sub("", text, count=1)


def _conjoined(part: str) -> list[str]:
    """The members of "A and B", if each is a full name, for "Fire and Rescue" is one."""
    members = _AND.split(part)
    return members if all(_FULL_NAME.fullmatch(_bare(member)) for member in members) else [part]


def _bare(name: str) -> str:
    """A name without what encloses it."""
    name = name.strip(' ,;|:/–—-•"“”„[]').removesuffix("'").removeprefix("'")
    return _FULL_STOP.sub("", name)


def _without_office(name: str) -> str:
    office = _OFFICE_BEHIND.fullmatch(name)
    return (office[1] or office[2]) if office else name


def _is_name(name: str) -> bool:
    return name.lower() not in _NOBODY and not _SLUG.fullmatch(name) and any(map(str.isalpha, name))


def _is_agency(name: str) -> bool:
    """Whether an agency is named, and beside it no person but a place, a desk or initials."""
    marked = mark_agencies(name)
    rest = _BETWEEN.sub("", marked.text)
    return bool(marked.names) and not (rest and (names_person(name) or _FULL_NAME.search(rest)))


def _is_site(name: str, sites: frozenset[str]) -> bool:
    """Whether a name is the site's, or the site's with a word such as "Redaktion"."""
    name = folded(name)
    return name in sites or any(len(site) > 2 and name.startswith(site) for site in sites)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    """The values that are not empty, each once, in bounds that no honest page passes."""
    return tuple(dict.fromkeys(value for value in values if value and len(value) <= _LONGEST))[:_MOST]

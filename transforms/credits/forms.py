"""The forms of a credit, as patterns over lines in which every agency's name is one mark (agencies.py).

All are anchored and bounded, so that a hostile line costs no more than an honest one. Their words are in
data/credit_words.toml.
"""

import re
from typing import NamedTuple

from transforms.credits.agencies import SURE, UNSURE
from transforms.toml import packaged_toml

_WORDS: dict[str, dict[str, str]] = packaged_toml("transforms.credits", "credit_words.toml")


class Form(NamedTuple):
    """A form of credit: what it looks like, whom it names (the group `credit`), and how sure it is."""

    pattern: re.Pattern[str]
    role: str
    confidence: float


def _form(role: str, confidence: float, *parts: str) -> Form:
    return Form(re.compile("".join(parts)), role, confidence)


def _words(table: str) -> str:
    """A pattern of the words of all languages, in any case."""
    return f"(?i:{'|'.join(_WORDS[table].values())})"


_ANY = f"[{SURE}{UNSURE}]"
# neither a word's character nor a mark; the same without an opening bracket
_GAP, _LEAD = rf"[^\w{SURE}{UNSURE}]", rf"[^\w(\[{SURE}{UNSURE}]"
_START, _END = rf"^{_GAP}{{0,4}}", rf"{_LEAD}{{0,4}}$"

PICTURE = re.compile(_words("picture"))
PICTURE_LABEL = re.compile(rf"^\W{{0,4}}(?:{_words('picture')}|(?i:credits?|copyright))[\w\s]{{0,20}}\W{{0,4}}$")

_BEFORE = rf"(?:{_words('before_name')}\s|[lL]['’]|وكالة )?"
_BEHIND = rf"(?:\s{_words('behind_name')}\b\.?|\s(?i:l\.p\.|s\.a\.)|-[a-z]{{2,8}}|(?:社|通信|通讯社))?"
_NAME, _SURE_NAME = (rf"{_BEFORE}{mark}(?:\s?\({_ANY}\))?{_BEHIND}" for mark in (_ANY, SURE))
_AND = r"\s?(?:[/,&+;|·•–—・、，،＝=-]\s?|(?<=\s)(?:and|und|y|et|e|i|a|och|og|en|ve|dan|и|та|with|con|mit|و)\s)"


def _list(word: str, name: str = _NAME) -> str:
    """A pattern of a list of agencies and of words such as an editor's initials."""
    item = rf"(?:{name}|{word})"
    return rf"(?P<credit>{item}(?:{_AND}{item}){{0,5}})"


_STAFF = _words("staff")
_SHORT = _list(rf"[\w.]{{1,6}}|{_STAFF}")
_LONG = _list(rf"(?:www\.)?[\w.-]{{1,20}}(?:\s[\w.]{{1,12}}){{0,2}}|{_STAFF}")
_INITIALS = _list(rf"[a-zäöüß]{{1,5}}|[A-ZÄÖÜ]{{2,5}}|{_STAFF}", _SURE_NAME)
# with these behind "©" an agency is not a photographer's
_HOLDERS = _list(r"[\w-]{1,20}\.[a-z]{2,3}|[a-zäöüß]{1,5}|[A-ZÄÖÜ]{2,4}|[A-Z]\w{1,12}\s(?:ONLINE|Online)")
_OF_NAMES, _OF_SURE_NAMES = _list(_STAFF), _list(_STAFF, _SURE_NAME)

# initials: mau/det
_EDITOR = r"[a-zäöüß]{1,5}(?:/[a-zäöüß]{1,5}){0,3}"
_SOURCE, _COLON = _words("source"), r"\s?[:：|=-]\s?"
_COPYRIGHT = r"(?:©|\([cC]\)|[cC]opyright|COPYRIGHT)(?:\s?(?:©|\([cC]\)))?"
_YEARS, _OWNED = r"(?:\d{4}(?:\s?[-–]\s?\d{4})?)", r"(?:(?:by|de|von)\s)?"
# what rights come with the text, before and behind
_RESERVED = (
    rf"^(?:(?i:riproduzione riservata|all rights reserved|alle rechte vorbehalten){_GAP}{{0,3}}|{_ANY}™?\s?&\s)?"
    rf"{_LEAD}{{0,4}}{_COPYRIGHT}{_GAP}{{0,4}}"
)
_RIGHTS = rf"(?:{_GAP}{{1,3}}(?:{_words('rights')}|\d|www\.|https?:|{_ANY}:\d).{{0,200}})?"
_MARKS = r"[.!?;…»”\"“)。！？」』।؟]"
_SENTENCE_END = rf"(?:{_MARKS}|['’](?=\s))"
# a date or a time, for "AP Top 25" and "AFP: 20 dead" are headlines
_NUMERIC = r"(?=.{0,40}(?:\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}|\d{1,2}[./]\d{1,2}))(?:\d{1,2}(?!\d)|\d{4}\s?[-./年])"
_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch)(?:,?\s.{0,3}\d|$)"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?\s\d"
_ENGLISH_DAY = rf"(?:Published|Updated|Posted|Last\s[Uu]pdated)\b|{_WEEKDAY}|{_MONTH}"
_DAY = rf"(?:{_NUMERIC}|{_ENGLISH_DAY}|{_words('published')}[^.]{{0,40}}?\d)"
# a date behind a byline
_DATED = rf"{_GAP}{{1,3}}{_DAY}.{{0,80}}"

_CAPITAL = r"[^\W\d_a-zß-ÿа-я][\w.'’-]{0,20}"
# an outlet that shares a text with an agency; "Google signs deal with AFP" is a headline
_OUTLET = (
    rf"(?:(?:La )?{_STAFF},?\s\(?{_words('with')}"
    rf"|(?:\d{{1,2}}\s)?(?:{_CAPITAL}|franceinfo|stern)(?:\s(?:{_CAPITAL}|et|la|le)){{0,3}},?\s\(?(?:avec|mit))\s"
)

# at the end of the text, or of one of its last lines
CLOSING = (
    # Source: AFP and EFE · … to the border. Source: AFP
    _form(
        "source",
        0.9,
        rf"(?:^|\s|(?<={_MARKS})){_GAP}{{0,4}}{_SOURCE}{_COLON}[©(]?\s?{_LONG}",
        rf"(?:\s?[-–—|(].{{0,60}}|{_GAP}{{1,3}}\d.{{0,30}})?{_END}",
    ),
    _form("source", 0.8, rf"{_START}{_SOURCE}\s{_OF_SURE_NAMES}{_END}"),
    _form("source", 0.8, rf"^Our Standards: The (?P<credit>{SURE}) Trust"),
    # (dpa/afp) · (KNA 19.11.21) · （新华社）
    _form(
        "source",
        0.9,
        rf"(?:^(?:{_EDITOR}\s?)?|{_SENTENCE_END}\s?)[–—/-]{{0,2}}\s?[(\[（【〔]\s?©?\s?{_SHORT}",
        rf"(?:[,\s]\s?\d[\d./:]{{0,10}})?\s?[)\]）】〕]{_END}",
    ),
    # © 2021 AFP · Copyright 2021 The Associated Press. All rights reserved. · (c) dpa-infocom, dpa:210303-99-1/2
    _form("source", 0.8, rf"{_RESERVED}{_YEARS}{_GAP}{{0,4}}{_OWNED}{_LONG}{_RIGHTS}{_END}"),
    _form("source", 0.8, rf"{_RESERVED}{_OWNED}{_HOLDERS}{_RIGHTS}{_END}"),
    # sak/Reuters · Associated Press / Agence France-Presse
    _form("source", 0.8, rf"^{_LEAD}{{0,4}}{_INITIALS}{_END}"),
    # mau DPA AFP
    _form(
        "source",
        0.8,
        rf"^(?!more|read|from|with|the|by|via|and|or|all){_EDITOR}\s(?P<credit>{SURE}(?:\s{SURE}){{0,3}}){_END}",
    ),
    # AFP. Tous droits réservés.
    _form("source", 0.8, rf"^{_LEAD}{{0,4}}(?:{_words('with')}\s)?{_OF_SURE_NAMES}\W{{1,3}}{_words('rights')}"),
    # PTI ABC XYZ, the initials of its editors
    _form(
        "source",
        0.7,
        rf"{_SENTENCE_END}\s[–—-]{{0,2}}\s?(?P<credit>{SURE})(?:\s[A-Z]{{2,4}}){{1,5}}{_END}",
    ),
    # … to the border. PTI · … siger han. /ritzau/
    _form("source", 0.7, rf"{_SENTENCE_END}\s?[–—/|-]{{0,2}}\s?{_OF_SURE_NAMES}{_END}"),
    # Additional reporting from PA · Con información de EFE
    _form(
        "contributor",
        0.7,
        rf"(?:^|{_GAP}|_){_words('with_reports')}{_GAP}{{1,3}}",
        rf"(?P<credit>[^.{SURE}{UNSURE}]{{0,60}}{_ANY}[^.]{{0,60}}){_END}",
    ),
    # With PTI inputs · (avec AFP) · Le Monde avec AFP
    _form(
        "contributor",
        0.7,
        rf"(?:^|{_GAP})(?i:with)\s{_OF_NAMES}\s",
        rf"(?i:inputs?|reports?|files|feeds?|material){_END}",
    ),
    _form(
        "contributor",
        0.7,
        rf"(?:^|{_SENTENCE_END}\s?){_GAP}{{0,3}}(?:{_OUTLET}|{_words('with')}\s)(?:l['’])?{_SHORT}{_END}",
    ),
    # —Associated Press writer John Leicester in Paris contributed to this report.
    _form(
        "contributor",
        0.8,
        rf"(?:^|{_SENTENCE_END}\s){_LEAD}{{0,4}}(?P<credit>",
        rf"(?:[\w.’' ]{{1,60}}(?:,|\sof|\sfrom|\sand|\sfor)\s)?{_NAME}.{{0,120}}?)\s",
        r"(?i:(?:also |has |have )?contributed(?:\sto (?:this|the) (?:report|story|article|dispatch|coverage|piece))?",
        r"|(?:a|ont) contribué\b.{0,40}|contribuy[óe]\w{0,6}\b.{0,40}|contribuíram\b.{0,40}|trug(?:en)?\b.{0,40}bei)",
        rf"(?:\sfrom .{{1,40}})?{_END}",
    ),
    # This story was first published by AP. · Dieser Text wurde von der Deutschen Presse-Agentur (dpa) übernommen.
    _form(
        "source",
        0.7,
        rf"{_START}{_words('this_text')}\b",
        rf"(?P<credit>[^.{SURE}{UNSURE}]{{0,140}}{_ANY}[^.]{{0,80}}).{{0,80}}$",
    ),
    # Follow AP's coverage at https://apnews.com/…
    _form("source", 0.7, rf"^.{{0,60}}?(?P<credit>{SURE}).{{0,80}}?https?://(?:www\.)?apnews\.com"),
    # The Associated Press receives support from … and is solely responsible for all content.
    _form(
        "source",
        0.8,
        rf"^(?P<credit>{SURE})(?:['’]s?)?\s.{{0,120}}?",
        r"(?:receives? (?:financial )?support|solely responsible)",
    ),
    # dpa-infocom, dpa:210303-99-1234/3
    _form("source", 0.9, rf"{_START}(?P<credit>{_ANY})(?:-\w{{2,10}})?,\s{_ANY}:\d{{6}}-"),
)
# Reuters alone closes so
EDITORS = re.compile(
    rf"\b{_words('reporting')}\b[^;]{{3,160}}[;,.]?.{{0,120}}?\b{_words('editing')}\b"
    r"|\(.{3,120}[,;] (?i:édité par|editado (?:en español )?por|redigiert von)\b"
)
_BY = rf"(?:{_words('author')}\b\.?\s?:?\s?)"
_NAMES = rf"{_CAPITAL}(?:[\s,/&]{{1,3}}(?:{_CAPITAL}|and|und|y|et|e|och|og|en|de|von|van|da|of|for|in)){{0,8}}?"
# a place in capitals, or of one word
_PLACE = r"(?:[^\W\d_a-z][\w-]{2,20}|(?:[^\W\d_a-z]{3,20}[ ,/]{1,2}){1,3}[^\W\d_a-z]{2,20}|[^\W\d_a-z]{2,20})"
BYLINE = (
    # By AP · Von dpa 30.04.2024 · Par Le Monde avec AFP
    _form("author", 0.9, rf"{_START}{_BY}{_SHORT}(?:,.{{0,40}}|\s?\|.{{0,40}}|{_DATED})?{_END}"),
    # By Ann Writer, The Associated Press
    _form(
        "author",
        0.9,
        rf"{_START}{_BY}{_NAMES}[\s,|/(–-]{{1,3}}{_OF_NAMES}\)?",
        rf"(?:[,|]?\s(?:{_DAY}|[(\[|]).{{0,80}})?{_END}",
    ),
    # Übersetzung und Adaptierung: AFP Deutschland
    _form(
        "author",
        0.8,
        r"^(?i:[\w\s]{0,30}\b(?:übersetzung|translat\w{1,6}|traduc\w{1,6}|adapt\w{1,10}))\s?:\s",
        rf"{_OF_NAMES}(?:\s{_CAPITAL})?{_END}",
    ),
    # AFP, MANILA · AFP | Paris · SID Freitag, 04.02.2022
    _form("author", 0.8, rf"{_START}{_OF_SURE_NAMES},\s(?:{_PLACE}|{_CAPITAL}\s{_CAPITAL})(?:{_DATED})?{_END}"),
    _form("author", 0.7, rf"{_START}{_OF_SURE_NAMES}\s?\|\s?{_PLACE}{_END}"),
    _form(
        "author",
        0.8,
        rf"{_START}{_list(rf'[a-zäöü]{{1,4}}|{_STAFF}', _SURE_NAME)}",
        rf"(?:\s{_CAPITAL}){{0,2}}{_DATED}$",
    ),
    # MADRID | EFE · Washington - AFP · Madrid. EFE
    _form("author", 0.7, rf"{_START}{_PLACE}(?:\s?\|\s?|\s[–—-]\s|\.\s){_OF_SURE_NAMES}{_END}"),
    # 10.11.2025 17:59 AA · May 04, 2024 10:15 am IST - New Delhi PTI
    _form(
        "author",
        0.7,
        rf"^.{{0,60}}\d[:.]\d{{2}}(?:[\s|,•·–-]{{1,3}}(?:[AaPp]\.?[Mm]\.?|{_CAPITAL})){{0,5}}",
        rf"[\s|,•·–-]{{0,4}}{_OF_SURE_NAMES}{_END}",
    ),
    # 新华社记者王小明
    _form("author", 0.8, rf"^(?P<credit>{SURE})(?:记者|記者)"),
    # Tom Davies, AP Sports Writer · Reuters Staff
    _form(
        "author",
        0.9,
        rf"{_START}(?:{_NAMES}[,|\s/–-]{{1,3}})?(?P<credit>{_ANY})\s(?:\w{{1,15}}\s){{0,2}}",
        rf"(?i:writers?|reporters?|correspondents?|staff)(?:[\s,|]{{1,3}}{_DAY}.{{0,80}})?{_END}",
    ),
    # Redacción / EFE
    _form("author", 0.8, rf"{_START}{_STAFF}\s?[/|,–—-]?\s?{_OF_NAMES}{_END}"),
    # Source: Xinhua | 2024-05-04 10:15, for a picture has no time
    _form(
        "source",
        0.8,
        rf"{_START}{_SOURCE}{_COLON}{_LONG}{_GAP}{{1,4}}[^{SURE}{UNSURE}]{{0,40}}\d:\d\d\b",
    ),
    # Agencia: EFE · 来源：新华社, labels that pictures do not bear
    _form("source", 0.8, rf"^.{{0,40}}?\b{_words('source_of_text')}{_COLON}{_LONG}(?:\s.{{0,40}})?{_END}"),
    # Le Monde avec AFP · stern mit dpa · Redação, com Reuters
    _form("contributor", 0.7, rf"{_START}(?:{_BY})?{_OUTLET}(?:l['’])?{_OF_NAMES}(?:{_DATED})?{_END}"),
)
# an agency as the value of a field that states a text's source
STATED = re.compile(rf"{_START}(?:{_COPYRIGHT}{_GAP}{{0,3}})?{_YEARS}?{_GAP}{{0,3}}{_SHORT}{_END}")

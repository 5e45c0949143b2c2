"""A body text and what stands around it in, the agencies that the text is credited to out, each with its evidence.

Only the forms of a credit count: the dateline, the byline, the closing credit. An agency that is quoted in the text
("told AP"), or that took the pictures ("Photo: AFP"), wrote nothing of it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from schemas.article import Agency
from transforms.extract.agencies import NAME, agencies_in
from transforms.extract.dateline import Dateline
from transforms.extract.tree import squash

_PICTURE = re.compile(
    r"photo|foto|bild|image|imagen|picture|graphic|getty|pool|handout|video|\b(?:via|file)\b|写真|사진|圖|图|＝", re.I
)
_AND = r"\s*(?:[/,&+;–-]|\b(?:and|und|y|et|e|i|och|og|en|con|mit|with)\b)\s*"


def _list(word: str, *, most: int = 4) -> str:
    """A pattern of a list of agencies and of words such as an editor's initials."""
    return rf"(?:{NAME}|{word})(?:{_AND}(?:{NAME}|{word})){{0,{most}}}"


_SHORT_LIST, _LONG_LIST = _list(r"[\w.]{1,6}"), _list(r"[\w.]{1,14}")
_SOURCE = (
    r"(?:Quellen?|Sources?|Fuentes?|Fonti?e?|Fontes?|Źródło|Источник|Джерело|Kaynak|Bron|Kilde|Källa|Lähde|Zdroj"
    r"|Forrás|Texte?|Texto|Mit Material von)"
)
_COPYRIGHT, _RIGHTS = r"(?:©|\([cC]\)|Copyright)\W*(?:\d{4}\W*)?(?:by\s+)?", r"(?:\d{4}\W*|All rights.*)?"
_HELPED = (
    r"(?:(?i:with|additional|includes?)\s+(?i:additional\s+)?"
    r"(?i:reporting|reports?|files|information|agency inputs|inputs?|material)\s+(?:from|by)"
    r"|(?i:con\s+información|con\s+datos|com\s+informações|con\s+informazioni|avec|mit\s+material"
    r"|mit\s+informationen)\s*(?:de|da|do|di|von|der|des)?\b)"
)


class Form(NamedTuple):
    """A form of credit: what it looks like, and how sure it is."""

    pattern: re.Pattern[str]
    role: str
    confidence: float


# at the end of the text, or of one of its last lines
_CLOSING = (
    # Source: AFP and EFE
    Form(re.compile(rf"^\W*{_SOURCE}\s*:\s*(?:©\s*)?(?P<credit>{_LONG_LIST})\W*$"), "source", 0.9),
    # © 2021 AFP · Copyright 2021 The Associated Press. All rights reserved.
    Form(re.compile(rf"^\W*{_COPYRIGHT}(?P<credit>{_LONG_LIST})\W*{_RIGHTS}$"), "source", 0.8),
    # (dpa/afp)
    Form(re.compile(rf"(?:^|[.!?:;»”\"“'’…)]\s*)[(\[]\s*(?P<credit>{_SHORT_LIST})\s*[)\]]\W*$"), "source", 0.9),
    # sak/Reuters · Associated Press / Agence France-Presse
    Form(re.compile(rf"^\W*(?P<credit>{_list(r'[a-z]{1,4}|[A-Z]{2,5}')})\W*$"), "source", 0.8),
    # … to the border. PTI
    Form(re.compile(rf"[.!?»”\"“]\s+[–—-]?\s*(?P<credit>{NAME})\W*$"), "source", 0.7),
    # Additional reporting from PA · Con información de EFE
    Form(re.compile(rf"(?:^|\W){_HELPED}\s+(?P<credit>[^.]{{0,60}}?{NAME}[^.]{{0,40}})\W*$"), "contributor", 0.7),
)
# Reuters alone closes so
_REPORTING = re.compile(
    r"(?:Reporting|Writing|Reporte|Bericht|Reportage)\s+(?:by|de|von)\s[^;]{3,200};"
    r".{0,120}(?:[Ee]diting by|[Ee]ditado|[Rr]edigiert)"
)
_BY = r"(?:[Bb]y|BY|[Vv]on|[Pp]or|[Pp]ar|[Dd]i|[Aa]v|[Aa]f|[Dd]oor|Oleh|Autore?n?|Auteur|Text)\b\s*:?\s*"
_DATE = r"(?:\W+(?:\d|Published|Updated|Posted|[A-Z][a-zé]+day|[A-Z][a-z]+tag|[A-Z][a-z]{2,8}\.? \d).*)"
_BYLINE = (
    # By AP · AFP, MANILA · dpa 30.04.2024
    Form(
        re.compile(rf"^\W*{_BY}(?:(?:the|der|die)\s+)?(?P<credit>{_SHORT_LIST})(?:,.{{0,40}}|{_DATE})?$"), "author", 0.9
    ),
    Form(re.compile(rf"^\W*(?P<credit>{_SHORT_LIST})(?:,\s[A-Z].{{0,40}}|{_DATE})$"), "author", 0.8),
    # 10.11.2025 17:59 AA
    Form(re.compile(rf"^.{{0,40}}\d[:.]\d{{2}}\W*\s(?P<credit>{NAME})$"), "author", 0.7),
    # By ANN WRITER, AP Sports Writer
    Form(
        re.compile(
            rf"^.{{3,60}}[,|\s]\s*(?P<credit>{NAME})\s+(?:\w+\s+)?(?:[Ww]riters?|WRITER|[Rr]eporter|[Cc]orrespondent)\b"
        ),
        "author",
        0.9,
    ),
)
# characters: of a line that may be a credit, and of a line of the body that is looked for
_LONGEST, _SEARCHED = 240, 4_000


def read_credits(
    dateline: Dateline,
    *,
    authors: Iterable[str],
    bylines: Iterable[str],
    opening: Iterable[str],
    closing: Iterable[str],
) -> tuple[Agency, ...]:
    """Return the agencies a text is credited to, the surest evidence for each, in order of the signals.

    `authors` and `bylines` are marked as such by the page, `opening` and `closing` are the lines at both ends of the
    body, inside and outside.
    """
    found = [
        *(Agency(agency, "author", dateline.text, 0.95) for agency in dateline.agencies),
        *_marked(authors),
        *_marked(islice(bylines, 2)),  # what is marked further down belongs to other articles
        *_matched(opening, _BYLINE),
        *_matched(closing, _CLOSING),
        *(
            Agency("reuters", "source", m[0][:120], 0.9)
            for line in closing
            if (m := _REPORTING.search(line[-2 * _LONGEST :]))
        ),
    ]
    best: dict[str, Agency] = {}
    for credit in found:
        best.setdefault(credit.agency, credit)
    return tuple(best.values())


def _marked(lines: Iterable[str]) -> Iterator[Agency]:
    """Credits of lines that the page marks as the author's: any agency named there."""
    for line in lines:
        start = line[:80]
        if not _PICTURE.search(start):
            yield from (Agency(agency, "author", start, 0.9) for agency in agencies_in(start))


def _matched(lines: Iterable[str], forms: Iterable[Form]) -> Iterator[Agency]:
    for line in lines:
        for form in forms:
            match = form.pattern.search(line[-_LONGEST:])
            if match and not _PICTURE.search(match[0]):
                evidence = match[0].strip()
                yield from (Agency(a, form.role, evidence, form.confidence) for a in agencies_in(match["credit"]))


def ends(body: str, visible: list[str], *, most: int = 8) -> tuple[list[str], list[str]]:
    """A body and the page's texts in; the lines around its start and around its end out.

    The credit often stands just outside the body that the extractor chose, and broken up by links.
    """
    lines = body.split("\n")
    first, last = _place(lines, visible), _place(lines[::-1], visible[::-1])
    before = visible[max(0, first - most) : first] if first >= 0 else []
    after = visible[len(visible) - last :][:most] if last >= 0 else []
    opening = before + [line for line in lines[:3] if len(line) <= _LONGEST]
    return opening + _joined(opening), lines[-2:] + after + _joined(after)


def _joined(lines: list[str]) -> list[str]:
    return [f"{line} {following}" for line, following in pairwise(lines)]


def _place(lines: list[str], visible: list[str]) -> int:
    """Where the first long line of a body stands among the page's texts, -1 if nowhere."""
    long = next((line[:_SEARCHED] for line in lines if len(line) >= 40), "")
    starts = (squash(text[:100]) if len(text) >= 20 else "" for text in visible)
    return next((i for i, start in enumerate(starts) if start and start in long), -1)

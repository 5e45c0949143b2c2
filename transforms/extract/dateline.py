"""The start of a body text in, its dateline out: where the text was written, and which agency says so."""

import re
from typing import NamedTuple

from transforms.extract.agencies import NAME, agencies_in

# the dash, colon or "=" that closes a dateline; without it "Nogales, Ariz. (AP)" is the end of a caption
_DASH = r"\s*(?:\.?\s?[-‐-―−_]+|[:：=])"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # NEW YORK, March 3 (AP) — · Hamburg (dpa/lno) – · (Reuters) - · New Delhi [India], January 3 (ANI):
        rf"(?P<place>[^()]{{0,70}}?)\s*[(（](?P<credit>[^()（）=]{{2,40}})[)）]{_DASH}",
        # MOSCOW, March 3. /TASS/.
        rf"(?P<place>[^/]{{2,40}}?)\s*/(?P<credit>{NAME})/",
        # KVELLER via JTA —
        rf"(?P<place>[^\W\d_][\w .,-]{{1,40}}?)\s+via\s+(?P<credit>{NAME}){_DASH}",
        # Berlin, dpa - · mid Groß-Gerau -
        rf"(?P<place>[^\W\d_a-z][\w-]{{2,20}}(?:[ /][\w-]{{2,20}}){{0,2}}),?\s+(?P<credit>{NAME}){_DASH}\s",
        rf"(?P<credit>{NAME})[ ,]+(?P<place>[^\W\d_a-z][\w-]{{2,20}}(?:[ /][\w-]{{2,20}})?)\s+[-–—]\s",
        # (서울=연합뉴스) · 【ワシントン=AFP時事】 · ［東京 ３日 ロイター］
        rf"[(（【［\[](?P<place>[^\W\d_]{{2,10}})[\s=＝・]*(?:[\d０-９]+日\s*)?(?P<credit>{NAME})[^)）】］\]]{{0,10}}[)）】］\]]",
        # 新华社北京1月3日电
        rf"据?(?P<credit>{NAME})(?P<place>[^\W\d_]{{2,8}}?)(?:\d{{1,2}}月)?\d{{1,2}}日[电電]",
    )
)
# LONDON — , a place in capitals without an agency
_PLACE_ONLY = re.compile(r"(?P<place>[^\W\d_]{4,}(?:[ ,.'/-]+[^\W\d_][\w.]*){0,3})\s+[–—―-]+\s")
# the date behind the place
_DATED = re.compile(r"[,.]?\s*(?:\d.*|\b\w{3,10}\.?\s+\d{1,2}(?:,?\s*\d{4})?\.?|[-–—]\s*)$")
_NAME_END = re.compile(r"[,.\d]")
# small words inside the names of places
_PARTICLES = {"de", "del", "la", "le", "les", "el", "al", "do", "da", "di", "du", "of", "the", "am", "an", "and", "und"}
_LONGEST = 120


class Dateline(NamedTuple):
    """A dateline; "" and () where the text has none."""

    text: str = ""
    place: str = ""
    agencies: tuple[str, ...] = ()


def read_dateline(body: str) -> Dateline:
    """Return the dateline among the first lines of a body.

    >>> read_dateline("GENEVA, March 3 (AP) — Rain fell.")
    Dateline(text='GENEVA, March 3 (AP) —', place='GENEVA', agencies=('ap',))
    """
    starts = [line.strip()[:_LONGEST] for line in body.split("\n", 4)[:4]]
    found = (dateline for start in starts for dateline in _readings(start))
    return next(found, Dateline())


def _readings(start: str) -> list[Dateline]:
    matches = [(match, tuple(agencies_in(match["credit"]))) for form in _FORMS if (match := form.match(start))]
    datelines = [_dateline(match, agencies) for match, agencies in matches if agencies and _is_place(match["place"])]
    alone = None if datelines else _PLACE_ONLY.match(start)
    return [_dateline(alone, ())] if alone and alone["place"].split(",")[0].isupper() else datelines


def _dateline(match: re.Match[str], agencies: tuple[str, ...]) -> Dateline:
    return Dateline(match[0].strip(), _DATED.sub("", match["place"]).strip(" ,-–—"), agencies)


def _is_place(words: str) -> bool:
    """Whether words before an agency can be a place and a date: nothing, or a name, and then what may be a date."""
    name = [word for word in _NAME_END.split(words, maxsplit=1)[0].split() if word not in _PARTICLES]
    return not words or (bool(name) and len(words.split()) <= 8 and not any(word[0].islower() for word in name))

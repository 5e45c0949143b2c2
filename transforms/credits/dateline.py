"""The start of a body text in, its dateline out: where the text was written, and which agency says so."""

import re
from typing import NamedTuple

from transforms.credits.agencies import SURE, UNSURE, Marked, mark_agencies
from transforms.credits.forms import PICTURE

_ANY, _NO_NAME = f"[{SURE}{UNSURE}]", f"[^({SURE}{UNSURE}]"
# agencies within brackets, with desks and outlets: dpa/lno · awp/sda · APA, dpa
_LIST = (
    rf"(?P<credit>(?:[\w. -]{{1,20}}[/,&+–—=-]\s?)?{_ANY}"
    rf"(?:\s?[/,&+–—=-]\s?[\w.{SURE}{UNSURE}-]{{1,12}}|\s\w{{1,12}}){{0,4}})"
)
# the dash, colon or "=" that closes a dateline; without it "Nogales, Ariz. (AP)" is the end of a caption
_DASH = r"\s?(?:\.?\s?[-‐-―−_]{1,3}|[:：=])"
_WORD = r"[^\W\d_a-z][\w'’.-]{1,20}"
_CAPITALS = r"[^\W\d_a-zß-ÿа-я]{3,20}(?:[ /][^\W\d_a-zß-ÿа-я]{2,20}){0,2}"
_DATE = r"(?:\w{3,10}\.?\s)?\d{1,2}[.º]?\s?(?:de\s)?\w{0,12}\.?,?(?:\s\d{4})?\.?"
# (서울=연합뉴스) · 【ワシントン=AFP時事】 · ［東京 ３日 ロイター］ · 【3月4日 AFP】
_EAST_ASIAN = re.compile(
    r"[(（【［\[〔](?:\d{1,2}月)?(?:[\d０-９]{1,2}日)?\s?(?P<place>[^\W\d_]{0,10})[\s=＝・]{0,2}(?:[\d０-９]{1,2}日\s?)?"
    rf"(?P<credit>{_ANY}(?:[=＝·/]?{_ANY})?)[^)）】］\]〕]{{0,14}}[)）】］\]〕]"
)
_FORMS = tuple(
    re.compile(form)
    for form in (
        # NEW YORK, March 3 (AP) — · Hamburg (dpa/lno) – · (Reuters) - · Amaravati (AP), January 3 (ANI):
        rf"(?P<place>{_NO_NAME}{{0,70}}?|{_NO_NAME}{{3,40}}?\({_ANY}?[\w .]{{0,20}}\){_NO_NAME}{{1,30}}?)"
        rf"\s?[(（]{_LIST}[)）]"
        rf"(?:(?:\s?[-–—])?\s(?P<behind>{_CAPITALS}(?:,\s{_DATE})?)\s?[-–—]\s|{_DASH}|(?P<open>\.?\s)(?=\S))",
        # MOSCOW, March 3. /TASS/. · København /ritzau/
        rf"(?P<place>[^/({SURE}{UNSURE}]{{2,40}}?)\s[/|](?P<credit>{_ANY}(?:/{_ANY}){{0,2}})/\s?[.:–—-]?",
        # KVELLER via JTA —
        rf"(?P<place>[^\W\d_][\w .,-]{{1,40}}?)\svia\s(?P<credit>{_ANY}){_DASH}",
        # Berlin dpa - · Budapest, MTI:
        rf"(?P<place>{_WORD}(?:[ /]{_WORD}){{0,2}})(?:,\s{_DATE})?\s(?P<credit>{_ANY}(?:/{_ANY}){{0,2}})\s?"
        r"(?:[-–—]{1,2}|\|)\s",
        rf"(?P<place>{_WORD}(?:[ /]{_WORD}){{0,2}})(?:,\s{_DATE})?,\s(?P<credit>{_ANY})\s?[:–—-]{{1,2}}\s",
        # МОСКВА, 3 мар — РИА Новости.
        rf"(?P<place>{_WORD}(?:[ /-]{_WORD}){{0,2}})[,.]\s{_DATE}\s?[-–—/]?\s?(?P<credit>{_ANY})\s?(?:[-–—]|/?\.|/)",
        rf"(?P<credit>{_ANY})[ ,]{{1,2}}(?P<place>{_WORD}(?:[ /]{_WORD})?)\s[-–—]\s",
        # EFE.- · AGI - · ANSA – , where the name alone is enough
        rf"(?P<place>)(?P<credit>{SURE})\s?(?:\.\s?[-–—]|\s[-–—]{{1,2}}\s)",
        # 新华社北京1月3日电
        rf"据?(?P<credit>{_ANY})(?P<place>[^\W\d_]{{0,8}}?)(?:\d{{1,2}}月)?\d{{1,2}}日?[电電讯訊]",
        # القاهرة - رويترز: · باريس - (أ ف ب) -
        rf"(?P<place>[^\W\d_a-zA-Z]{{3,20}}(?:\s[^\W\d_a-zA-Z]{{2,20}})?)\s?(?:[-–—/،]\s?)[(（]?(?P<credit>{_ANY})[)）]?\s?[-–—:/]",
    )
)
# LONDON — , a place in capitals without an agency
_PLACE_ONLY = re.compile(r"(?P<place>[^\W\d_]{4,20}(?:[ ,.'/-]{1,3}[^\W\d_][\w.]{0,20}){0,3})\s{1,2}[–—―-]{1,3}\s")
# the date behind the place
_DATED = re.compile(r"[,.]?\s*(?:\d.*|\b\w{3,10}\.?\s\d{1,2}(?:,?\s\d{4})?\.?|[-–—]\s*)$")
_NAME_END = re.compile(r"[,.\d]")
# small words inside the names of places
_PARTICLES = {"de", "del", "la", "le", "les", "el", "al", "do", "da", "di", "du", "of", "the", "am", "an", "and", "und"}
_LONGEST = 120
# characters of text behind "(dpa)" where nothing else tells it from a picture's credit
_FOLLOWING = 40
# "VIJAYAWADA (AP):" is a town in Andhra Pradesh; the agency writes a dash
_STATE = re.compile(r"[(]A\.?P\.?[)]\s?[:.,]?\s?$")


class Dateline(NamedTuple):
    """A dateline; "" and () where the text has none."""

    text: str = ""
    place: str = ""
    agencies: tuple[str, ...] = ()


def read_dateline(body: str, language: str = "") -> Dateline:
    """Return the dateline among the first lines of a body.

    >>> read_dateline("GENEVA, March 3 (AP) — Rain fell.")
    Dateline(text='GENEVA, March 3 (AP) —', place='GENEVA', agencies=('ap',))
    """
    lines = (line.strip()[:_LONGEST] for line in body.split("\n", 4)[:4])
    return next(
        (dateline for line in lines if (dateline := line_dateline(mark_agencies(line, language))).text), Dateline()
    )


def line_dateline(line: Marked) -> Dateline:
    """Return the dateline that a line begins with."""
    if line.names:
        for form in (*_FORMS, _EAST_ASIAN):
            match = form.match(line.text[:_LONGEST])
            if match and _is_dateline(line, match):
                return _dateline(line, match, tuple(line.agencies(*match.span("credit"))))
    alone = _PLACE_ONLY.match(line.text[:_LONGEST])
    return _dateline(line, alone, ()) if alone and alone["place"].split(",")[0].isupper() else Dateline()


def _is_dateline(line: Marked, match: re.Match[str]) -> bool:
    groups = match.groupdict()
    if groups.get("open") and not _is_dated(match):
        return False
    if match.start("credit") == 0 and len(line.names[0]) < 3:  # "AP - three killed" is a state again
        return False
    if match.re is _EAST_ASIAN and (line.words(*match.span()).isascii() or PICTURE.search(match[0])):
        return False
    if PICTURE.search(match["place"]):
        return False
    return _is_place(match["place"]) and not _STATE.search(line.words(*match.span()))


def _is_dated(match: re.Match[str]) -> bool:
    """Whether a bracket without a dash closes a dateline: behind a date, a place and a full stop, or nothing."""
    place = match["place"].strip()
    if not place:
        return len(match.string) - match.end() >= _FOLLOWING
    dated = any(c.isdigit() for c in place) or place.endswith(("-", "–", "—", ":"))
    return dated or ("." in (match["open"][0], place[-1]) and "," not in place)


def _dateline(line: Marked, match: re.Match[str], agencies: tuple[str, ...]) -> Dateline:
    span = match.span("behind" if match.groupdict().get("behind") else "place")
    place = _DATED.sub("", line.words(*span)).strip(" ,-–—")
    return Dateline(line.words(*match.span()).strip(), place if "," in place else place.rstrip("."), agencies)


def _is_place(words: str) -> bool:
    """Whether words before an agency can be a place and a date: nothing, or a name, and then what may be a date."""
    name = [word for word in _NAME_END.split(words, maxsplit=1)[0].split() if word not in _PARTICLES]
    return not words or (bool(name) and len(words.split()) <= 8 and not any(word[0].islower() for word in name))

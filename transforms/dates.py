"""A stated date in, a `Dating` out: when it was, how exactly that is known, and what is odd about the statement.

Feeds and pages state dates in a few standard forms and in many wrong ones, and the usual parsers read some of the wrong
ones silently as another day. So each form has one strict reading here; what fits none goes to a second, lenient parser,
and the result is flagged `date_repaired`. Purely numeric days such as 03/04/2021 are never guessed: which number is the
month depends on the reader's country.
"""

import re
from datetime import datetime, timedelta, timezone

from schemas.dating import Dating

_MAX_RAW = 200
_FUTURE = timedelta(hours=24)
_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=timezone.utc).date()
_FIRST_YEAR = 1990  # no newspaper was on the web before
_MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}

# hours east of Greenwich; names that several zones share (CST, IST, BST) have the reading most common in news feeds
_ZONES = (
    {
        "z": 0,
        "utc": 0,
        "gmt": 0,
        "ut": 0,
        "wet": 0,
        "west": 1,
        "bst": 1,
        "cet": 1,
        "cest": 2,
        "mez": 1,
        "mesz": 2,
        "met": 1,
    }
    | {
        "mest": 2,
        "eet": 2,
        "eest": 3,
        "msk": 3,
        "trt": 3,
        "idt": 3,
        "sast": 2,
        "gst": 4,
        "pkt": 5,
        "ist": 5.5,
        "wib": 7,
    }
    | {"hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13}
    | {"est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "brt": -3}
    | {"art": -3, "clt": -4, "cot": -5, "pet": -5, "vet": -4, "ast": -4, "adt": -3, "nst": -3.5, "akst": -9, "hst": -10}
)

_TIME = r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
_ZONE = r"(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,5})?(?:\s*\(\w+\))?"
_ISO = re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}})(?:(?:\s*T\s*|\s+){_TIME}\s*{_ZONE})?\s*", re.I)
_COMPACT = re.compile(
    rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}})(?:T?(?P<h>\d{{2}})(?P<mi>\d{{2}})(?P<s>\d{{2}})\s*{_ZONE})?", re.I
)
_RFC822 = re.compile(
    rf"(?:[A-Za-z]+\.?,?\s+)?(?P<d>\d{{1,2}})[\s-]+(?P<mon>[A-Za-z]{{3}})[A-Za-z]*\.?,?[\s-]+(?P<y>\d{{4}}|\d{{2}})(?:,?\s+{_TIME}\s*{_ZONE})?\s*"
)
_CJK = re.compile(
    rf"(?P<y>\d{{4}})\s*[年년]\s*(?P<m>\d{{1,2}})\s*[月월]\s*(?P<d>\d{{1,2}})\s*[日일]?(?:\D{{0,6}}{_TIME})?\s*{_ZONE}\s*"
)
_FORMS = (_ISO, _RFC822, _COMPACT)
_UNIX = re.compile(r"1?\d{9}(?:\d{3})?")
# a month as a word and a year: what the lenient parser may be asked for; all else it would guess
_WORDED = re.compile(r"(?=.*[^\W\d_]{3})(?=.*\b\d{4}\b)(?=.*\b\d{1,2}\b).{8,80}", re.S)


def read_date(raw: str, *, source: str, now: datetime, language: str = "") -> Dating:
    """Return what a stated date says; `at` is None where it gives no trustworthy moment.

    `source` names where it was stated (feed, jsonld, meta, page), `now` is the run's clock, `language` (BCP 47) helps
    with names of months. Never raises.

    >>> from datetime import datetime, timezone
    >>> now = datetime(2026, 11, 24, tzinfo=timezone.utc)
    >>> read_date("Fri, 20 Nov 2026 10:00:00 CEST", source="feed", now=now).at.isoformat()
    '2026-11-20T08:00:00+00:00'
    >>> read_date("Fri, 31 Nov 2026 10:00:00 GMT", source="feed", now=now).flags
    ('date_invalid',)
    """
    raw = " ".join(raw.split())[:_MAX_RAW]
    if not raw:
        return Dating(flags=("date_missing",))
    try:
        moment, precision, flags = _read(raw, language)
    except ValueError:  # a form that fits, a day or time that does not exist
        return Dating(raw=raw, source=source, flags=("date_invalid",))
    if moment is None:
        return Dating(raw=raw, source=source, flags=("date_unparsed",))
    doubt = _doubt(moment, now)
    if doubt:
        return Dating(raw=raw, source=source, flags=(*flags, doubt))
    return Dating(moment, raw, source, precision, flags)


def _doubt(moment: datetime, now: datetime) -> str:
    """The flag that makes a moment untrustworthy, "" for none."""
    if moment.date() == _EPOCH_DAY:
        return "date_epoch"
    if moment.year < _FIRST_YEAR:
        return "date_absurd"
    return "date_future" if moment > now + _FUTURE else ""


_Reading = tuple[datetime | None, str, tuple[str, ...]]


def _read(raw: str, language: str) -> _Reading:
    """One reading of a statement: moment, precision, flags; ValueError where its parts make no date."""
    if _UNIX.fullmatch(raw):
        return datetime.fromtimestamp(int(raw[:10]), timezone.utc), "second", ("date_repaired",)
    for form in _FORMS:
        match = form.fullmatch(raw)
        if match and ("mon" not in match.re.groupindex or match["mon"].lower() in _MONTHS):
            return _assemble(match)
    match = _CJK.fullmatch(raw)
    if match:
        moment, precision, flags = _assemble(match)
        return moment, precision, ("date_repaired", *flags)
    return _lenient(raw, language) if _WORDED.fullmatch(raw) else (None, "none", ())


def _assemble(match: re.Match[str]) -> _Reading:
    part = match.groupdict()
    year = int(part["y"]) + (2000 if len(part["y"]) == 2 else 0)
    month = _MONTHS[part["mon"].lower()] if part.get("mon") else int(part["m"])
    day = datetime(year, month, int(part["d"]), tzinfo=timezone.utc)
    if part["h"] is None:
        return day, "day", ("date_only",)
    clock = day.replace(hour=int(part["h"]), minute=int(part["mi"]), second=min(int(part["s"] or 0), 59))
    offset, flags = _offset(part["zone"])
    return clock - offset, "second" if part["s"] else "minute", flags


def _offset(zone: str | None) -> tuple[timedelta, tuple[str, ...]]:
    """How far a zone is ahead of UTC; ValueError for an offset beyond 14 hours."""
    if zone is None:
        return timedelta(0), ("date_no_zone",)
    if zone[0] not in "+-":
        hours = _ZONES.get(zone.lower())
        return (timedelta(0), ("date_zone_unknown",)) if hours is None else (timedelta(hours=hours), ())
    digits = zone[1:].replace(":", "").ljust(4, "0") if len(zone) <= 3 else zone[1:].replace(":", "").zfill(4)
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if ahead > timedelta(hours=14):
        raise ValueError(zone)
    return (ahead if zone[0] == "+" else -ahead), ()


def _lenient(raw: str, language: str) -> _Reading:
    """The reading of a general parser, for forms such as "ven., 20 nov. 2026 10:00" or "November 20, 2026 10:00 AM"."""
    import dateparser  # noqa: PLC0415  half a second, and few feeds need it

    known = [language.partition("-")[0]] if language not in ("", "und") else None
    settings = {"STRICT_PARSING": True, "PREFER_DATES_FROM": "past", "RETURN_AS_TIMEZONE_AWARE": False}
    moment = _ask(dateparser, raw, known, settings) or (_ask(dateparser, raw, None, settings) if known else None)
    if moment is None:
        return None, "none", ("date_unparsed",)
    flags = ("date_repaired",) if moment.tzinfo else ("date_repaired", "date_no_zone")
    zoned = moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    timed = re.search(r"\d[:.hH]\d{2}|\d\s*[ap]\.?m", raw, re.I)
    return (zoned, "minute", flags) if timed else (zoned, "day", ("date_repaired", "date_only"))


def _ask(parser: object, raw: str, languages: list[str] | None, settings: dict[str, object]) -> datetime | None:
    try:
        found = parser.parse(raw, languages=languages, settings=settings)  # type: ignore[attr-defined]  # a module
    except (ValueError, OverflowError):  # an unknown language, or a number no clock can show
        return None
    return found if isinstance(found, datetime) else None

"""An answer's headers in, how long its server asks to be left alone out."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

# seconds; a server that asks for more gets this much
LONGEST = 86_400.0

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.I)
_STALE = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.I)
Headers = Mapping[str, str]


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds that Retry-After asks for, as a number or as a date (RFC 9110, 10.2.3); None where it states neither.

    >>> noon = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
    >>> retry_after({"retry-after": "120"}, noon), retry_after({"retry-after": "soon"}, noon)
    (120.0, None)
    >>> retry_after({"retry-after": "Tue, 24 Nov 2026 12:05:00 GMT"}, noon)
    300.0
    """
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return min(float(stated), LONGEST)
    return _until(stated, headers, now)


def fresh_for(headers: Headers, now: datetime) -> float:
    """Seconds that an answer stays fresh by Cache-Control, else by Expires (RFC 9111, 5.2 and 5.3); 0 for unknown.

    >>> noon = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
    >>> fresh_for({"cache-control": "public, max-age=600"}, noon), fresh_for({"expires": "0"}, noon)
    (600.0, 0.0)
    """
    stated = headers.get("cache-control", "")
    if _STALE.search(stated):
        return 0.0
    if age := _MAX_AGE.search(stated):
        return min(float(age[1]), LONGEST)
    return _until(headers.get("expires", ""), headers, now) or 0.0


def _until(date: str, headers: Headers, now: datetime) -> float | None:
    """Seconds from the server's own clock, if it states one, to a date; 0 for one that has passed."""
    then = _date(date)
    return (
        None
        if then is None
        else min(max(0.0, (then - (_date(headers.get("date", "")) or now)).total_seconds()), LONGEST)
    )


def _date(stated: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):  # what the parser of mail headers does with others
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)

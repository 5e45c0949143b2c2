"""A date together with where it came from."""

from dataclasses import dataclass, field
from datetime import datetime

# every word `published_flags` may hold, with what it says
DATE_FLAGS = {
    "date_missing": "no date was stated",
    "date_unparsed": "a date was stated that no reading fits; published_raw keeps it",
    "date_invalid": "the stated day or time does not exist, such as 31 November",
    "date_epoch": "the stated date is 1 January 1970, a clock that was never set",
    "date_absurd": "the stated date lies before 1990",
    "date_future": "the stated date lies more than 24 hours ahead of the run",
    "date_no_zone": "a time without a zone, read as UTC",
    "date_zone_unknown": "a zone name that is not known, read as UTC",
    "date_only": "a day without a time",
    "date_repaired": "the date was read by a second parser from an unusual form",
}


@dataclass(frozen=True)
class Dating:
    """One stated date: the moment, how exactly it is known, and what is odd about it.

    `at` is None where the statement gives no trustworthy moment; `raw` then still holds the statement.
    """

    # UTC-aware
    at: datetime | None = None
    # as stated, at most 200 characters
    raw: str = ""
    # feed, jsonld, meta, page; "" for nothing stated
    source: str = ""
    # second, minute, day, none
    precision: str = "none"
    # words of DATE_FLAGS
    flags: tuple[str, ...] = field(default=())

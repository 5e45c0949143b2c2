"""Stated dates are read strictly, and what is odd about them is said."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dating import DATE_FLAGS
from tests.makers import NOW
from transforms.dates import read_date

TEN = "2026-11-20T10:00"


@pytest.mark.parametrize(
    ("raw", "minute", "precision", "flags"),
    [
        ("Fri, 20 Nov 2026 10:00:00 GMT", TEN, "second", ()),
        ("Fri, 20 Nov 2026 10:00:00 EST", "2026-11-20T15:00", "second", ()),
        ("Fri, 20 Nov 2026 10:00:00 CEST", "2026-11-20T08:00", "second", ()),
        ("Fri, 20 Nov 2026 10:00:00 XQT", TEN, "second", ("date_zone_unknown",)),
        ("Fri, 20 Nov 2026 10:00:00 +0530", "2026-11-20T04:30", "second", ()),
        ("20 Nov 26 10:00 UT", TEN, "minute", ()),
        ("Thu, 20 Nov 2026 10:00:00 GMT", TEN, "second", ()),
        ("2026-11-20T10:00:00Z", TEN, "second", ()),
        ("2026-11-20T10:00:00.123456+00:00", TEN, "second", ()),
        ("2026-11-20 10:00:00", TEN, "second", ("date_no_zone",)),
        ("20261120T100000Z", TEN, "second", ()),
        ("2026-11-20", "2026-11-20T00:00", "day", ("date_only",)),
        ("2026年11月20日 10:00", TEN, "minute", ("date_repaired", "date_no_zone")),
        ("1795168800", TEN, "second", ("date_repaired",)),
        ("1795168800000", TEN, "second", ("date_repaired",)),
        ("Friday, November 20, 2026 10:00 AM", TEN, "minute", ("date_repaired", "date_no_zone")),
    ],
)
def test_a_date_is_read(raw: str, minute: str, precision: str, flags: tuple[str, ...]):
    """Each usual form gives its moment in UTC, its precision and its flags, and keeps its words."""
    dating = read_date(raw, source="feed", now=NOW)

    assert dating.at is not None
    assert (dating.at.isoformat()[:16], dating.precision, dating.flags) == (minute, precision, flags)
    assert (dating.raw, dating.source) == (raw, "feed")


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("", "date_missing"),
        ("  ", "date_missing"),
        ("now", "date_unparsed"),
        ("20/11/2026 10:00", "date_unparsed"),
        ("9" * 36, "date_unparsed"),
        ("Fri, 31 Nov 2026 10:00:00 GMT", "date_invalid"),
        ("Fri, 20 Nov 2026 25:61:00 GMT", "date_invalid"),
        ("0000-00-00 00:00:00", "date_invalid"),
        ("2026-11-20T10:00:00+99:99", "date_invalid"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "date_epoch"),
        ("Mon, 01 Jan 0001 00:00:00 +0000", "date_absurd"),
        ("Fri, 20 Nov 2099 10:00:00 GMT", "date_future"),
    ],
)
def test_a_wrong_date_gives_no_moment(raw: str, flag: str):
    """A statement that cannot be trusted gives no moment, and one flag that says why."""
    dating = read_date(raw, source="feed", now=NOW)

    assert dating.at is None
    assert dating.flags == (flag,)


def test_names_of_months_are_read_in_the_feeds_language():
    """A date in Spanish words is read where the feed is Spanish."""
    dating = read_date("16 de junio de 2021", source="feed", now=NOW, language="es")

    assert dating.at == datetime(2021, 6, 16, tzinfo=timezone.utc)


@given(
    st.text(max_size=60) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,4}[-/. ][0-9]{1,4}( [0-9:+]{1,9})?", fullmatch=True)
)
def test_no_text_breaks_it(raw: str):
    """Whatever a feed states, the result is a Dating with known flags, and trusted only without a doubt."""
    dating = read_date(raw, source="feed", now=NOW)

    assert set(dating.flags) <= set(DATE_FLAGS)
    assert dating.at is None or 1990 <= dating.at.year <= 2026


@given(st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 20)))
def test_iso_and_rfc_forms_round_trip(moment: datetime):
    """A moment written in either standard form is read back, to the second."""
    expected = moment.replace(microsecond=0, tzinfo=timezone.utc)

    assert read_date(expected.isoformat(), source="feed", now=NOW).at == expected
    assert read_date(f"{expected:%a, %d %b %Y %H:%M:%S} +0000", source="feed", now=NOW).at == expected

"""What a server says of waiting is understood in all its forms, and never for longer than a day."""

from datetime import datetime, timezone

import pytest

from transforms.fetch.waits import LONGEST, fresh_for, retry_after

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("999999999999", LONGEST),
        ("Tue, 24 Nov 2026 12:05:00 GMT", 300),
        ("Tuesday, 24-Nov-26 12:05:00 GMT", 300),
        ("Tue Nov 24 12:05:00 2026", 300),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 24 Nov 2096 12:00:00 GMT", LONGEST),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Tue, 24 Nov 99999 12:05:00 GMT", None),
        ("Tue, 31 Feb 2026 12:05:00 GMT", None),
    ],
)
def test_retry_after(stated: str, seconds: float | None):
    """Seconds or any of the three forms of a date; a past one is now, nonsense is nothing."""
    assert retry_after({"retry-after": stated}, NOON) == seconds


def test_a_date_is_measured_by_the_servers_own_clock():
    """A server whose clock is an hour slow means the same five minutes."""
    headers = {"retry-after": "Tue, 24 Nov 2026 11:05:00 GMT", "date": "Tue, 24 Nov 2026 11:00:00 GMT"}

    assert retry_after(headers, NOON) == 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, MAX-AGE="600"'}, 600),
        ({"cache-control": "s-maxage=5"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=99999999999999"}, LONGEST),
        ({"cache-control": "max-age=0", "expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, 0),
        ({"expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, 3_600),
        ({"expires": "0"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_fresh_for(headers: dict[str, str], seconds: float):
    """Cache-Control comes before Expires; what may not be cached is stale at once."""
    assert fresh_for(headers, NOON) == seconds

"""The judge of manners finds each violation, and the real pipeline commits none."""

from collections import Counter
from datetime import timedelta

import pytest

from bench.polled_site import Asked, Site
from bench.polling_day import CONTACT, START, VIOLATIONS, day, judge, unchanged

SITE = Site("one")
PRIVATE = Site("one", private=True)
ETAG, SINCE = {"ETag": '"1"'}, {"Last-Modified": "Wed, 25 Nov 2026 06:00:00 GMT"}


def asked(
    minutes: float, path: str = "/feed", status: int = 200, *, sent: dict[str, str] | None = None, **more
) -> Asked:
    """A request so many minutes after the start, each in a run of its own."""
    headers = {"user-agent": f"Dateline ({CONTACT})", **(sent or {})}
    made = Asked(SITE, path, headers, START + timedelta(minutes=minutes), int(minutes), 0, status)
    for name, value in more.items():
        setattr(made, name, value)
    return made


GOOD = [
    asked(0, answered=ETAG | SINCE),
    asked(0.01, "/robots.txt"),
    asked(0.02, "/1"),
    asked(60, sent={"if-none-match": '"1"', "if-modified-since": SINCE["Last-Modified"]}, status=304),
]
CASES = {
    "before Retry-After": [asked(0, status=429, answered={"Retry-After": "7200"}), asked(60)],
    "while fresh": [asked(0, answered={"Cache-Control": "max-age=7200"}), asked(60)],
    "too often": [asked(0), asked(9)],
    "without validator": [asked(0, answered=ETAG | SINCE), asked(60, sent={"if-none-match": '"1"'})],
    "after 410": [asked(0, status=410), asked(60)],
    "too many at once": [asked(0, beside=2)],
    "too fast": [asked(0), asked(0.001, "/robots.txt")],
    "against robots.txt": [asked(0, "/1")],
    "robots.txt again": [asked(0, "/robots.txt"), asked(0.5, "/robots.txt")],
    "without contact": [asked(0, sent={"user-agent": "Dateline"})],
    "left too soon": [asked(0, "/new")],
}


def test_good_manners_are_no_violation():
    """Both validators, one robots.txt a run, a pause between starts."""
    assert judge(GOOD) == Counter()


def test_every_violation_has_its_case():
    """None is listed that could not be found."""
    assert CASES.keys() == VIOLATIONS.keys()


@pytest.mark.parametrize("violation", CASES)
def test_a_violation_is_found(violation: str):
    """By its own name, and by no other."""
    assert judge(CASES[violation]) == Counter({("one", violation): 1})


@pytest.mark.parametrize(
    ("path", "after", "violation"),
    [("/private/1", 0.02, "against robots.txt"), ("/2", 0.005, "too fast"), ("/2", 0.02, "")],
)
def test_rules_of_robots_txt(path: str, after: float, violation: str):
    """A disallowed page, and pages in quicker succession than the crawl-delay, are found."""
    requests = [asked(0, "/robots.txt", site=PRIVATE), asked(0.02, "/4", site=PRIVATE)]
    requests.append(asked(0.02 + after, path, site=PRIVATE))

    assert judge(requests) == (Counter({("one", violation): 1}) if violation else Counter())


def test_a_try_within_the_run_is_no_poll_too_soon():
    """What may pass in a second is tried again in seconds."""
    assert judge([asked(0, status=503), asked(0.01, run=0)]) == Counter()


@pytest.mark.slow
def test_hours_of_polling_break_no_manners():
    """Through 429, 503, 404, redirects, a slow and a silent site: no violation, nothing lost, nothing twice."""
    found, violations = day(hours=6, every=20)

    assert violations == Counter()
    assert {(row["lost"], row["twice"]) for row in found.values()} == {(0, 0)}
    assert all(row["polls"] and row["published"] for row in found.values())
    assert found["never"]["304"] > 0


@pytest.mark.slow
def test_feeds_that_never_change_cost_little():
    """At the second poll those that know conditions send no byte, the others are sent and not parsed; no page is."""
    first, second = unchanged(6)

    assert (first["feeds"], first["304"], first["pages"]) == (6, 0, 18)
    assert (second["feeds"], second["304"], second["pages"]) == (6, 3, 0)
    assert second["feed_bytes"] == first["feed_bytes"] / 2

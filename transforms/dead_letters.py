"""Failures in, dead letters out: which are final, when the others are tried again, and how an entry travels in a
letter.

A passing failure is tried again after 15 minutes, 1, 4 and 16 hours, and never before the server allows it, by later
runs and from the letter's own payload; it is final after five attempts, or three days after the entry was first seen.
What was left for want of budget or time was no attempt; the latter is tried by the next run.
"""

import hashlib
import json
from dataclasses import asdict, fields
from datetime import datetime, timedelta

from schemas.dating import Dating
from schemas.dead_letter import DeadLetter
from schemas.entry import Entry, Refusal
from transforms.errors import FetchError, RejectError
from transforms.layout import started_at
from transforms.urls import without_secrets

MAX_ATTEMPTS = 5
MAX_AGE = timedelta(days=3)
_FIRST_WAIT = timedelta(minutes=15)
# reasons for which nothing was asked of the server
UNCOUNTED = frozenset({"over_budget", "over_deadline"})
_MAX_DETAIL = 500


def entry_letter(entry: Entry, stage: str, error: RejectError, now: datetime) -> DeadLetter:
    """The dead letter of an entry whose page could not be had or read."""
    attempt = entry.attempt + (error.reason not in UNCOUNTED)
    spent = attempt >= MAX_ATTEMPTS or now - entry.first_seen_at >= MAX_AGE
    final = spent or not error.passing
    return DeadLetter(
        dead_letter_id=_letter_id(entry.run_id, stage, entry.article_id, error.reason),
        run_id=entry.run_id,
        occurred_at=now,
        stage=stage,
        reason=error.reason,
        detail=error.detail[:_MAX_DETAIL],
        url=entry.url,
        feed_url=entry.feed_url,
        article_id=entry.article_id,
        http_status=error.http_status,
        attempt=attempt,
        final=final,
        next_attempt_at=None if final else _next_attempt(entry, attempt, error, now),
        payload=to_payload(entry),
    )


def _next_attempt(entry: Entry, attempt: int, error: RejectError, now: datetime) -> datetime:
    if error.reason == "over_deadline":
        return started_at(entry.run_id)  # whatever slot follows
    allowed = error.retry_at if isinstance(error, FetchError) else None
    waited = now + _FIRST_WAIT * int(4 ** max(0, attempt - 1))
    return max(waited, allowed) if allowed else waited


def refusal_letter(refusal: Refusal, now: datetime) -> DeadLetter:
    """The dead letter of an entry that leads to no page; final, because the feed states it so."""
    return DeadLetter(
        dead_letter_id=_letter_id(refusal.run_id, "fetch", refusal.article_id, refusal.reason),
        run_id=refusal.run_id,
        occurred_at=now,
        stage="fetch",
        reason=refusal.reason,
        detail=refusal.detail[:_MAX_DETAIL],
        url=refusal.url,
        feed_url=refusal.feed_url,
        article_id=refusal.article_id,
        http_status=0,
        attempt=1,
        final=True,
        next_attempt_at=None,
        payload=json.dumps({"title": refusal.title}, ensure_ascii=False),
    )


def feed_letter(feed_url: str, run_id: str, error: RejectError, now: datetime) -> DeadLetter:
    """The dead letter of a feed; final, because the next run polls the feed anyway."""
    return DeadLetter(
        dead_letter_id=_letter_id(run_id, "fetch", feed_url, error.reason),
        run_id=run_id,
        occurred_at=now,
        stage="fetch",
        reason=error.reason,
        detail=error.detail[:_MAX_DETAIL],
        url=without_secrets(feed_url),
        feed_url=without_secrets(feed_url),
        article_id=None,
        http_status=error.http_status,
        attempt=1,
        final=True,
        next_attempt_at=None,
        payload="",
    )


def _letter_id(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def to_payload(entry: Entry) -> str:
    """An entry as JSON; what is known of it is left out, because the run that tries again looks it up."""
    values = asdict(entry) | {"known": None}
    return json.dumps(values, default=datetime.isoformat, ensure_ascii=False)


def from_payload(payload: str) -> Entry:
    """The entry of a letter's payload, as it was when the letter was written."""
    values = json.loads(payload)
    for name in ("published", "updated"):
        dated = values[name]
        at = datetime.fromisoformat(dated["at"]) if dated["at"] else None
        values[name] = Dating(**(dated | {"at": at, "flags": tuple(dated["flags"])}))
    values["first_seen_at"] = datetime.fromisoformat(values["first_seen_at"])
    lists = {name: tuple(values[name]) for name in ("authors", "tags", "flags") if name in values}
    known_fields = {f.name for f in fields(Entry)}
    return Entry(**{name: value for name, value in (values | lists).items() if name in known_fields})

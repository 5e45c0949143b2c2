"""A feed's password, token and private headers, read where the operator keeps them, as request headers out.

They are read for each request and stand nowhere else: no record, log or error has more than their names.
"""

import os
from base64 import b64encode
from pathlib import Path

from schemas.feed import Feed, SecretRef
from transforms.errors import FetchError


def private_headers(feed: Feed) -> dict[str, str]:
    """Return the headers that only the feed's own host gets. Raises FetchError: secret_missing.

    >>> private_headers(Feed("http://e.org/feed", headers=(("X-Edition", "eu"),)))
    {'X-Edition': 'eu'}
    """
    headers = {name: _value(value) for name, value in feed.headers}
    if feed.user or feed.password:
        pair = f"{feed.user}:{_value(feed.password) if feed.password else ''}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    if feed.token:
        headers["Authorization"] = f"Bearer {_value(feed.token)}"
    return headers


def _value(value: str | SecretRef) -> str:
    return value if isinstance(value, str) else read_secret(value)


def read_secret(ref: SecretRef) -> str:
    """Return a secret in one line. Raises FetchError: secret_missing, with the name of the place only."""
    if ref.kind == "env":
        secret = os.environ.get(ref.name, "")
    else:
        try:
            secret = Path(ref.name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise FetchError("secret_missing", f"file {ref.name} cannot be read") from error
    if not (secret := secret.strip()) or not secret.isprintable():
        raise FetchError("secret_missing", f"{_PLACE[ref.kind]} {ref.name} holds no secret in one line")
    return secret


_PLACE = {"env": "environment variable", "file": "file"}

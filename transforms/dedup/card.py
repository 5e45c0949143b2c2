"""The card of an article: all that finding copies needs to know of it, without its text."""

from datetime import datetime
from typing import NamedTuple


class Order(NamedTuple):
    """Who comes first: of a cluster, the smallest is the canonical.

    The run that publishes an article stands first, so that no later article ever displaces a published canonical; in
    all but second tries it is the run that first listed it.
    """

    run_at: datetime
    first_seen_at: datetime
    published_at: datetime
    article_id: str


class Card(NamedTuple):
    """One article, new in this run or published by an earlier one."""

    order: Order
    # of the body text: equal texts are copies without further question
    content_sha256: str
    # packed
    sketch: bytes
    # what is published of it, None for a new article
    cluster_id: str | None
    canonical_published_at: datetime | None
    # steps from the new articles: 0 is new, 1 shares a key with a new one or its cluster, …
    depth: int

    @property
    def article_id(self) -> str:
        """The article's id."""
        return self.order.article_id

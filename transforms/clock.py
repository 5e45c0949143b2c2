"""The one clock, in UTC. Only shells and the network's edge read it; all else takes times as arguments."""

from datetime import datetime, timezone


def now() -> datetime:
    """What the wall clock says; call it as `clock.now()`, and a simulated day can put another in its place."""
    return datetime.now(timezone.utc)

"""What the demo site answers to a request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, whole."""

    status: int
    content_type: str
    body: bytes
    # None: the answer carries no validators
    modified: datetime | None = None

    @property
    def validators(self) -> dict[str, str]:
        """ETag and Last-Modified, both or none."""
        if self.modified is None:
            return {}
        tag = hashlib.sha256(self.body).hexdigest()[:16]
        return {
            "ETag": f'"{tag}"',
            "Last-Modified": format_datetime(self.modified.astimezone(timezone.utc), usegmt=True),
        }

"""The errors that a bad input may cause; everything else is a bug and fails the run.

DatelineError
├── UsageError      the operator's fault: one clear line, exit code 2
└── RejectError     an input's fault: one dead letter
    ├── FetchError    a feed or page could not be had
    ├── ParseError    a feed, or an entry of it, could not be read
    └── ExtractError  a page has no article to give
"""

from datetime import datetime

from schemas.dead_letter import REASONS


class DatelineError(Exception):
    """Base of all errors that Dateline declares."""


class UsageError(DatelineError):
    """What the operator asked for cannot be done; the message names the subject and the way out."""


class RejectError(DatelineError):
    """One input is rejected, with a reason of the closed list (`schemas.dead_letter.REASONS`).

    >>> RejectError("http_404", "https://example.org/a").passing
    False
    """

    def __init__(self, reason: str, detail: str = "", http_status: int = 0) -> None:
        if reason not in REASONS:
            raise ValueError(f"{reason!r} is not in schemas.dead_letter.REASONS: add it there with its meaning")
        super().__init__(reason, detail, http_status)
        self.reason, self.detail, self.http_status = reason, detail, http_status

    @property
    def passing(self) -> bool:
        """Whether a later try may succeed."""
        return REASONS[self.reason].passing

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class FetchError(RejectError):
    """A feed or page could not be had; its server may have said when to come back."""

    def __init__(self, reason: str, detail: str = "", http_status: int = 0, retry_at: datetime | None = None) -> None:
        super().__init__(reason, detail, http_status)
        self.args = (reason, detail, http_status, retry_at)  # with which it is made again in another process
        self.retry_at = retry_at


class ParseError(RejectError):
    """A feed, or one entry of it, could not be read."""


class ExtractError(RejectError):
    """A page has no article to give."""

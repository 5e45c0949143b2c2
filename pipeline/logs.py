"""Logging: JSON lines on standard error, plain lines on a terminal; never a line an element."""

import json
import logging
import re
import sys
from datetime import datetime, timezone

from transforms.errors import DatelineError

# the last line of a declared error's traceback
_DECLARED = re.compile(r"^transforms\.[\w.]+Error: .*\s*\Z", re.MULTILINE)


class JsonLines(logging.Formatter):
    """Log records as one JSON object a line; nothing that a feed states can break out of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if hasattr(record, "counts"):
            line["counts"] = record.counts
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_logging() -> None:
    """Log to standard error: warnings of libraries, information of Dateline itself; JSON unless it is a terminal."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        logging.Formatter("%(levelname)s %(name)s: %(message)s") if sys.stderr.isatty() else JsonLines()
    )
    handler.addFilter(_is_news)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("dateline").setLevel(logging.INFO)
    # at every start Beam says that it pickles our records and that Google's libraries are not installed
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    # a second try within a fetch is no news; what stays a failure is a dead letter with its cause
    logging.getLogger("stamina").setLevel(logging.ERROR)
    logging.getLogger().addFilter(lambda record: "apitools not found" not in record.getMessage())


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a record is to be shown: a declared error is the command's one line, so Beam's trace of it is not."""
    if record.exc_info and isinstance(record.exc_info[1], DatelineError):
        return False
    # from another process, or thread of the runner, it comes as text
    return record.name.startswith("dateline") or not _DECLARED.search(record.getMessage())

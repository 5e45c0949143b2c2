"""An entry and what its feed states in, the words of `entry_flags` that hold for it out."""

import re

from schemas.entry import Entry
from transforms.fetch.statement import Statement
from transforms.urls import is_redirect

MAX_TITLE, MAX_SUMMARY, MAX_CONTENT = 2_000, 10_000, 500_000

# UTF-8 read as Latin-1 or Windows-1252: a letter with an accent, punctuation, a sign
_MOJIBAKE = re.compile("Ã[\xa1-\xbf]|â€[\x80-\xbf™œ˜šžŸ¦¢€]|Â[\xa0-\xbf]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def entry_flags(entry: Entry, statement: Statement) -> tuple[str, ...]:
    """Return what is odd about an entry, in the order of ENTRY_FLAGS."""
    shown = f"{entry.title}\n{entry.summary}"
    holds = {
        "mojibake_suspected": statement.mended or _MOJIBAKE.search(shown),
        "bidi_control": _BIDI.search(shown),
        "truncated": _is_cut(entry, statement),
        "redirect_link": is_redirect(entry.url),
    }
    return tuple(flag for flag, found in holds.items() if found)


def _is_cut(entry: Entry, statement: Statement) -> bool:
    kept = ((entry.title, MAX_TITLE), (entry.summary, MAX_SUMMARY), (entry.content_html, MAX_CONTENT))
    stated = (statement.title, statement.summary, statement.content_html)
    # a cut ends before white space, which is left out
    return any(len(text) >= most - 1 and len(full) > most for (text, most), full in zip(kept, stated, strict=True))

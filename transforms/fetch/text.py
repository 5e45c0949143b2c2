"""Plain text out of what feeds put into their text fields."""

import html
import re

_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|</?[A-Za-z!][^<>]{0,2000}>", re.I | re.S)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]|\x1b\\[[0-9;]*m")

# of how much mark-up a text may be the rest
_MARKUP = 20


def plain_text(markup: str, limit: int) -> str:
    """A text field as a feed gives it in; one line without tags, entities and control characters, at most `limit` long,
    out.

    What was escaped twice is unescaped twice: no headline means to say `&amp;`.

    >>> plain_text("<b>Big</b> <script>alert(1)</script>A &amp;amp; B", 100)
    'Big A & B'
    """
    text = html.unescape(_TAG.sub(" ", markup[: _MARKUP * limit]))
    if "&" in text or "<" in text:
        text = html.unescape(_TAG.sub(" ", text))
    return " ".join(_CONTROL.sub("", text).split())[:limit].rstrip()

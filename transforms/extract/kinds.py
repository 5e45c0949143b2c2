"""A page's signs in, the words of `page_flags` out: articles that are kept, but are odd ones."""

import re
from collections.abc import Callable
from typing import NamedTuple

from transforms.extract.paywall import offer
from transforms.extract.signs import Signs

_SHORT = 100
# characters of a text that may be the opening of a paid one; what stands where it is cut
_OPENING, _CUT = 900, ("…", "...", "[...]", "[…]")
_LIST_LINES, _LIST_SHARE, _ITEM = 10, 0.75, 100
_GALLERY_CAPTIONS, _VIDEO_WORDS, _LIVE_POSTS, _HEADING = 6, 300, 6, 30

_LIVE = re.compile(
    r"live-?(?:blog|ticker|updates?|text|coverage|uutiset)|\blive\s?[:|–-]|[:|–-]\s?live\b|newsticker|minute-by-minute"
    r"|en[ -](?:direct|vivo|directo)\b|\bdirect\s?[:|–-]|minuto[ -]a[ -]minuto|in[ -]diretta\b|ao[ -]vivo\b"
    r"|na[ -]żywo|relacja|онлайн-трансляция|canlı[ -]anlatım|liverapport|liveblogg?"
)
_TIME = re.compile(r"\W{0,3}(?:[01]?\d|2[0-3])[:.h][0-5]\d\b")
_GALLERY = re.compile(
    r"photo-?galler(?:y|ies)\b|/galler(?:y|ies)/|in-(?:pictures|photos)\b|slide-?shows?\b|fotostreck|bildergalerie"
    r"|bilderstreck|diaporama|fotogaler(?:ia|ía|ie)|/galer[ií]as?/|photo-?story\b|fotorepor|foto-?galler|bildspel"
)
_VIDEO = re.compile(r"/(?:videos?|watch|mediathek)/")


class Flag(NamedTuple):
    """One rule: the word that it puts on a page, what it looks for, and whether it is there."""

    name: str
    meaning: str
    holds: Callable[[Signs], bool]


def page_flags(signs: Signs) -> tuple[str, ...]:
    """Return the words of `page_flags` that hold for a page.

    >>> page_flags(Signs(body="Rain fell."))
    ('short',)
    """
    return tuple(flag.name for flag in FLAGS if flag.holds(signs))


def _is_short(signs: Signs) -> bool:
    # no language takes twenty characters a word
    return len(signs.body) < 20 * _SHORT and signs.words < _SHORT


def _is_list(signs: Signs) -> bool:
    """Whether most lines, and half of the text, are items: short, and without a sentence's end."""
    if len(signs.lines) < _LIST_LINES:
        return False
    items = [
        line for line in signs.lines if len(line) < _ITEM and not line.endswith((".", "!", "?", "。", "”", '"', ":"))
    ]
    return len(items) >= _LIST_SHARE * len(signs.lines) and 2 * sum(map(len, items)) >= len(signs.body)


def _is_live_blog(signs: Signs) -> bool:
    if "liveblogposting" in signs.types:
        return True
    headings = (line.lower() for line in signs.lines if len(line) < _HEADING)
    if not any(map(_LIVE.search, (signs.names, *headings))):
        return False
    start, end = signs.span
    return sum(_TIME.match(block.text) is not None for block in signs.blocks[start:end]) >= _LIVE_POSTS


def _is_gallery(signs: Signs) -> bool:
    """Whether two of three hold: a gallery's type, its word in address or title, captions as the greater text."""
    typed = bool(signs.types & {"imagegallery", "mediagallery"})
    named = _GALLERY.search(signs.names) is not None
    if typed == named:
        return typed
    return len(signs.captions) >= _GALLERY_CAPTIONS and sum(map(len, signs.captions)) > len(signs.body) / 2


def _is_video(signs: Signs) -> bool:
    """Whether two of three hold, around a short text: a video's type and no article's, its og:type, its address."""
    typed = "videoobject" in signs.types and not signs.says_article
    opengraph = any(kind.startswith("og:video") for kind in signs.types)
    signed = typed + opengraph + bool(_VIDEO.search(signs.address.path))
    return signed >= 2 and signs.words < _VIDEO_WORDS


def _is_teaser(signs: Signs) -> bool:
    """Whether a text that is not free stops early: it is an opening's length, is cut, or an offer follows."""
    if offer(signs):
        return True
    return signs.locked and (len(signs.body) < _OPENING or signs.body.endswith(_CUT))


FLAGS = (
    Flag("short", "under 100 words", _is_short),
    Flag("list", "three lines in four are short items", _is_list),
    Flag(
        "live_blog",
        "the type of one, or its word in address, title or heading and six posts with a time",
        _is_live_blog,
    ),
    Flag(
        "gallery", "two of: its type, its word in address or title, captions longer than half of the text", _is_gallery
    ),
    Flag("video", "a short text, and two of: a video's type, a video's og:type, its word in the address", _is_video),
    Flag("paywall_teaser", "an opening, followed by an offer to subscribe; or not free and short or cut", _is_teaser),
)

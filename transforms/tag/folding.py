"""Text as it is matched: case, accents, dashes and quotes folded one character to one, so that places stay true."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

_DASHES = "‐‑‒–—―-\u00ad"
_APOSTROPHES = "’‘ʼ`´"
_QUOTES = "“”„«»"
_OTHERS = {"ß": "s"}
_FOREIGN = re.compile("[\x80-\U0010ffff]+")


class Text(NamedTuple):
    """An article as it is matched: its title, a line break, its body."""

    # NFC
    composed: str
    # as long as `composed`; the one line break ends the title, so no term reaches from title to body
    folded: str
    body_start: int
    # place in the composed title or body → place in the original one
    title_places: Sequence[int]
    body_places: Sequence[int]
    # blanks, that is: about one less than there are
    words: int


def read_text(title: str, body: str) -> Text:
    """An article's title and body in, both as one text to match out."""
    title, title_places = compose(title)
    body, body_places = compose(body)
    return Text(
        composed=f"{title}\n{body}",
        folded=f"{fold(title)}\n{fold(body)}",
        body_start=len(title) + 1,
        title_places=title_places,
        body_places=body_places,
        words=title.count(" ") + body.count(" "),
    )


def place_in_field(text: Text, place: int) -> tuple[str, int]:
    """A place in the composed text in; the field, and the place in that field's original text, out."""
    if place < text.body_start:
        return "title", text.title_places[place]
    return "body", text.body_places[place - text.body_start]


def compose(text: str) -> tuple[str, Sequence[int]]:
    """A text in; its NFC form, and the original place of each of its characters, out.

    >>> compose("cafe\u0301s")
    ('cafés', [0, 1, 2, 3, 5])
    """
    if unicodedata.is_normalized("NFC", text):
        return text, range(len(text))
    parts, places = [], list[int]()
    for start, end in pairwise(_seams(text)):
        part = unicodedata.normalize("NFC", text[start:end])
        parts.append(part)
        places.extend(min(start + offset, end - 1) for offset in range(len(part)))
    return "".join(parts), places


def _seams(text: str) -> Iterator[int]:
    """Where no character composes with the one before it: neither a mark nor a vowel or final of a Hangul syllable."""
    yield 0
    for place, char in enumerate(text):
        if place and unicodedata.category(char)[0] != "M" and not "\u1160" <= char <= "\u11ff":
            yield place
    yield len(text)


class _Fold(dict[int, int]):
    """Code point → folded code point, worked out when first met."""

    def __missing__(self, code: int) -> int:
        self[code] = ord(_fold_character(chr(code)))
        return self[code]


_FOLD = _Fold()


def fold(text: str) -> str:
    """An NFC text in, its folded form of the same length out.

    >>> fold("Élysée–Gipfel: «Straße»")
    'elysee gipfel: "strase"'
    """
    # translate() is thirty times as fast on pure ASCII, which most of what the sub leaves is
    return (text if text.isascii() else _FOREIGN.sub(_fold_run, text)).translate(_FOLD)


def _fold_run(run: re.Match[str]) -> str:
    return run[0].translate(_FOLD)


def _fold_character(char: str) -> str:
    base = char if _is_whole(char) else unicodedata.normalize("NFKD", char)[0]
    if unicodedata.category(base)[0] == "M":
        base = char
    base = base.lower()[0]
    if base in _DASHES or base.isspace():
        return " "
    if base in _APOSTROPHES:
        return "'"
    # half a surrogate pair cannot be searched for
    return '"' if base in _QUOTES else _OTHERS.get(base, "\ufffd" if "\ud800" <= base <= "\udfff" else base)


def _is_whole(char: str) -> bool:
    """Whether decomposing would leave another letter, not the same one without its accent: kana, Hangul."""
    return unspaced(char) or "\uac00" <= char <= "\ud7a3"


@cache
def unspaced(char: str) -> bool:
    """Whether a character is of a script without blanks between words: Han, kana, Thai."""
    return (
        "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\u0e00" <= char <= "\u0e7f"
        or "\U00020000" <= char <= "\U0003ffff"
    )


@cache
def joins(char: str) -> bool:
    """Whether a character beside a term makes both one word.

    >>> joins("s"), joins("_"), joins("."), joins("界")
    (True, True, False, False)
    """
    return (char.isalnum() or char == "_") and not unspaced(char)

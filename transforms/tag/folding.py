"""Text as it is matched: case, accents, dashes and quotes folded one character to one, so that places stay true."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

# characters that stand for another one, beyond what decomposing tells
_ALIKE = {
    **dict.fromkeys("‐‑‒–—―-\u00ad", " "),
    **dict.fromkeys("’‘ʼ`´", "'"),
    **dict.fromkeys("“”„«»", '"'),
    "ß": "s",
}
_FOREIGN_RUN = re.compile("[\0-\x7f]?[\x80-\U0010ffff]+", re.DOTALL)
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
        same = len(part) == end - start
        places.extend(range(start, end) if same else (min(start + offset, end - 1) for offset in range(len(part))))
    return "".join(parts), places


def _seams(text: str) -> Iterator[int]:
    """Where a text may be cut before composing; stretches of ASCII stay whole."""
    yield 0
    for run in _FOREIGN_RUN.finditer(text):
        yield from (place for place in range(run.start(), run.end()) if not _composes(text[place]))
        yield run.end()
    yield len(text)


@cache
def _composes(char: str) -> bool:
    """Whether a character may become one with that before it: a mark, or the vowel or final of a Hangul syllable."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"


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
    if char in _ALIKE:
        return _ALIKE[char]
    if unicodedata.category(char) == "Cs":  # half a surrogate pair cannot be searched for
        return "\ufffd"
    base = char if _is_whole(char) else unicodedata.normalize("NFKD", char)[0]
    if unicodedata.category(base)[0] == "M":
        base = char
    base = base.lower()[0]
    return " " if base.isspace() else _ALIKE.get(base, base)


def _is_whole(char: str) -> bool:
    """Whether decomposing would leave another letter, not the same one without its accent: kana, Hangul."""
    return unspaced(char) or "\uac00" <= char <= "\ud7a3"


def unspaced(char: str) -> bool:
    """Whether a character is of a script without blanks between words: Han, kana, Thai."""
    return (
        "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\u0e00" <= char <= "\u0e7f"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def joins(char: str) -> bool:
    """Whether a character beside a term makes both one word.

    >>> joins("s"), joins("_"), joins("."), joins("界")
    (True, True, False, False)
    """
    return (char.isalnum() or char == "_") and not unspaced(char)


class _Characters(dict[str, bool]):
    """Character → whether a rule holds for it, worked out when first met: looked up four times a match."""

    def __init__(self, rule: Callable[[str], bool]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, char: str) -> bool:
        self[char] = self._rule(char)
        return self[char]


UNSPACED = _Characters(unspaced)
JOINS = _Characters(joins)

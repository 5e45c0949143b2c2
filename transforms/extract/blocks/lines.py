"""A line of text in, what its words alone say of it out."""

import re

import ahocorasick_rs

from transforms.toml import packaged_toml

_TOKEN = re.compile(r"\w+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# of ASCII: what is no part of a word
_GAPS = bytes(code for code in range(128) if not _TOKEN.match(chr(code)))
_DIGITS, _CAPITALS = b"0123456789", bytes(range(ord("A"), ord("Z") + 1))
_DIGIT = re.compile(r"\d")
_CAPITAL = re.compile(r"[A-ZÄÖÜÀ-ÞА-Я]")
SENTENCE_ENDS = tuple(".?!。！？…\"”»“’'।:;」）)』")
# a character of Chinese, Japanese or Korean says as much as so many of an alphabet
_CJK_WEIGHT = 2.5
# characters in which a line says what it is
_BEGINNING = 200

_CONSENT = ahocorasick_rs.AhoCorasick(packaged_toml("transforms.extract", "markup.toml")["lines"]["consent"])

# how lines begin that lead away from the article or stand around it
_CALL = re.compile(
    r"""^\W*(?:
    read\ (?:more|also|next|the\ full|on) | also\ read | see\ also | more\ (?:on|from) | related | continue\ reading
    | recommended | popular | trending | most\ read | follow | subscribe | sign\ up | newsletter | join\ our | get\ the
    | download | click | share | comment | advertis | published | updated | reporting\ by | editing\ by | tags?:
    | topics | copyright | © | sources? | photo | image | read: | watch: | video:
    | lesen\ sie\ (?:auch|mehr) | lies\ auch | mehr\ (?:zum|dazu|aus|zu\ ) | auch\ interessant | das\ könnte | empfehl
    | weitere | anzeige | quelle | foto: | bild | stand: | veröffentlicht | aktualisiert | themen | schlagw
    | lire\ (?:aussi|plus) | à\ lire | leggi | fonte | leia | lea\ (?:tambi|también) | lee\ también | te\ puede
    | czytaj | zobacz | przeczytaj | läs\ (?:också|mer) | les\ også | læs\ også | lees\ ook | baca\ (?:juga)?
    | devamını | ayrıca | читайте | см\.\ также | 関連 | あわせて
    )""",
    re.I | re.X,
)


def squeezed(text: str) -> str:
    """Return the words of a text in lower case without anything between them.

    >>> squeezed("Rain, again!")
    'rainagain'
    """
    if text.isascii():  # the same, at a tenth of the cost
        return text.lower().encode().translate(None, _GAPS).decode()
    return "".join(_TOKEN.findall(text.lower()))


def weight(text: str) -> int:
    """Characters of a line, those of a script without blanks counted higher."""
    return int(len(text) * _CJK_WEIGHT) if not text.isascii() and _CJK.search(text) else len(text)


def is_call(text: str) -> bool:
    """Whether a line begins as one that stands around articles.

    >>> is_call("Read more: the flood"), is_call("The flood came at night.")
    (True, False)
    """
    return _CALL.match(text[:_BEGINNING]) is not None


def asks_consent(key: str) -> bool:
    """Whether a line, squeezed, asks for consent to cookies or to embedded content.

    >>> asks_consent(squeezed("Externer Inhalt")), asks_consent(squeezed("The flood came at night."))
    (True, False)
    """
    return bool(_CONSENT.find_matches_as_indexes(key))


def shares(text: str) -> tuple[float, float]:
    """Digits and capitals among the first characters."""
    start = text[:_BEGINNING]
    if start.isascii():
        ascii_ = start.encode()
        digits, capitals = (len(ascii_) - len(ascii_.translate(None, kind)) for kind in (_DIGITS, _CAPITALS))
    else:
        digits, capitals = len(_DIGIT.findall(start)), len(_CAPITAL.findall(start))
    return digits / len(start), capitals / len(start)

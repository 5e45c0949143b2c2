"""A page's bytes in, the same page in UTF-8 out, whatever its header, its markup or nobody says of its encoding."""

import codecs
import re

from charset_normalizer import from_bytes
from w3lib.encoding import resolve_encoding

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_CONTROL = bytes({*range(32)} - {*b"\t\n\r"})
# codecs of Python that are no encodings of pages, and UTF-7, in which markup hides
_REFUSED = ("utf-7", "utf7", "punycode", "idna", "unicode", "raw", "undefined", "utf-16", "utf-32")
# characters beyond ASCII that may be broken in a page that is UTF-8 all the same
_BROKEN_SHARE = 0.1
_GUESSED_ON = 20_000


def to_utf8(html: bytes, charset: str = "") -> bytes:
    """Return the page in UTF-8, without control characters; `charset` is what the Content-Type header says.

    Order: byte order mark, strict UTF-8, UTF-8 with a few broken characters (a declared charset is then wrong: what
    is mostly valid UTF-8 is never by chance), the header's charset, the markup's, a guess.

    >>> to_utf8("café".encode("cp1252"), "iso-8859-1").decode()
    'café'
    """
    return (html if _is_utf8(html) else _decode(html, charset).encode("utf-8", "replace")).translate(None, _CONTROL)


def is_guess(html: bytes, charset: str = "") -> bool:
    """Whether nothing but a guess says how a page is encoded.

    >>> is_guess("café".encode("cp1252"), "iso-8859-1"), is_guess("café".encode("cp1252"))
    (False, True)
    """
    if _is_utf8(html) or html.startswith(tuple(bom for bom, _ in _BOMS)):
        return False
    return not (_mostly_utf8(html) or _declared(html, charset))


def _is_utf8(html: bytes) -> bool:
    if html.startswith(tuple(bom for bom, _ in _BOMS)):
        return False
    try:
        html.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(html: bytes, charset: str) -> str:
    for bom, encoding in _BOMS:
        if html.startswith(bom):
            return html[len(bom) :].decode(encoding, "replace")
    return _mostly_utf8(html) or _declared(html, charset) or _guessed(html)


def _mostly_utf8(html: bytes) -> str:
    """The page read as UTF-8 if only a few characters of it are broken, else ""."""
    text = html.decode("utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= _BROKEN_SHARE * foreign else ""


def _declared(html: bytes, charset: str) -> str:
    """The page as its header or markup says to read it, "" if neither fits it."""
    match = _DECLARED.search(html[:4096])
    for label in (charset, match[1].decode("ascii") if match else ""):
        encoding = (resolve_encoding(label) or "") if label else ""
        if not encoding or encoding.startswith(_REFUSED):
            continue
        try:
            return html.decode(encoding)
        except (UnicodeDecodeError, LookupError):  # a label that is not true, or names a codec of bytes
            continue
    return ""


def _guessed(html: bytes) -> str:
    best = from_bytes(html[:_GUESSED_ON]).best()
    return html.decode(best.encoding if best else "utf-8", "replace")

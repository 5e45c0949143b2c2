"""A text and what its page and feed state in, its language out, and who said so."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

# as accurate as the whole text, at a quarter of the time
_READ = 300
# random starts, of which each costs as much as reading the text; the default of 7 finds no other languages; and one is
# enough where it finds, for sure, what the page or feed states
_TRIALS, _SURE = 3, 0.999
# below, detection is a guess; in bytes of UTF-8, so that a text in a script of its own may be shorter
_ENOUGH = 100
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}))?\b", re.I)
# what pages state beside the standard: withdrawn codes, countries taken for languages
_REPAIRED = {"iw": "he", "in": "id", "jp": "ja", "ua": "uk", "cz": "cs", "kr": "ko", "cn": "zh", "dk": "da"}
# what the detector calls otherwise than BCP 47 does
_DETECTED = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
_KNOWN_AS = {"nb": "no", "nn": "no", "zh": "zh-cn", "fil": "tl"}


class Language(NamedTuple):
    """The language of a text."""

    # BCP 47, "und" where nothing tells
    tag: str
    # text, page, feed, none
    source: str
    # the detector's probability; 0.0 where the text did not decide
    confidence: float


def read_language(text: str, *, page: str = "", hint: str = "") -> Language:
    """Return the language of a text: its own words decide, unless they are few or the detector cannot know better.

    It knows 55 languages and takes any other for a neighbour, so a page that states one of the others is believed.

    >>> read_language("Too short to tell.", page="de_AT")
    Language(tag='de-AT', source='page', confidence=0.0)
    """
    stated, fed = language_tag(page), language_tag(hint)
    if len(text[:_READ].encode("utf-8", "replace")) >= _ENOUGH and not _unknown(stated):
        found = _detect(text[:_READ], _code(stated or fed))
        if found:
            return found
    if stated:
        return Language(stated, "page", 0.0)
    return Language(fed, "feed", 0.0) if fed else Language("und", "none", 0.0)


def language_tag(stated: str) -> str:
    """A language as a page or feed states it in, a BCP 47 tag out, "" if it is none.

    >>> language_tag("en_us"), language_tag("zh-hant-tw"), language_tag("English")
    ('en-US', 'zh-Hant-TW', '')
    """
    match = _TAG.fullmatch(stated.strip())
    if not match:
        return ""
    language, script, region = (part or "" for part in match.groups())
    code = _REPAIRED.get(language.lower(), language.lower())
    return "-".join(part for part in (code, script.title(), region.upper()) if part)


def _unknown(tag: str) -> bool:
    """Whether a tag names a language the detector has no profile of."""
    return bool(tag) and _code(tag) not in load_profiles().langlist


def _code(tag: str) -> str:
    """What the detector calls the language of a tag."""
    code = tag.partition("-")[0]
    return _KNOWN_AS.get(code, code)


def _detect(text: str, expected: str) -> Language | None:
    best = _best(text, 1) if expected else None
    if best is None or best.lang != expected or best.prob < _SURE:
        best = _best(text, _TRIALS)
    return Language(_DETECTED.get(best.lang, best.lang), "text", round(best.prob, 4)) if best else None


def _best(text: str, trials: int) -> Any:
    """The detector's likeliest language, None for a text of digits, links or a script without a profile."""
    detector = load_profiles().create()
    detector.n_trial = trials
    try:
        detector.append(text)
        return next(iter(detector.get_probabilities()), None)
    except LangDetectException:
        return None


@lru_cache(maxsize=1)
def load_profiles() -> Any:
    """Return the detector with its profiles, a third of a second to load; seeded, because it draws at random."""
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)
    return factory

"""A page's signs in, nothing or ExtractError out: pages that answer 200 and hold no article.

A false reject loses an article, so every rule asks for two independent signs, such as the words of an error page in
the title and a body far shorter than an article that reports on such pages. A longer text than that of notices is
rejected only where address and markup both say that the page is an overview or asks for consent.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from transforms.errors import ExtractError
from transforms.extract import phrases
from transforms.extract.signs import Signs, count_words

_FEWEST_WORDS, _FEWEST_CHARACTERS = 25, 120
# a body of error or challenge pages is shorter than this; without a title that tells, it has few words besides
_NOTICE, _NOTICE_WORDS = 700, 75
# so many linked headlines make an overview, with so many lines of text to each: its own, a teaser, a time, a place
_OVERVIEW, _LINES_A_HEADLINE = 10, 4
# bytes of a page without text: a shell is small, and no page shall take long
_LOOKED_AT = 300_000

_ERROR_PATH = re.compile(r"/(?:404|error|page-?not-?found|not-?found|fehler|erreur)(?:\.\w{2,5})?/?$")
_SEARCH_PATH = re.compile(
    r"(?:^|/)(?:search|suche|recherche|buscar|busqueda|busca|ricerca|zoeken|sok|poisk|arama)(?:/|$)"
)
_SEARCH_QUERY = re.compile(r"(?:^|&)(?:q|s|query|search|suche|keyword)=")
_LISTING_PATH = re.compile(
    r"^/?(?:index\.\w{2,5})?$"
    r"|/(?:tags?|topics?|category|categories|sections?|authors?|themen?|rubriken|rubriques?|temas?|autor|auteurs?|search)/"
    r"[^/]{1,80}/?(?:page/\d{1,4}/?)?$"
    r"|^/[a-z]{2,20}(?:/[a-z]{2,20})?/?$"
)
_LISTING_TYPES = frozenset({"collectionpage", "searchresultspage"})


class Rule(NamedTuple):
    """One rule: the reason that it gives, what it looks for, and the evidence that it finds, "" for none."""

    name: str
    reason: str
    meaning: str
    evidence: Callable[[Signs], str]


def check_article(signs: Signs) -> None:
    """Raise ExtractError with the reason of the first rule that a page breaks; the detail is the evidence."""
    for rule in RULES:
        if evidence := rule.evidence(signs):
            raise ExtractError(rule.reason, evidence[:200])


def _is_notice(signs: Signs) -> bool:
    return len(signs.body) < _NOTICE


def _is_brief(signs: Signs) -> bool:
    return _is_notice(signs) and signs.words < _NOTICE_WORDS


def is_no_text(body: str) -> bool:
    """Whether a body is too short to be an article's: few words and few characters.

    >>> is_no_text("Enable JavaScript."), is_no_text("本日午後二時ごろ、東京都内で火災があり、一人がけがをした。")
    (True, False)
    """
    return len(body) < _FEWEST_CHARACTERS and count_words(body) < _FEWEST_WORDS


def _titled(pattern: re.Pattern[str]) -> Callable[[Signs], str]:
    """Evidence: a title that tells, above a notice."""
    return lambda signs: next((t for t in signs.titles if pattern.match(t)), "") if _is_notice(signs) else ""


def _saying(pattern: re.Pattern[str]) -> Callable[[Signs], str]:
    """Evidence: words that tell, among few others."""
    return lambda signs: found[0] if _is_brief(signs) and (found := pattern.search(signs.body)) else ""


def _gone_address(signs: Signs) -> str:
    return signs.url if _is_notice(signs) and _ERROR_PATH.search(signs.address.path) else ""


def _challenge(signs: Signs) -> str:
    found = is_no_text(signs.body) and phrases.CHALLENGE.search(signs.utf8)
    return found[0].decode() if found else ""


def _consent_words(signs: Signs) -> str:
    own = _is_notice(signs) and phrases.OWN_COOKIES.search(signs.body)
    if not own or not phrases.CHOICE.search(signs.body) or _has_article_besides(signs, phrases.OWN_COOKIES):
        return ""
    return own[0]


def _consent_address(signs: Signs) -> str:
    asks = phrases.CONSENT_ADDRESS.match(signs.address.hostname or "") and "cookie" in signs.body.lower()
    return signs.url if asks else ""


def _script_words(signs: Signs) -> str:
    found = _is_brief(signs) and phrases.NEEDS_SCRIPTS.search(signs.body)
    return found[0] if found and not _has_article_besides(signs, phrases.NEEDS_SCRIPTS) else ""


def _has_article_besides(signs: Signs, notice: re.Pattern[str]) -> bool:
    """Whether a page is called an article and has text beside a notice, such as a banner or one in place of a video."""
    rest = "\n".join(line for line in signs.lines if not notice.search(line))
    return signs.says_article and not is_no_text(rest)


def _script_root(signs: Signs) -> str:
    found = is_no_text(signs.body) and phrases.EMPTY_ROOT.search(signs.utf8[:_LOOKED_AT])
    return found[0].decode("utf-8", "replace") if found else ""


def _script_notice(signs: Signs) -> str:
    if not is_no_text(signs.body):
        return ""
    texts = (text.decode("utf-8", "replace") for text in phrases.NOSCRIPT.findall(signs.utf8[:_LOOKED_AT]))
    return next((found[0] for text in texts if (found := phrases.NEEDS_SCRIPTS.search(text))), "")


def _search_page(signs: Signs) -> str:
    at = _SEARCH_PATH.search(signs.address.path) or (
        _SEARCH_QUERY.search(signs.address.query) and _LISTING_PATH.search(signs.address.path)
    )
    says = "searchresultspage" in signs.types or any(phrases.SEARCH_TITLE.match(title) for title in signs.titles)
    return signs.url if at and says else ""


def _listed(signs: Signs) -> str:
    """An address and a type that are both those of overviews, and no word of an article."""
    is_overview = signs.types & _LISTING_TYPES and not signs.says_article and _is_listing(signs)
    return signs.url if is_overview else ""


def _headlines(signs: Signs) -> str:
    """An overview's address or type, more linked headlines than text, and no word of an article."""
    if signs.says_article or not (_is_listing(signs) or signs.types & _LISTING_TYPES):
        return ""
    many = signs.headlines >= max(_OVERVIEW, len(signs.lines) / _LINES_A_HEADLINE)
    is_overview = many and signs.prose < _NOTICE
    return f"{signs.headlines} linked headlines" if is_overview else ""


def _is_listing(signs: Signs) -> bool:
    address = signs.address
    return bool(address.netloc and not address.query and _LISTING_PATH.search(address.path))


RULES = (
    Rule("gone_title", "soft_404", "a title that says that it is gone, a short text", _titled(phrases.GONE)),
    Rule("gone_words", "soft_404", "a text that begins so, few words", _saying(phrases.GONE)),
    Rule("gone_address", "soft_404", "the address of an error page, a short text", _gone_address),
    Rule(
        "consent_title", "consent_page", "a title that asks for consent, a short text", _titled(phrases.CONSENT_TITLE)
    ),
    Rule("consent_words", "consent_page", "the site's own cookies and a choice, in a short text", _consent_words),
    Rule("consent_address", "consent_page", "the host of a consent service, a text on cookies", _consent_address),
    Rule(
        "blocked_title",
        "blocked_page",
        "the title of a challenge or a login, a short text",
        _titled(phrases.BLOCKED_TITLE),
    ),
    Rule("blocked_words", "blocked_page", "words of a challenge, few others", _saying(phrases.BLOCKED_TEXT)),
    Rule("challenge_script", "blocked_page", "a challenge's script, no text", _challenge),
    Rule("script_words", "javascript_shell", "a text that asks for JavaScript, few words", _script_words),
    Rule("script_root", "javascript_shell", "an empty element that scripts fill, no text", _script_root),
    Rule("script_notice", "javascript_shell", "a notice for browsers without JavaScript, no text", _script_notice),
    Rule("search_page", "not_an_article", "the address of a search, and type or title of its results", _search_page),
    Rule("listed", "not_an_article", "address and type of an overview, not called an article", _listed),
    Rule(
        "headlines",
        "not_an_article",
        "address or type of an overview, ten linked headlines, no long text, not called an article",
        _headlines,
    ),
    Rule(
        "no_text",
        "no_text",
        "few words and few characters",
        lambda signs: signs.body[:200] or "empty" if is_no_text(signs.body) else "",
    ),
)

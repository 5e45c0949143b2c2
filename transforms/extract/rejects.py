"""A page's titles and body in, nothing or ExtractError out: pages that answer 200 and hold no article.

A false reject loses an article, so every rule asks for two signs: an error page's or challenge's words, and a body far
shorter than an article that reports on such pages.
"""

import re

from transforms.errors import ExtractError

_FEWEST_WORDS, _FEWEST_CHARACTERS = 25, 120
# a body of error or challenge pages is shorter than this
_NOTICE = 700

# Chinese and Japanese are written without blanks: each character stands for a word
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")

_GONE = re.compile(
    r"""^\W*(?:
    (?:error|fehler|erreur|http)?\W*40[4]\b(?!\s+(?:media|million|people|dead|days|miles|km))
    | (?:sorry\W+|oops\W+|error\W+)*(?:the\ |this\ |that\ )?(?:page|article|content|story)\b.{0,40}
      \b(?:not\ found|can(?:no|')t\ be\ found|could\ not\ be\ found|doesn['’]?t\ exist|does\ not\ exist|no\ longer\ (?:available|exists)|unavailable)
    | not\ found\W*$ | (?:seite|artikel|inhalt)\b.{0,30}\bnicht\ (?:gefunden|verfügbar|mehr\ verfügbar)
    | p[áa]gina\b.{0,20}\b(?:no\ (?:encontrada|existe|disponible)|não\ (?:encontrada|existe)) | página\ não\ encontrada
    | (?:page|article)\b.{0,20}\b(?:introuvable|n['’]existe\ pas) | pagina\ (?:non\ trovata|niet\ gevonden)
    | страница\ не\ найдена | сторінк[ау]\ не\ знайден[оа] | (?:nie\ znaleziono\ strony|strona\ nie\ istnieje)
    | sayfa\ bulunamadı | (?:페이지를\ 찾을\ 수\ 없) | (?:お探しのページ|ページが見つかりません|ページは見つかりません)
    | (?:页面不存在|找不到页面|頁面不存在|您访问的页面) | الصفحة\ غير\ موجودة
    )""",
    re.I | re.X,
)
_BLOCKED_TITLE = re.compile(
    r"""^\W*(?:
    just\ a\ moment | attention\ required | access\ (?:to\ this\ page\ has\ been\ )?denied | (?:403\W+)?forbidden\W*$ | 403\b
    | are\ you\ a\ (?:robot|human) | robot\ (?:check|or\ human) | bot\ verification | human\ verification | verif(?:y|ying)\ (?:you|your\ browser)
    | pardon\ our\ interruption | security\ check | ddos-guard | checking\ your\ browser | one\ more\ step
    | before\ you\ continue | (?:please\ )?(?:log|sign)\ ?in\b.{0,30}$ | consent\ (?:required|page) | cookie\ (?:consent|wall)
    | zustimmung | client\ challenge | request\ (?:blocked|rejected) | captcha | too\ many\ requests
    | доступ\ (?:ограничен|запрещ[её]н) | acc[èe]s\ refusé | acceso\ denegado | zugriff\ verweigert
    )""",
    re.I | re.X,
)
_BLOCKED_TEXT = re.compile(
    r"""enable\ (?:javascript|js)\ and\ cookies | javascript\ (?:is|and\ cookies\ are)\ (?:disabled|required) | (?:please\ )?enable\ (?:javascript|cookies|js)\b
    | (?:verify|confirm|prove)\ (?:that\ )?you(?:['’]?re|\ are)\ (?:a\ )?(?:human|not\ a\ (?:ro)?bot) | checking\ (?:if\ the\ site|your\ browser)
    | unusual\ (?:traffic|activity)\ from\ your | you\ have\ been\ blocked | ray\ id\b | complete\ the\ (?:captcha|security\ check)
    | not\ available\ in\ your\ (?:country|region) | due\ to\ (?:gdpr|legal\ reasons)
    | (?:accept|allow|akzeptieren|acceptez?|aceptar|accetta)\b.{0,40}\bcookies | cookies?\b.{0,60}\b(?:zustimm|einwillig|consent\ to)
    | (?:log|sign)\ in\ to\ (?:continue|read|view) | subscribe\ to\ (?:continue|read|keep)
    | activ(?:ez|er)\ javascript | habilit[ae]r?\ javascript | javascript\ (?:aktivieren|einschalten)
    """,
    re.I | re.X,
)
# what the scripts of challenge pages are called
_CHALLENGE = re.compile(
    rb"cdn-cgi/challenge-platform|_Incapsula_Resource|captcha-delivery\.com|px-captcha|cf-chl-|/_sec/cp_challenge"
)


def check_article(body: str, *, titles: tuple[str, ...], utf8: bytes) -> None:
    """Raise ExtractError: blocked_page, soft_404 or no_text, for a page that holds no article."""
    notice = len(body) < _NOTICE
    for title in titles if notice else ():
        if _BLOCKED_TITLE.match(title):
            raise ExtractError("blocked_page", title[:200])
        if _GONE.match(title):
            raise ExtractError("soft_404", title[:200])
    if is_no_text(body):
        said = _BLOCKED_TEXT.search(body) or _CHALLENGE.search(utf8)
        raise ExtractError("blocked_page", str(said[0])[:200]) if said else ExtractError("no_text", body[:200])
    blocked = _BLOCKED_TEXT.search(body) if notice else None
    if blocked and count_words(body) < 3 * _FEWEST_WORDS:
        raise ExtractError("blocked_page", blocked[0])
    if notice and count_words(body) < 3 * _FEWEST_WORDS and _GONE.match(body):
        raise ExtractError("soft_404", body[:200])


def is_no_text(body: str) -> bool:
    """Whether a body is too short to be an article's: few words and few characters.

    >>> is_no_text("Enable JavaScript."), is_no_text("本日午後二時ごろ、東京都内で火災があり、一人がけがをした。")
    (True, False)
    """
    return count_words(body) < _FEWEST_WORDS and len(body) < _FEWEST_CHARACTERS


def count_words(text: str) -> int:
    """Words of a text; a character of a script without blanks counts as one."""
    return len(_WORD.findall(text))

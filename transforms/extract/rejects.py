"""A page's titles and body in, nothing or ExtractError out: pages that answer 200 and hold no article.

A false reject loses an article, so every rule asks for two signs: an error page's or challenge's words, and a body far
shorter than an article that reports on such pages.
"""

import re

from transforms.errors import ExtractError

_FEWEST_WORDS, _FEWEST_CHARACTERS = 25, 120
# a body of error or challenge pages is shorter than this; without a title that tells, it has few words besides
_NOTICE, _NOTICE_WORDS = 700, 75

# Chinese and Japanese are written without blanks: each character stands for a word
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")

# a notice ends after its phrase or goes on with the site's name; a headline goes on with a colon or more words
_END = r"(?=[ ]*(?:$|\n|[|–—·!.…-]|or\b))"
_GONE = re.compile(
    rf"""^\W*(?:
    (?:error|fehler|erreur|http)\W*404\b | 404\W*(?:$|[|–—:!-]|error\b|page\b|not\ found|seite\b|fehler\b|erreur\b)
    | (?:(?:sorry|oops|error)\W+)*(?:the\ |this\ |that\ )?(?:page|article|content|story)\b.{{0,40}}?\b
      (?:not\ found|can(?:no|')t\ be\ found|could\ not\ be\ found|doesn['’]?t\ exist|does\ not\ exist
      |no\ longer\ (?:available|exists)|unavailable){_END}
    | not\ found{_END}
    | (?:seite|artikel|inhalt)\b.{{0,30}}\bnicht\ (?:gefunden|verfügbar|mehr\ verfügbar){_END}
    | p[áa]gina\ (?:no\ (?:encontrada|existe|disponible)|não\ (?:encontrada|existe))
    | (?:page|article)\ (?:introuvable|n['’]existe\ pas)
    | pagina\ (?:non\ trovata|niet\ gevonden)
    | страница\ не\ найдена | сторінк[ау]\ не\ знайден[оа]
    | nie\ znaleziono\ strony | strona\ nie\ istnieje | sayfa\ bulunamadı
    | 페이지를\ 찾을\ 수\ 없 | お探しのページ | ページ[がは]見つかりません
    | 页面不存在 | 找不到页面 | 頁面不存在 | 您访问的页面 | الصفحة\ غير\ موجودة
    )""",
    re.I | re.X,
)
_BLOCKED_TITLE = re.compile(
    rf"""^\W*(?:
    (?:just\ a\ moment | attention\ required | one\ more\ step | security\ check | pardon\ our\ interruption
      | access\ (?:to\ this\ page\ has\ been\ )?denied | (?:403\W+)?forbidden | 403 | too\ many\ requests
      | (?:bot|human)\ verification | captcha | client\ challenge | request\ (?:blocked|rejected)
      | (?:please\ )?(?:log|sign)\ ?in | consent\ (?:required|page) | cookie\ (?:consent|wall)
      | доступ\ (?:ограничен|запрещ[её]н) | acc[èe]s\ refusé | acceso\ denegado | zugriff\ verweigert){_END}
    | are\ you\ a\ (?:robot|human)\W*$ | robot\ (?:check|or\ human) | ddos-guard
    | verif(?:y|ying)\ (?:you\ are|your\ browser) | checking\ your\ browser | before\ you\ continue\ to\b
    )""",
    re.I | re.X,
)
_BLOCKED_TEXT = re.compile(
    r"""
    enable\ (?:javascript|js|cookies)\b(?!\ to\ view\ the\ comments)
    | javascript\ (?:is|and\ cookies\ are)\ (?:disabled|required)
    | activ(?:ez|er)\ javascript | habilit[ae]r?\ javascript | javascript\ (?:aktivieren|einschalten)
    | (?:verify|confirm|prove)\ (?:that\ )?you(?:['’]?re|\ are)\ (?:a\ )?(?:human|not\ a\ (?:ro)?bot)
    | checking\ (?:if\ the\ site|your\ browser) | complete\ the\ (?:captcha|security\ check) | \bray\ id\b
    | unusual\ (?:traffic|activity)\ from\ your | you\ have\ been\ blocked
    | not\ available\ in\ your\ (?:country|region) | due\ to\ (?:gdpr|legal\ reasons)
    | (?:accept|allow|akzeptieren|acceptez?|aceptar|accetta)\b.{0,40}\bcookies
    | cookies?\b.{0,60}\b(?:zustimm|einwillig|consent\ to)
    | (?:log|sign)\ in\ to\ (?:continue|read|view) | subscribe\ to\ (?:continue|read|keep)
    """,
    re.I | re.X,
)
# what the scripts of challenge pages are called
_CHALLENGE = re.compile(
    rb"cdn-cgi/challenge-platform|_Incapsula_Resource|captcha-delivery\.com|px-captcha|cf-chl-|/_sec/cp_challenge"
)


def check_article(body: str, *, titles: tuple[str, ...], utf8: bytes) -> None:
    """Raise ExtractError: blocked_page, soft_404 or no_text, for a page that holds no article.

    `titles` are those the page has, `utf8` is the page itself.
    """
    if len(body) >= _NOTICE:
        return
    for title in titles:
        if _BLOCKED_TITLE.match(title):
            raise ExtractError("blocked_page", title[:200])
        if _GONE.match(title):
            raise ExtractError("soft_404", title[:200])
    if count_words(body) < _NOTICE_WORDS:
        if blocked := _BLOCKED_TEXT.search(body):
            raise ExtractError("blocked_page", blocked[0])
        if _GONE.match(body):
            raise ExtractError("soft_404", body[:200])
    if is_no_text(body):
        challenge = _CHALLENGE.search(utf8)
        raise ExtractError(*("blocked_page", challenge[0].decode()) if challenge else ("no_text", body[:200]))


def is_no_text(body: str) -> bool:
    """Whether a body is too short to be an article's: few words and few characters.

    >>> is_no_text("Enable JavaScript."), is_no_text("本日午後二時ごろ、東京都内で火災があり、一人がけがをした。")
    (True, False)
    """
    return len(body) < _FEWEST_CHARACTERS and count_words(body) < _FEWEST_WORDS


def count_words(text: str) -> int:
    """Words of a text; a character of a script without blanks counts as one."""
    return len(_WORD.findall(text))

"""Pages that hold no article are refused with a reason; articles about such things, and odd articles, are not."""

import pytest

from tests.transforms.extract.pages import PROSE
from transforms.errors import ExtractError
from transforms.extract.rejects import RULES, check_article, is_no_text
from transforms.extract.signs import Signs

ARTICLE = "\n".join(PROSE * 3)
BRIEF = "\n".join(PROSE[:2])
GONE = "We looked everywhere, but what you asked for is gone. Try our search or front page."


def _reason_of(body, title="", utf8=b"", url="https://news.example.org/a"):
    return _reason(Signs(url=url, titles=(title,), body=body, utf8=utf8))


def _reason(signs):
    try:
        check_article(signs)
    except ExtractError as error:
        return error.reason
    return ""


def test_rules_are_named():
    """Each rule has a name of its own and says what it looks for."""
    assert len({rule.name for rule in RULES}) == len({rule.meaning for rule in RULES}) == len(RULES)


class TestGone:
    """Pages that say, with status 200, that they do not exist."""

    @pytest.mark.parametrize(
        "title",
        [
            "404 Not Found",
            "Error 404 | The Times",
            "Page Not Found (error 404)",
            "Page not found - Example News",
            "Sorry, this page can't be found",
            "Seite nicht gefunden",
            "Página no encontrada",
            "Página não encontrada",
            "Page introuvable",
            "Pagina non trovata",
            "Siden blev ikke fundet",
            "Sivua ei löydy",
            "Stránka nenalezena",
            "Страница не найдена",
            "ページが見つかりません",
            "页面不存在",
        ],
    )
    def test_title(self, title):
        """A short page whose title says that it does not exist is a soft 404, in many languages."""
        assert _reason_of(GONE, title) == "soft_404"

    def test_words(self):
        """A page of few words that begin with it is one, whatever its title."""
        assert _reason_of(f"This page could not be found. {GONE}", "Example News") == "soft_404"

    def test_address(self):
        """A short page to which the site leads whoever asks for what is gone is one."""
        assert _reason_of(BRIEF, "Example News", url="https://news.example.org/en/404.html") == "soft_404"
        assert _reason_of(BRIEF, "Example News", url="https://news.example.org/en/404-homes-lost.html") == ""
        assert _reason_of(ARTICLE, "Example News", url="https://news.example.org/error/") == ""


class TestBlocked:
    """Challenges and logins."""

    @pytest.mark.parametrize(
        "title",
        [
            "Just a moment...",
            "Attention Required! | Cloudflare",
            "Access Denied",
            "Are you a robot?",
            "Log in",
            "403 Forbidden",
            "Accesso negato",
            "Доступ запрещён",
        ],
    )
    def test_title(self, title):
        """A short page titled as challenges and logins are is a blocked page."""
        assert _reason_of(BRIEF, title) == "blocked_page"

    @pytest.mark.parametrize(
        "body",
        [
            "Please enable JavaScript and cookies to continue.",
            "Verify you are human by completing the action below.",
            "Our website is currently not available in your region due to GDPR.",
            "Bitte bestätigen Sie, dass Sie ein Mensch sind.",
            "Vérifiez que vous êtes humain avant de continuer.",
            "Подтвердите, что вы не робот.",
            "ロボットではないことを確認してください。",
        ],
    )
    def test_words(self, body):
        """A few words that ask for proof of humanity, or say that the reader may not come, are a blocked page."""
        assert _reason_of(body) == "blocked_page"

    def test_script(self):
        """A page without text that runs a challenge's script is a blocked page."""
        challenge = b"<script src='/cdn-cgi/challenge-platform/x.js'></script>"

        assert _reason_of("", utf8=challenge) == "blocked_page"
        assert _reason_of("", utf8=b"<script src='/app.js'></script>") == "no_text"
        assert (
            _reason_of("", utf8=b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>") == "no_text"
        )
        assert _reason_of(ARTICLE, utf8=challenge) == ""


class TestConsent:
    """Questions for consent in place of the article."""

    @pytest.mark.parametrize(
        "body",
        [
            "We and our partners use cookies. Accept all cookies to continue, or manage your choices in the settings.",
            "Wir und unsere Partner verwenden Cookies. Sie können alle akzeptieren oder nur die nötigen.",
            "Nous et nos partenaires utilisons des cookies. Tout accepter ou continuer sans accepter.",
            "Utilizamos cookies propias y de terceros. Aceptar todo. Configurar.",
            "Utilizziamo i cookie per la pubblicità. Accetta tutti oppure scegli.",
            "Wij gebruiken graag cookies. Alles accepteren of zelf kiezen.",
            "Używamy plików cookie. Akceptuję wszystkie.",
            "当サイトはCookieを使用しています。すべて許可しますか。",
        ],
    )
    def test_words(self, body):
        """A short text in which a site speaks of its own cookies and asks for a choice is a consent page."""
        assert _reason_of(body) == "consent_page"

    def test_banner_in_an_article(self):
        """A banner below the text of what is called an article does not cost it."""
        body = f"{BRIEF}\n{PROSE[2]}\nWe use cookies. Accept all or manage your choices."

        assert _reason(Signs(body=body, types=frozenset({"newsarticle"}))) == ""
        assert _reason(Signs(body=body)) == "consent_page"

    def test_address(self):
        """A consent service's host that asks about cookies is one, however long its text."""
        text = ARTICLE + "\nOur partners set cookies for these purposes."

        assert _reason_of(text, url="https://consent.news.example/collect?id=1") == "consent_page"
        assert _reason_of(text, url="https://news.example/consent-rules") == ""
        assert _reason_of(ARTICLE, url="https://consent.news.example/collect?id=1") == ""

    def test_title(self):
        """A short text under a consent page's title is one."""
        assert _reason_of(BRIEF, "Before you continue to Example") == "consent_page"
        assert _reason_of(BRIEF, "Before you continue reading this, sit down") == ""


class TestScripts:
    """Pages that only scripts would fill."""

    @pytest.mark.parametrize(
        "body",
        [
            "You need to enable JavaScript to run this app.",
            "Um diese Seite zu lesen, müssen Sie JavaScript aktivieren.",
            "Veuillez activer JavaScript pour afficher cette page.",
            "Por favor, habilite JavaScript para ver la página.",
            "Пожалуйста, включите JavaScript.",
            "JavaScriptを有効にしてください。",
        ],
    )
    def test_words(self, body):
        """A few words that ask for JavaScript are a shell."""
        assert _reason_of(body) == "javascript_shell"

    @pytest.mark.parametrize(
        "html",
        [
            b'<div id="root"></div><script src="/main.js"></script>',
            b'<div class="dark" id=__next> </div>',
            b"<app-root></app-root>",
            b"<noscript><p>This site requires JavaScript.</p></noscript>",
        ],
    )
    def test_markup(self, html):
        """A page without text is a shell if the element for it is empty, or a notice asks for JavaScript."""
        assert _reason_of("", utf8=html) == "javascript_shell"
        assert _reason_of(BRIEF, utf8=html) == ""

    def test_notice_in_an_article(self):
        """A notice in place of a video does not cost the short text of what is called an article."""
        body = f"{BRIEF}\nPlease enable JavaScript to watch the video."

        assert _reason(Signs(body=body, dated=True)) == ""
        assert _reason(Signs(body="Flood\nPlease enable JavaScript to go on.", dated=True)) == "javascript_shell"

    def test_filled_root(self):
        """An element that the server has filled is none."""
        assert _reason_of("Rain", utf8=b'<div id="root"><p>Rain</p></div>') == "no_text"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("404 Media raises new money for its newsroom", BRIEF),
        ("Page not found: how a town vanished from the web", ARTICLE),
        ("Access denied: the reporters who wait outside", ARTICLE),
        ("Are you a robot? The test that everybody fails", ARTICLE),
        ("Login data of a million people stolen", BRIEF),
        ("Two articles of the treaty are missing", BRIEF),
        ("404 homes destroyed by the storm", BRIEF),
        ("Access denied: the reporters who wait outside", BRIEF),
        ("Just a moment of peace in the old town", BRIEF),
        ("Story of the lost ship not found in any archive", BRIEF),
        ("403 new cases", BRIEF),
        ("Court: sites must ask before they set cookies", ARTICLE + "\nUsers must accept cookies first."),
        ("Court: sites must ask", BRIEF + "\nSites may not use cookies before a reader clicks on “accept all”."),
        ("Flood", BRIEF + "\nPlease enable JavaScript to view the comments."),
        ("Our cookies", ARTICLE + "\nWe use cookies. Accept all or manage your choices."),
        ("Flood", BRIEF + "\nSubscribe to continue reading."),
    ],
)
def test_near_misses(title, body):
    """Articles that use an error's words, and short articles with a plain title, are no rejects."""
    assert _reason_of(body, title) == ""


@pytest.mark.parametrize("body", ["", "Read more", "Home News Sport", "Advertisement. " * 3])
def test_no_text(body):
    """A body of a few words is none."""
    assert _reason_of(body) == "no_text"


@pytest.mark.parametrize(
    "body",
    [
        PROSE[0] + " More rain is on the way.",
        "It is so. It was so. So it is to be. We do not go. He is to go. I am to go on. No, no.",
        "本日午後二時ごろ、東京都内で火災があり、一人が軽いけがをした。",
        "北京今天下雨，市政府提醒市民注意安全，学校下午停课，地铁照常运行。",
    ],
)
def test_short_texts(body):
    """Many characters or many words make a text, and in Chinese and Japanese each character is a word."""
    assert not is_no_text(body)

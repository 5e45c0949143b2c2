"""Error, challenge and consent pages are refused, articles about such things are not."""

import pytest

from tests.transforms.extract.pages import PROSE
from transforms.errors import ExtractError
from transforms.extract.rejects import check_article, is_no_text

ARTICLE = "\n".join(PROSE * 3)
BRIEF = "\n".join(PROSE[:2])


def _reason_of(body, title="", utf8=b""):
    try:
        check_article(body, titles=(title,), utf8=utf8)
    except ExtractError as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Error 404 | The Times",
        "Page not found - Example News",
        "Sorry, this page can't be found",
        "Seite nicht gefunden",
        "Página no encontrada",
        "Página não encontrada",
        "Page introuvable",
        "Pagina non trovata",
        "Страница не найдена",
        "ページが見つかりません",
        "页面不存在",
    ],
)
def test_soft_404(title):
    """A short page whose title says that it does not exist is a soft 404, in many languages."""
    assert (
        _reason_of("We looked everywhere, but what you asked for is gone. Try our search or front page.", title)
        == "soft_404"
    )


@pytest.mark.parametrize(
    "title",
    [
        "Just a moment...",
        "Attention Required! | Cloudflare",
        "Access Denied",
        "Are you a robot?",
        "Log in",
        "403 Forbidden",
    ],
)
def test_challenge_title(title):
    """A short page titled as challenges and logins are is a blocked page."""
    assert _reason_of(BRIEF, title) == "blocked_page"


@pytest.mark.parametrize(
    "body",
    [
        "Please enable JavaScript and cookies to continue.",
        "Verify you are human by completing the action below.",
        "We and our partners use cookies. Accept all cookies to continue, or manage your choices in the settings.",
        "Our website is currently not available in your region due to GDPR.",
        "Um diese Seite zu lesen, müssen Sie JavaScript aktivieren.",
    ],
)
def test_challenge_text(body):
    """A few words that ask for scripts, cookies or proof of humanity are a blocked page."""
    assert _reason_of(body) == "blocked_page"


def test_challenge_script():
    """A page without text that runs a challenge's script is a blocked page."""
    assert _reason_of("", utf8=b"<script src='/cdn-cgi/challenge-platform/x.js'></script>") == "blocked_page"
    assert _reason_of("", utf8=b"<script src='/app.js'></script>") == "no_text"
    assert _reason_of(ARTICLE, utf8=b"<script src='/cdn-cgi/challenge-platform/x.js'></script>") == ""


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
        ("Flood", BRIEF + "\nPlease enable JavaScript to view the comments."),
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

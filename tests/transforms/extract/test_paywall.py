"""Pages that say that their text is not free."""

import pytest

from tests.transforms.extract.pages import PROSE, html_page, json_ld, signs_of_page
from transforms.extract.paywall import offer, states_paywall

FALSE = {"@type": "WebPageElement", "isAccessibleForFree": False}


@pytest.mark.parametrize(
    ("node", "is_paywalled"),
    [
        ({"isAccessibleForFree": False}, True),
        ({"isAccessibleForFree": "false"}, True),
        ({"isAccessibleForFree": "http://schema.org/False"}, True),
        ({"hasPart": FALSE}, True),
        ({"hasPart": [{"@type": "WebPageElement"}, FALSE]}, True),
        ({}, False),
        ({"isAccessibleForFree": True}, False),
        ({"isAccessibleForFree": "True", "hasPart": FALSE}, False),
        ({"hasPart": ["#part"]}, False),
        ({"hasPart": None}, False),
    ],
)
def test_json_ld(node, is_paywalled):
    """The article's or the page's node says it of all, or, if it says nothing of all, of a part."""
    assert states_paywall([{"@type": "NewsArticle", **node}], {}) is is_paywalled
    assert states_paywall([{"@type": ["WebPage"], **node}], {}) is is_paywalled


def test_other_nodes():
    """What is said of an event or a product is not said of the text."""
    assert not states_paywall([{"@type": "Event", "isAccessibleForFree": False}], {})


@pytest.mark.parametrize(
    ("name", "value", "is_paywalled"),
    [
        ("article:content_tier", "locked", True),
        ("og:article:content_tier", "Locked", True),
        ("article:content_tier", "metered", False),
        ("article:content_tier", "free", False),
        ("cxenseparse:recs:paywall", "true", True),
        ("isPremium".lower(), "1", True),
        ("ispremium", "0", False),
        ("isaccessibleforfree", "false", True),
        ("isaccessibleforfree", "true", False),
        ("article:premium_partner", "true", False),
        ("accessmode", "visual", False),
        ("robots", "no", False),
    ],
)
def test_meta(name, value, is_paywalled):
    """Meta tags say it in many names; metered texts are free to most, and other tags say nothing of it."""
    assert states_paywall([], {name: [value]}) is is_paywalled


OFFERS = [
    "Subscribe to continue reading",
    "Already a subscriber? Log in",
    "Weiterlesen mit dem Digital-Abo",
    "Dieser Artikel ist nur für Abonnenten",
    "Cet article est réservé aux abonnés",
    "Il vous reste 75 % de cet article à lire",
    "Este artículo es exclusivo para suscriptores",
    "Conteúdo exclusivo para assinantes",
    "Articolo riservato agli abbonati",
    "Dit artikel is alleen voor abonnees",
    "Den här artikeln är bara för prenumeranter",
    "Artykuł dostępny tylko dla subskrybentów",
    "Материал доступен только по подписке",
    "Tento článek je pouze pro předplatitele",
    "この記事は有料会員限定です",
    "残り1234文字",
    "订阅后继续阅读",
]


@pytest.mark.parametrize("line", OFFERS)
def test_offer(line):
    """An offer below an opening says it, in many languages, in the body's last lines or after it."""
    assert offer(signs_of_page(html_page(after=f"<p>{line}</p>")))
    assert offer(signs_of_page(html_page().replace(b"</article>", f"</article><div>{line}</div>".encode())))


@pytest.mark.parametrize("line", OFFERS[:3])
def test_offer_below_a_whole_text(line):
    """Below a long text an offer is advertising."""
    assert not offer(signs_of_page(html_page(*PROSE * 5, after=f"<p>{line}</p>")))


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to our newsletter",
        "Subscribers of the line waited for hours",
        "Clips are for members only",
        "Jetzt Newsletter abonnieren",
        "Abonnez-vous à notre lettre",
        "有料会員になると多くの記事を読めます",
        "The paper said that a hundred thousand readers subscribe to read it in print, and told how it came to that. "
        * 3,
    ],
)
def test_other_offers(line):
    """Offers of newsletters or of other texts, and paragraphs about subscribers, say nothing of this text."""
    assert not offer(signs_of_page(html_page(after=f"<p>{line}</p>")))


def test_json_ld_of_a_page():
    """A page's own markup is what is read."""
    head = json_ld('{"@type": "NewsArticle", "headline": "Flood", "isAccessibleForFree": "False"}')

    assert signs_of_page(html_page(head=head)).locked
    assert not signs_of_page(html_page()).locked

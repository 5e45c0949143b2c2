"""The language comes from the text, else from the page, else from the feed."""

import pytest

from tests.transforms.extract.pages import PROSE
from transforms.extract.language import language_tag, read_language

TEXTS = {
    "en": PROSE[0],
    "de": "Der Fluss stieg in der Nacht um zwei Meter und erreichte am Morgen die unteren Straßen der alten Stadt.",
    "es": "El río subió dos metros durante la noche y llegó por la mañana a las calles bajas de la ciudad antigua.",
    "fr": "La rivière est montée de deux mètres pendant la nuit et a atteint au matin les rues basses de la ville.",
    "ru": "Ночью река поднялась на два метра и к утру дошла до нижних улиц старого города, сообщил мэр.",
    "ja": "川の水位は夜のうちに二メートル上がり、朝には旧市街の低い通りに達したと市長が述べた。",
    "zh-Hans": "河水一夜之间上涨了两米，清晨已经漫到老城的低洼街道，市长说桥梁将继续关闭。",
}


@pytest.mark.parametrize(("tag", "text"), TEXTS.items())
def test_text_decides(tag, text):
    """A text of some length decides, against page and feed, and says how sure it is."""
    language = read_language(text, page="pt", hint="it")

    assert (language.tag, language.source) == (tag, "text")
    assert language.confidence > 0.5


def test_repeatable():
    """The same text gives the same language and the same number, every time."""
    assert len({read_language(TEXTS["es"]) for _ in range(5)}) == 1


def test_short_text():
    """A short text leaves the word to the page, then to the feed, then to nobody."""
    assert read_language("Two words.", page="de-AT", hint="fr")[:2] == ("de-AT", "page")
    assert read_language("Two words.", page="none", hint="fr")[:2] == ("fr", "feed")
    assert read_language("Two words.")[:2] == ("und", "none")


def test_no_letters():
    """Digits and links are no text to detect a language from."""
    assert read_language("1 2 3 https://example.org/ " * 20, page="sv")[:2] == ("sv", "page")


def test_unknown_to_the_detector():
    """A language without a profile is believed, because the detector would call it by a neighbour's name."""
    galician = (
        "O río subiu dous metros durante a noite e chegou pola mañá ás rúas baixas da cidade vella, dixo o alcalde."
    )

    assert read_language(galician, page="gl")[:2] == ("gl", "page")


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("EN", "en"),
        ("pt_br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("iw", "he"),
        ("jp", "ja"),
        ("", ""),
        ("English", ""),
        ("{{lang}}", ""),
    ],
)
def test_tags(stated, tag):
    """Stated languages become tags of the standard; what is none becomes nothing."""
    assert language_tag(stated) == tag

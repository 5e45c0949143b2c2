"""Datelines are read in the forms of many agencies, and captions are none."""

import pytest

from transforms.credits.dateline import read_dateline


@pytest.mark.parametrize(
    ("body", "place", "agencies"),
    [
        ("GENEVA (AP) — Rain fell.", "GENEVA", ("ap",)),
        ("NEW YORK, March 3 (Reuters) - Oil fell.", "NEW YORK", ("reuters",)),
        ("HAYWARD, Calif. (AP) _ The latest.", "HAYWARD, Calif.", ("ap",)),
        ("(Reuters) - Oil fell.", "", ("reuters",)),
        ("New Delhi [India], January 3 (ANI): The court said.", "New Delhi [India]", ("ani",)),
        ("MOSCOW, March 3. /TASS/. The ministry said.", "MOSCOW", ("tass",)),
        ("BEIJING, Jan. 3 (Xinhua) -- China will.", "BEIJING", ("xinhua",)),
        ("Hamburg (dpa/lno) – Trotz Regen kamen viele.", "Hamburg", ("dpa",)),
        ("Wien (APA/dpa) - Die Regierung tagt.", "Wien", ("apa", "dpa")),
        ("Berlin dpa - Die Regierung tagt.", "Berlin", ("dpa",)),
        ("Paris, 3 mars (AFP) – Le gouvernement a dit.", "Paris", ("afp",)),
        ("París, 3 mar (EFE).- El gobierno dijo.", "París", ("efe",)),
        ("Lisboa, 03 mar 2021 (Lusa) - O governo disse.", "Lisboa", ("lusa",)),
        ("(ANSA) - ROMA, 12 GEN - Il governo.", "ROMA", ("ansa",)),
        ("МОСКВА, 3 марта. /ТАСС/. Министр заявил.", "МОСКВА", ("tass",)),
        ("KVELLER via JTA — The state said.", "KVELLER", ("jta",)),
        ("［東京 ３日 ロイター］ - 日本銀行は", "東京", ("reuters",)),
        ("【パリ共同】フランス政府は", "パリ", ("kyodo",)),
        ("(서울=연합뉴스) 홍길동 기자 = 정부는", "서울", ("yonhap",)),
        ("新华社北京1月3日电 国务院", "北京", ("xinhua",)),
        ("【3月4日 AFP】米国の", "", ("afp",)),
        ("（中央社記者王小明台北3日電）行政院", "", ("cna",)),
        ("New Delhi, Mar 3 (PTI) The government said.", "New Delhi", ("pti",)),
        ("Tirupati (AP), Mar 3 (PTI) The temple reopened.", "Tirupati (AP)", ("pti",)),
        ("Caracas, 3 mar (Prensa Latina) El presidente dijo.", "Caracas", ("prensa-latina",)),
        ("(AFP) PARIS - The minister said.", "PARIS", ("afp",)),
        ("EFE.- El gobierno dijo.", "", ("efe",)),
        ("AGI - Il governo ha detto.", "", ("agi",)),
        ("МОСКВА, 3 мар — РИА Новости. Министр заявил.", "МОСКВА", ("ria",)),
        ("Москва. 3 марта. Интерфакс - Министр заявил.", "Москва", ("interfax",)),
        ("Budapest, MTI: A kormány szerint.", "Budapest", ("mti",)),
        ("Praha 3. března (ČTK) - Vláda rozhodla.", "Praha", ("ctk",)),
        ("Stockholm (TT): Regeringen vill.", "Stockholm", ("tt",)),
        ("København /ritzau/ - Regeringen vil.", "København", ("ritzau",)),
        ("DEN HAAG (ANP) - Het kabinet wil.", "DEN HAAG", ("anp",)),
        ("ANKARA (AA) - Bakan açıkladı.", "ANKARA", ("anadolu",)),
        ("Jakarta (ANTARA) - Pemerintah mengatakan.", "Jakarta", ("antara",)),
        ("القاهرة (رويترز) - قال وزير", "القاهرة", ("reuters",)),
        ("باريس - (أ ف ب) - قال وزير", "باريس", ("afp",)),
        ("Zürich (awp/sda) - Die Bank meldet.", "Zürich", ("awp", "keystone-sda")),
        ("Hamburg (dpa). Die Stadt baut.", "Hamburg", ("dpa",)),
        ("LONDON — The mayor said.", "LONDON", ()),
    ],
)
def test_forms(body, place, agencies):
    """A dateline gives its place without date, and the agencies in it."""
    dateline = read_dateline(body)

    assert (dateline.place, dateline.agencies) == (place, agencies)
    assert dateline.text
    assert body.startswith(dateline.text)


def test_below_a_heading():
    """The dateline may stand below a heading that the body begins with."""
    assert read_dateline("Oil falls again\nLONDON (Reuters) - Oil fell.").agencies == ("reuters",)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "The port of entry in Nogales, Ariz. (AP) In October, the guards left.",
        "NOGALES, Ariz. (AP) In October, the guards left.",
        "He told the paper (AP) — and others — to wait.",
        "The party (PTI) said that it would go on.",
        "He waits — and everybody else does.",
        "Диета - это просто, сказал врач.",
        "Oil fell, Reuters reported - again.",
        "VIJAYAWADA (AP): The state government said.",
        "The agency Agence France-Presse (AFP) has its seat in Paris.",
        "AP - three killed in a road accident",
        "Rome, 3 March 2021 (AFP)",
    ],
)
def test_no_dateline(body):
    """Captions, quoted agencies and plain sentences are no datelines."""
    assert read_dateline(body).agencies == ()


def test_long_line():
    """A line without end is read only at its start."""
    assert read_dateline("A" * 1_000_000 + " (AP) —") == ("", "", ())

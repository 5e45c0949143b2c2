"""The extractors that are compared: a saved page in, what each makes of it out, in one form.

Each gets the bytes as they were saved, with its own defaults, and the network stays out of it. What a field is called
elsewhere is mapped here; what an extractor doesn't read stays empty.
"""

import warnings
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from bench.replay import stated
from schemas.article import Extraction
from schemas.dating import Dating
from transforms.errors import ExtractError
from transforms.extract.blocks.model import BlockModel
from transforms.extract.page import extract_page

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that its extras are missing, which nothing here uses
    import newspaper

OURS, YARDSTICK = "ours", "trafilatura"


class Page(NamedTuple):
    """A saved page."""

    id: str
    # "" where they are not known
    site: str
    url: str
    html: bytes


class Prediction(NamedTuple):
    """What an extractor says of a page; empty where it says nothing."""

    text: str = ""
    title: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    lang: str | None = None
    # the reason, where the page was rejected as holding no article
    rejected: str = ""


Extract = Callable[[Page], Prediction]


def extractors(now: datetime) -> dict[str, Extract]:
    """Each extractor under its name; `now` is when the pages count as fetched."""
    return {
        OURS: partial(ours, now=now),
        YARDSTICK: trafilatura_default,
        "trafilatura-fast": trafilatura_fast,
        "newspaper4k": newspaper4k,
        "resiliparse": resiliparse,
    }


def ours(page: Page, *, now: datetime, model_of: Callable[[str], BlockModel] | None = None) -> Prediction:
    """Extract as the pipeline does; `model_of` gives another block model than the packaged one for a page's site."""
    model = model_of(page.site) if model_of else None
    try:
        found = extract_page(page.html, url=page.url, now=now, model=model)
    except ExtractError as error:
        return Prediction(rejected=error.reason)
    return predicted(found)


def predicted(found: Extraction) -> Prediction:
    """An extraction in; what is judged of it out."""
    return Prediction(found.body_text, found.title, date_of(found.published), found.authors, found.language)


def date_of(published: Dating) -> str | None:
    """A date of publication in; its digits as the page states them out, None where it is not known."""
    return stated(published.at, published.raw).isoformat() if published.at else None


def trafilatura_default(page: Page) -> Prediction:
    """Extract with trafilatura's defaults, with metadata."""
    found = trafilatura.bare_extraction(page.html, url=page.url or None, with_metadata=True)
    if found is None:
        return Prediction()
    authors = tuple((found.author or "").split("; ")) if found.author else ()
    return Prediction(found.text or "", found.title, found.date, authors, found.language)


def trafilatura_fast(page: Page) -> Prediction:
    """Extract the body alone, in trafilatura's fast mode."""
    options = {"fast": True, "favor_recall": True, "include_comments": False}
    found = trafilatura.bare_extraction(page.html, url=page.url or None, **options)
    return Prediction((found.text or "") if found else "")


def newspaper4k(page: Page) -> Prediction:
    """Extract with newspaper4k's defaults, but that it fetches no images."""
    found = newspaper.article(page.url, input_html=page.html, fetch_images=False)
    date = str(found.publish_date) if found.publish_date else None
    return Prediction(found.text, found.title, date, tuple(found.authors), found.meta_lang or None)


def resiliparse(page: Page) -> Prediction:
    """Extract the body alone, with resiliparse."""
    html = bytes_to_str(page.html, detect_encoding(page.html, from_html_meta=True) or "utf-8")
    return Prediction(extract_plain_text(html, main_content=True))

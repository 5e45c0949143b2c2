"""The stage's two entrances: a page's bytes, or a feed's own full text, in; what they give of an article out.

Pure: no network, no clock, no state but caches of data files. Meant for a killable process, because no check made
beforehand bounds the time a hostile page takes.
"""

from collections.abc import Container
from datetime import datetime
from typing import Any, NamedTuple

from schemas.article import Extraction
from transforms.credits.dateline import read_dateline
from transforms.credits.read import read_credits
from transforms.errors import ExtractError
from transforms.extract.blocks.model import BlockModel, packaged_model
from transforms.extract.body import Body, read_body, read_fragment
from transforms.extract.charset import to_utf8
from transforms.extract.ends import ends
from transforms.extract.guards import check_bytes, check_elements, check_markup
from transforms.extract.kinds import page_flags
from transforms.extract.language import read_language
from transforms.extract.metadata import Metadata, head_title, read_metadata
from transforms.extract.rejects import check_article
from transforms.extract.signs import Signs
from transforms.extract.tree import drop_dead_weight, parse_page


class Reading(NamedTuple):
    """What a page shows before anyone asks whether it is an article."""

    metadata: Metadata
    # the page's <title>, which on error pages says more than the title that its meta tags keep
    head_title: str
    body: Body
    utf8: bytes


def extract_page(
    html: bytes,
    *,
    url: str,
    charset: str = "",
    now: datetime,
    language_hint: str = "",
    given: Container[str] = (),
    model: BlockModel | None = None,
) -> Extraction:
    """Return what a page gives: body text, metadata, language, credited agencies.

    `charset` is what the Content-Type header says, `now` the time of the fetch, `language_hint` the feed's language,
    `given` what the feed gave and the page need not (metadata.py), `model` another block model than the packaged one.
    Raises ExtractError: not_html, page_too_large, and the reasons of rejects.py.
    """
    reading = read_page(html, url=url, charset=charset, now=now, given=given, model=model)
    return extraction_of(reading, url, language_hint)


def read_page(
    html: bytes,
    *,
    url: str,
    charset: str = "",
    now: datetime,
    given: Container[str] = (),
    model: BlockModel | None = None,
) -> Reading:
    """Return a page's metadata and its body with the judged blocks. Raises ExtractError: not_html, page_too_large."""
    tree, utf8 = open_page(html, charset)
    metadata, titled = read_metadata(tree, url=url, now=now, given=given), head_title(tree)
    # last: on doubt the tree loses what is not needed for a body
    body = read_body(tree, utf8, model or packaged_model(), url=url, title=metadata.title, description=metadata.summary)
    return Reading(metadata, titled, body, utf8)


def extraction_of(reading: Reading, url: str, language_hint: str = "") -> Extraction:
    """Return what a page that was read gives. Raises ExtractError with the reasons of rejects.py."""
    signs = signs_of(reading, url)
    check_article(signs)
    return _assemble(reading.body, reading.metadata, signs, language_hint)


def signs_of(reading: Reading, url: str) -> Signs:
    """Return what the rules about pages look at."""
    metadata, choice = reading.metadata, reading.body.choice
    return Signs(
        url=url,
        titles=(reading.head_title, metadata.title),
        body=reading.body.text,
        blocks=choice.blocks if choice else (),
        types=metadata.types,
        dated=metadata.dated,
        locked=metadata.paywalled,
        utf8=reading.utf8,
    )


def open_page(html: bytes, charset: str = "") -> tuple[Any, bytes]:
    """Return the tree of a page, and the page in UTF-8. Raises ExtractError: not_html, page_too_large."""
    check_bytes(html)
    utf8 = to_utf8(html, charset)
    check_markup(utf8)
    tree = parse_page(utf8)
    check_elements(tree)
    return tree, utf8


def extract_fragment(html: str, *, url: str, now: datetime, language_hint: str = "") -> Extraction:
    """Return what a feed's own full text gives, HTML or plain: all of its text is the body.

    Raises ExtractError: page_too_large, no_text where it is empty.
    """
    if "<" not in html:
        html = html.replace("\n", "<br>")
    wrapped = f"<html><body><div>{html}</div></body></html>".encode("utf-8", "replace")
    check_bytes(wrapped)
    tree = parse_page(to_utf8(wrapped))
    check_elements(tree)
    metadata = read_metadata(tree, url=url, now=now)
    drop_dead_weight(tree)
    body = read_fragment(tree)
    if not body.text:
        raise ExtractError("no_text", "the feed's full text is empty")
    return _assemble(body, metadata, Signs(url=url, body=body.text), language_hint)


def _assemble(body: Body, metadata: Metadata, signs: Signs, language_hint: str) -> Extraction:
    flags = page_flags(signs)
    language = read_language(body.text, page=metadata.language, hint=language_hint)
    dateline = read_dateline(body.text, language.tag)
    opening, closing = ends(body.text, body.around)
    agencies = read_credits(
        dateline,
        authors=metadata.authors.stated,
        bylines=metadata.bylines,
        opening=opening,
        closing=closing,
        stated=metadata.sources,
        url=metadata.canonical_url or signs.url,
        language=language.tag,
    )
    return Extraction(
        title=metadata.title,
        body_text=body.text,
        summary=metadata.summary,
        byline=_byline(metadata),
        dateline_text=dateline.text,
        dateline_place=dateline.place,
        authors=metadata.authors.names,
        authors_raw=" | ".join(metadata.authors.stated),
        agencies=agencies,
        publisher_tags=metadata.tags,
        section=metadata.section,
        site_name=metadata.site_name,
        canonical_url=metadata.canonical_url,
        image_url=metadata.image_url,
        published=metadata.published,
        modified=metadata.modified,
        language=language.tag,
        language_source=language.source,
        language_confidence=language.confidence,
        # whatever the markup says, a text that an offer cuts off is not free
        paywalled=metadata.paywalled or "paywall_teaser" in flags,
        page_flags=flags,
        extractor=body.extractor,
    )


def _byline(metadata: Metadata) -> str:
    """The author line: the marked one that names an author, for what else is marked as one may be a menu."""
    naming = (line for line in metadata.bylines if any(author in line for author in metadata.authors.names))
    return next(naming, "") or ", ".join(metadata.authors.names) or next(iter(metadata.bylines), "")

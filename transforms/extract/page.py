"""The stage's two entrances: a page's bytes, or a feed's own full text, in; what they give of an article out.

Pure: no network, no clock, no state but caches of data files. Meant for a killable process, because no check made
beforehand bounds the time a hostile page takes.
"""

from datetime import datetime

from schemas.article import Extraction
from transforms.errors import ExtractError
from transforms.extract.body import Body, read_body, read_fragment
from transforms.extract.charset import to_utf8
from transforms.extract.credits import ends, read_credits
from transforms.extract.dateline import read_dateline
from transforms.extract.guards import check_bytes, check_elements, check_markup
from transforms.extract.language import read_language
from transforms.extract.metadata import Metadata, head_title, read_metadata
from transforms.extract.rejects import check_article
from transforms.extract.tree import drop_dead_weight, parse_page, texts


def extract_page(html: bytes, *, url: str, charset: str = "", now: datetime, language_hint: str = "") -> Extraction:
    """Return what a page gives: body text, metadata, language, credited agencies.

    `charset` is what the Content-Type header says, `now` the time of the fetch, `language_hint` the feed's language.
    Raises ExtractError: not_html, page_too_large, no_text, soft_404, blocked_page.
    """
    check_bytes(html)
    utf8 = to_utf8(html, charset)
    check_markup(utf8)
    tree = parse_page(utf8)
    check_elements(tree)
    metadata, titled = read_metadata(tree, url=url, now=now), head_title(tree)
    drop_dead_weight(tree)
    body = read_body(tree, utf8, url=url)
    check_article(body.text, titles=(titled, metadata.title), utf8=utf8)
    return _assemble(body, metadata, texts(tree), language_hint)


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
    return _assemble(body, metadata, [], language_hint)


def _assemble(body: Body, metadata: Metadata, visible: list[str], language_hint: str) -> Extraction:
    language = read_language(body.text, page=metadata.language, hint=language_hint)
    dateline = read_dateline(body.text)
    opening, closing = ends(body.text, visible)
    agencies = read_credits(
        dateline, authors=metadata.authors, bylines=metadata.bylines, opening=opening, closing=closing
    )
    return Extraction(
        title=metadata.title,
        body_text=body.text,
        summary=metadata.summary,
        byline=_byline(metadata),
        dateline_text=dateline.text,
        dateline_place=dateline.place,
        authors=metadata.authors,
        agencies=agencies,
        publisher_tags=metadata.tags,
        site_name=metadata.site_name,
        canonical_url=metadata.canonical_url,
        published=metadata.published,
        modified=metadata.modified,
        language=language.tag,
        language_source=language.source,
        language_confidence=language.confidence,
        paywalled=metadata.paywalled,
        extractor=body.extractor,
    )


def _byline(metadata: Metadata) -> str:
    """The author line: the marked one that names an author, for what else is marked as one may be a menu."""
    naming = (line for line in metadata.bylines if any(author in line for author in metadata.authors))
    return next(naming, "") or ", ".join(metadata.authors) or next(iter(metadata.bylines), "")

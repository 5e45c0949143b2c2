"""A page in, an article out: what the feed states first, then what the page gives. Run in a killable process."""

import hashlib
from dataclasses import replace
from urllib.parse import urlsplit

from schemas.article import Article, Extraction
from schemas.dating import Dating
from schemas.entry import Entry
from schemas.page import Page
from transforms.credits.read import best_credits, feed_credits
from transforms.errors import ExtractError
from transforms.extract.authors import Authors, choose_authors, names_person
from transforms.extract.charset import is_guess
from transforms.extract.links import is_foreign
from transforms.extract.page import extract_fragment, extract_page
from transforms.extract.titles import folded

# written without blanks: their words are counted in characters
_UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}
_MAX_BODY = 500_000


def extract_article(page: Page) -> Article:
    """Return the article behind a page, or from the feed's full text where the page is not there or has none.

    Raises ExtractError where there is no article to give.
    """
    return assemble(page, _found(page))


def _found(page: Page) -> Extraction:
    if page.html is None:
        return _of_feed(page)
    try:
        return extract_page(
            page.html,
            url=page.final_url,
            charset=page.charset,
            now=page.fetched_at,
            language_hint=page.entry.language,
            given=_given(page.entry),
        )
    except ExtractError:
        if not page.entry.content_html:
            raise
        return _of_feed(page)


def _of_feed(page: Page) -> Extraction:
    entry = page.entry
    return extract_fragment(entry.content_html, url=entry.url, now=page.fetched_at, language_hint=entry.language)


def _given(entry: Entry) -> set[str]:
    """What the feed states so that the page is not asked for it."""
    stated = {"published": entry.published.at, "modified": entry.updated.at, "tags": entry.tags}
    return {name for name, value in stated.items() if value}


# what passes from the feed's entry, and from the page, into the article as it is
_OF_ENTRY = ("article_id", "url", "guid", "feed_url", "entry_sha256", "run_id", "known")
_OF_PAGE = (
    *("canonical_url", "image_url", "section", "dateline_text", "dateline_place", "paywalled"),
    *("extractor", "language", "language_source", "language_confidence"),
)


def assemble(page: Page, found: Extraction) -> Article:
    """An article of what the feed states and what the page gives, in this order of trust."""
    entry, body = page.entry, found.body_text[:_MAX_BODY]
    published, modified, authors = publication(entry, found), modification(entry, found), authorship(entry, found)
    first_seen_at = entry.known.first_seen_at if entry.known else entry.first_seen_at
    same = {name: getattr(entry, name) for name in _OF_ENTRY} | {name: getattr(found, name) for name in _OF_PAGE}
    return Article(
        entry_flags=entry.flags,
        page_flags=found.page_flags + odd_page(page, found),
        source_domain=(urlsplit(page.final_url).hostname or "").removeprefix("www."),
        source_name=entry.source_name or found.site_name,
        title=entry.title or found.title,
        body_text=body,
        summary=entry.summary or found.summary,
        agencies=best_credits([*found.agencies, *feed_credits(entry.authors, entry.source_name, found.language)]),
        byline=found.byline or ", ".join(entry.authors),
        authors=authors.names,
        authors_raw=" | ".join(authors.stated),
        publisher_tags=entry.tags or found.publisher_tags,
        published_at=published.at or first_seen_at,
        modified_at=modified.at,
        first_seen_at=first_seen_at,
        fetched_at=page.fetched_at,
        published_raw=published.raw,
        published_source=published.source,
        published_precision=published.precision,
        published_flags=published.flags,
        modified_raw=modified.raw,
        modified_source=modified.source,
        word_count=count_words(body, found.language),
        http_status=page.http_status,
        revision_no=entry.known.revision_no + 1 if entry.known else 1,
        content_sha256=text_hash(body),
        **same,
    )


def odd_page(page: Page, found: Extraction) -> tuple[str, ...]:
    """What is odd about a page besides its kind, as words of PAGE_FLAGS in their order."""
    holds = {
        "downgraded": "downgraded" in page.flags,
        "canonical_foreign": is_foreign(found.canonical_url, page.final_url),
        "encoding_guessed": page.html is not None and found.extractor != "feed" and is_guess(page.html, page.charset),
        "truncated": len(found.body_text) > _MAX_BODY,
    }
    return tuple(flag for flag, odd in holds.items() if odd)


def text_hash(text: str) -> str:
    """SHA-256 of a text with white space folded: equal for equal texts, however they are set.

    >>> text_hash("two  words\\n") == text_hash("two words")
    True
    """
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()


def publication(entry: Entry, found: Extraction) -> Dating:
    """The date of publication: of the feed, else of the page, else none, with what was odd on the way.

    A page's date stands in for a feed's that is missing or not to be trusted; then the feed's flags stay beside the
    page's.
    """
    stated = [dating for dating in (entry.published, found.published) if dating.raw]
    flags = tuple(dict.fromkeys(flag for dating in stated for flag in dating.flags))
    if entry.published.at:
        return entry.published
    if found.published.at:
        return replace(found.published, flags=flags)
    raw: str = stated[0].raw if stated else ""
    return Dating(None, raw, "first_seen", "none", flags or ("date_missing",))


def modification(entry: Entry, found: Extraction) -> Dating:
    """The date of the last edit: of the feed, else of the page; without one to be trusted, what was stated."""
    stated = (entry.updated, found.modified)
    return next((d for d in stated if d.at), next((d for d in stated if d.raw), Dating()))


def authorship(entry: Entry, found: Extraction) -> Authors:
    """The authors: of the feed, if it names a person or the page names nobody, else of the page."""
    fed = choose_authors([entry.authors], frozenset(map(folded, (entry.source_name, found.site_name))))
    of_page = Authors(found.authors, (found.authors_raw,))
    return fed if any(map(names_person, fed.names)) or not found.authors else of_page


def count_words(text: str, language: str) -> int:
    """Words of a text; characters where the language is written without blanks.

    >>> count_words("two words", "en"), count_words("日本 語", "ja")
    (2, 3)
    """
    words = text.split()
    return sum(map(len, words)) if language.partition("-")[0] in _UNSPACED else len(words)

"""A body text and what stands around it in, the agencies that the text is credited to out, each with its evidence.

Only the forms of a credit count: the dateline, the byline, the closing credit. An agency that is quoted in the text
("told AP"), or that took the pictures ("Photo: AFP"), wrote nothing of it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from schemas.article import Agency
from transforms.credits.agencies import SURE, UNSURE, Marked, agency_of_site, mark_agencies, publisher_of_site
from transforms.credits.dateline import Dateline, line_dateline
from transforms.credits.forms import BYLINE, CLOSING, EDITORS, PICTURE, PICTURE_LABEL, STATED, Form

# characters: of a line that may be a credit, of one marked as a byline, of the parts of one in two, and of one that
# is all about its picture where it names one
_LONGEST, _MARKED, _PART, _SHORT = 240, 80, 60, 100
# a photographer's name before an agency, and what only a sentence about an author says
_PHOTOGRAPHER = re.compile(rf"[^\W\d_]{{2,20}}\s[^\W\d_]{{2,20}}\s?/\s?(?:[\w .]{{1,20}}/)?[{SURE}{UNSURE}]")
_BIO = re.compile(
    r"\b(?:is|was|were|has|had|who|previously|former|formerly|worked|works|writes|covers?|joined|told|said|ist|war|arbeitete?"
    r"|berichtet|est|a été|es|fue|trabajó|trabaja|è|lavora|jest|był|pracował)\b"
)
# an agency in a feed's own name: Reuters: World News
_FEED = re.compile(rf"^\W{{0,4}}(?:The )?{SURE}(?:\s?[-:|–—/].*|\s(?:top |world |latest )*news\b.*)?$", re.I)
_COPYRIGHT = re.compile(r"^\W{0,4}(?:©|\([cC]\)|[cC]opyright\b)[^.!?]{0,80}(?:\.\s?[^.!?]{0,80}){0,3}\W{0,4}$")
# lines at the start and at the end of a body that may be nothing but credits
_OPENING, _ENDING = 3, 6
_NONE = Marked("")


def read_credits(
    dateline: Dateline,
    *,
    authors: Iterable[str],
    bylines: Iterable[str],
    opening: Iterable[str],
    closing: Iterable[str],
    stated: Iterable[str] = (),
    url: str = "",
    language: str = "",
) -> tuple[Agency, ...]:
    """Return the agencies a text is credited to, the surest evidence for each, surest first.

    `authors`, `bylines` and `stated` (a text's source, provider or publisher) are marked as such by the page, `opening`
    and `closing` are the lines at both ends of the body, inside and outside, in order; `url` is the one that the page
    calls its own; `language` tells names from words where the name is all there is.
    """
    language = language.partition("-")[0]
    found = [
        *(Agency(agency, "author", dateline.text, 0.95) for agency in dateline.agencies),
        *_authored(authors, language, 0.9),
        *_authored(islice(bylines, 2), language, 0.85),  # what is marked further down belongs to other articles
        *_of_fields(stated, language),
        *(Agency(agency, "source", url, 0.8) for agency in [agency_of_site(url)] if agency),
        *_of_lines(opening, BYLINE, language),
        *_of_lines(closing, CLOSING, language),
    ]
    publisher = publisher_of_site(url)
    return best_credits(credit for credit in found if credit.agency != publisher)


def best_credits(found: Iterable[Agency]) -> tuple[Agency, ...]:
    """Return the surest of several credits for each agency, surest first, earlier ones before equally sure ones."""
    best: dict[str, Agency] = {}
    for credit in sorted(found, key=lambda credit: -credit.confidence):
        best.setdefault(credit.agency, credit)
    return tuple(best.values())


def feed_credits(authors: Iterable[str], source: str, language: str = "") -> tuple[Agency, ...]:
    """Return the agencies that a feed names as an entry's authors, or that the feed is of.

    >>> [credit.agency for credit in feed_credits(["Ann Writer, AFP"], "Reuters: World News")]
    ['afp', 'reuters']
    """
    language = language.partition("-")[0]
    named = mark_agencies(source[:_MARKED], language)
    of_feed = _FEED.match(named.text)
    return best_credits(
        [*_authored(authors, language, 0.85), *(_credits(named, of_feed.span(), "author", 0.75) if of_feed else ())]
    )


def is_credit_line(line: str, language: str = "") -> bool:
    """Whether a line is nothing but a credit, a copyright or the names of its editors.

    >>> is_credit_line("(dpa/afp)"), is_credit_line("The minister told AFP that it rained.")
    (True, False)
    """
    if len(line) > _LONGEST:
        return False
    marked = mark_agencies(line.strip(), language)
    if _COPYRIGHT.match(marked.text) or _is_whole(marked, EDITORS):
        return True
    return bool(marked.names) and any(_is_whole(marked, form.pattern) for form in (*CLOSING, *BYLINE))


def without_credits(text: str, language: str = "") -> str:
    """Return a text, one line a block, without the credit lines at its two ends: they tell copies of one story apart.

    >>> without_credits("(AP)\\nRain fell on the town.\\nSource: AFP and EFE")
    'Rain fell on the town.'
    """
    lines = text.split("\n")
    language, inner = language.partition("-")[0], range(_OPENING, len(lines) - _ENDING)
    kept = (line for place, line in enumerate(lines) if place in inner or not is_credit_line(line, language))
    return "\n".join(kept)


def _is_whole(marked: Marked, pattern: re.Pattern[str]) -> bool:
    """Whether a pattern begins within the first characters of a line and leaves no sentence behind its match."""
    match = pattern.search(marked.text)
    return match is not None and match.start() <= 2 and len(marked.text) - match.end() <= 80


def _authored(lines: Iterable[str], language: str, confidence: float) -> Iterator[Agency]:
    """Credits of lines that the page or feed marks as the author's: any agency named there."""
    for line in lines:
        marked = mark_agencies(line[:_MARKED], language)
        if marked.names and not _is_no_author(marked):
            yield from _credits(marked, (0, len(marked.text)), "author", confidence)


def _is_no_author(marked: Marked) -> bool:
    """Whether a line names a photographer, or tells about an author."""
    picture = PICTURE.search(marked.text) or _PHOTOGRAPHER.search(marked.text)
    return bool(picture or (_BIO.search(marked.text) and not marked.text.startswith((SURE, UNSURE))))


def _of_fields(values: Iterable[str], language: str) -> Iterator[Agency]:
    """Credits of fields that hold nothing but a text's source."""
    for value in values:
        marked = mark_agencies(value[:_MARKED], language)
        if (match := STATED.match(marked.text)) and SURE in match[0]:
            yield from _credits(marked, match.span("credit"), "source", 0.85)


def _of_lines(lines: Iterable[str], forms: tuple[Form, ...], language: str) -> Iterator[Agency]:
    """Credits in lines, and in two short ones as one, for mark-up breaks credits up."""
    cut = slice(-_LONGEST, None) if forms is CLOSING else slice(_LONGEST)
    marked = [mark_agencies(line[cut], language) for line in lines]
    following = [
        (before, _joined(line, after))
        for before, line, after in zip([_NONE, *marked], marked, marked[1:], strict=False)
    ]
    for before, line in [*pairwise([_NONE, *marked]), *following]:
        if line.names and not PICTURE_LABEL.match(before.text):
            yield from _matched(line, forms)
            if forms is BYLINE and len(line.text) > _PART:  # a paragraph; a short line is a headline
                text, _, agencies = line_dateline(line)
                yield from (Agency(agency, "author", text, 0.85) for agency in agencies)
    if forms is CLOSING:
        editors = (line.words(*match.span()) for line in marked if (match := EDITORS.search(line.text)))
        yield from (Agency("reuters", "source", words, 0.9) for words in editors)


def _joined(line: Marked, after: Marked) -> Marked:
    if max(len(line.text), len(after.text)) > _PART:
        return _NONE
    return Marked(f"{line.text} {after.text}", line.names + after.names)


def _matched(marked: Marked, forms: Iterable[Form]) -> Iterator[Agency]:
    for form in forms:
        match = form.pattern.search(marked.text)
        if match and not PICTURE.search(marked.text if len(marked.text) <= _SHORT else match[0]):
            yield from _credits(marked, match.span(), form.role, form.confidence, match.span("credit"))


def _credits(
    marked: Marked, span: tuple[int, int], role: str, confidence: float, credit: tuple[int, int] | None = None
) -> Iterator[Agency]:
    """A credit for each agency in a part of a line; the words of a wider one are the evidence."""
    evidence = marked.words(*span).strip()
    yield from (Agency(agency, role, evidence, confidence) for agency in marked.agencies(*(credit or span)))

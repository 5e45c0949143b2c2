"""The columns of the block model, in order: the name of each, with its meaning.

Weights and columns belong together: data/blocks.json names the columns it was trained on, and loads with no others.
"""

import sys

from transforms.extract.blocks.walk import INSIDE
from transforms.extract.blocks.words import GROUPS

_OF_BLOCK = {
    "length": "log of 1 + characters; those of Chinese, Japanese and Korean count 2.5",
    "links": "share of characters in links",
    "sentence_end": "ends as a sentence does",
    "heading": "is a heading",
    "extracted": "the second extractor has it in its text; -1 where it was not asked",
    "words": "blanks + 1",
    "link_count": "links, 10 at most",
    "commas": "commas",
    "digits": "share of digits in the first 200 characters",
    "capitals": "share of capitals in the first 200 characters",
    "bold": "share of characters in bold type",
    "p": "stands in a p element",
    "h1": "stands in an h1 element",
    "li": "stands in an li element",
    "cell": "stands in a table's cell",
    "box": "stands in a div, section, article or body itself",
    "place": "place among the page's blocks, 0 to 1",
    "text_before": "share of the page's text that stands before it",
    "after_first_good": "blocks since the first of good text; negative before it",
    "before_last_good": "blocks until the last of good text; negative after it",
    "after_headline": "blocks since the headline; -99 without one",
    "alike_good": "share of the page's good text in blocks that look alike: same tag, and same classes on two levels",
    "alike_count": "blocks that look alike",
    "alike_share": "share of good text in the text of blocks that look alike",
    "repeats": "blocks before it with the same words",
    "best_depth": "depth of the container of most of the page's good text",
    "page_good": "share of good text in the page's text",
    "page_length": "log of 1 + characters of good text on the page",
    "call": "begins as lines do that stand around articles: read more, subscribe, source",
    "consent": "asks for consent to cookies or to embedded content",
    "like_title": "repeats the title",
    "like_summary": "repeats the page's description",
}
_OF_CONTAINER = {
    **{
        f"word_{group}": f"class or id names {group}: 4 on the element itself, 3, 2 on the two around, 1 further out"
        for group in GROUPS
    },
    **{f"in_{name}": f"stands in an element that is: {name}" for name in INSIDE},
    "in_best": "stands in the container of most of the good text",
    "to_best": "levels up to that container; 10 and more where it stands outside",
    **{f"good_{up}": f"share of the page's good text in the container {up} levels up" for up in range(4)},
    **{f"links_{up}": f"share of links in the text of the container {up} levels up" for up in range(3)},
    "siblings": "blocks in the container one level up",
}
_OWN = {**_OF_BLOCK, **_OF_CONTAINER}
_COPIED = ("length", "links", "sentence_end", "heading", "extracted")

# rows before and after of which each row repeats some columns
OFFSETS = (-2, -1, 1, 2)

MEANINGS: dict[str, str] = {
    **_OWN,
    **{
        f"{name}[{offset:+}]": meaning
        for offset in OFFSETS
        for name, meaning in (
            *((name, f"{name} of the block at {offset:+}; -1 beyond the page") for name in _COPIED),
            ("alike", f"whether the block at {offset:+} looks alike; -1 beyond the page"),
        )
    },
}
COLUMNS: tuple[str, ...] = tuple(MEANINGS)

# indices: of the columns repeated for neighbours, and of all that hold the second extractor's choice
NEIGHBOURS = [COLUMNS.index(name) for name in _COPIED]
EXTRACTED = [COLUMNS.index(name) for name in ("extracted", *(f"extracted[{offset:+}]" for offset in OFFSETS))]


def columns_page() -> str:
    """The page docs/block-columns.md."""
    head = "What the block model knows of a block ([how a page becomes an article](extraction.md))."
    rows = (f"| {number} | `{name}` | {meaning} |" for number, (name, meaning) in enumerate(MEANINGS.items()))
    lines = ("# Columns of the block model", "", f"{head} Written by `make docs`.", "", "| | column | meaning |")
    return "\n".join([*lines, "|---|---|---|", *rows, ""])


if __name__ == "__main__":
    sys.stdout.write(columns_page())

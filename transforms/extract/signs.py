"""What the rules about a page look at: its address, titles, text and blocks, and what it says that it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import SplitResult, urlsplit

from transforms.extract.blocks.walk import INSIDE, Block

# Chinese, Japanese and Thai are written without blanks: each character stands for a word
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")
# a line of prose is as long as this and has a sentence's end; a headline or a menu has not both
_PROSE_LINE, _PROSE_LINE_UNSPACED = 80, 35
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]*(?:\s|$)|[。！？।॥؟]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ARTICLE_TYPE = re.compile("article|posting|report|review|recipe")
# how long headlines are, and the share of a headline's text that is a link
_HEADLINE, _LINKED = range(20, 200), 0.8
# a shorter line of the body may stand elsewhere on the page, too; and how many blocks below the body are looked at
_TELLING, _BELOW = 20, 8
_OFFER = 200


@dataclass(frozen=True)
class Signs:
    """A page as the rules see it."""

    # where redirects led
    url: str = ""
    # what its <title> says, and its headline
    titles: tuple[str, ...] = ()
    # the extracted text, one line a block
    body: str = ""
    # all of its text
    blocks: Sequence[Block] = ()
    # what it says that it is, in lower case: JSON-LD types of its own nodes, its og:type as "og:article"
    types: frozenset[str] = frozenset()
    # its markup states when it was published
    dated: bool = False
    # its markup says that its text is not free
    locked: bool = False
    # the page itself
    utf8: bytes = b""

    @cached_property
    def address(self) -> SplitResult:
        """The URL in parts, none of an impossible one."""
        try:
            return urlsplit(self.url.lower())
        except ValueError:
            return urlsplit("")

    @cached_property
    def lines(self) -> list[str]:
        """The body's lines."""
        return self.body.split("\n") if self.body else []

    @cached_property
    def words(self) -> int:
        """Words of the body."""
        return count_words(self.body)

    @cached_property
    def prose(self) -> int:
        """Characters of the longest run of lines of prose."""
        longest = run = 0
        for line in self.lines:
            run = run + len(line) if is_prose(line) else 0
            longest = max(longest, run)
        return longest

    @cached_property
    def says_article(self) -> bool:
        """Whether its markup calls it an article, or dates it as one."""
        return self.dated or any(_ARTICLE_TYPE.search(kind) for kind in self.types)

    @cached_property
    def headlines(self) -> int:
        """How many lines of a headline's length are links, outside navigation and footer."""
        return sum(len(b.text) in _HEADLINE and b.linked > _LINKED * len(b.text) for b in self.blocks)

    @cached_property
    def captions(self) -> list[str]:
        """The texts of its figures."""
        return [block.text for block in self.blocks if block.container.inside & INSIDE["figure"]]

    @cached_property
    def span(self) -> tuple[int, int]:
        """Where the body begins and ends among the blocks; (0, 0) where no block is in it."""
        lines = {line for line in self.lines if len(line) >= _TELLING}
        places = [place for place, block in enumerate(self.blocks) if block.text in lines]
        return (places[0], places[-1] + 1) if places else (0, 0)

    @cached_property
    def closing(self) -> list[str]:
        """The short lines at the body's end and below it on the page, where offers stand."""
        end = self.span[1]
        below = (block.text for block in self.blocks[end : end + _BELOW]) if end else ()
        return [line for line in (*self.lines[-2:], *below) if len(line) <= _OFFER]

    @cached_property
    def names(self) -> str:
        """The page's path and titles, a line each, in lower case."""
        return "\n".join((self.address.path, *dict.fromkeys(title.lower() for title in self.titles)))


def is_prose(line: str) -> bool:
    """Whether a line is a paragraph and no headline, caption or list item.

    >>> is_prose("Rain in the north"), is_prose("The rain began on Monday. " * 4)
    (False, True)
    """
    shortest = _PROSE_LINE_UNSPACED if _UNSPACED.search(line) else _PROSE_LINE
    return len(line) >= shortest and _SENTENCE_END.search(line) is not None


def count_words(text: str) -> int:
    """Words of a text; a character of a script without blanks counts as one.

    >>> count_words("two words"), count_words("日本")
    (2, 2)
    """
    return len(_WORD.findall(text))

"""A page's blocks in, the chosen ones out: the model's weights (data/blocks.json), its doubt, and the choice.

The page's own blocks are judged first. Where that leaves doubt, another extractor is asked, whose choice is then one
more column for a second set of trees. Decision 0006 has what was measured.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.extract.blocks.columns import Matrix, read_columns, with_extracted
from transforms.extract.blocks.lines import squeezed
from transforms.extract.blocks.names import COLUMNS
from transforms.extract.blocks.trees import Trees
from transforms.extract.blocks.walk import Block

_CHOSEN = 0.5
# a block counts with this power of its length: one long sure paragraph must not hide the doubt about ten short ones
_LENGTH_POWER = 0.7
# lines of this length stand in a text once; one of the other that holds four others is a hidden copy of them
_LONG, _COPY, _COPIED, _SURE = 60, 1_200, 50, 4
# of the others are looked for, because a copy holds them all
_TRIED = 100


@dataclass(frozen=True, eq=False)
class BlockModel:
    """The weights: trees for the page alone and with a second extractor, and how much doubt asks for that."""

    page: Trees
    with_extracted: Trees
    doubt: float

    @classmethod
    def of(cls, data: Any) -> "BlockModel":
        """The model as data/blocks.json keeps it. Raises ValueError for weights of other columns."""
        if tuple(data["columns"]) != COLUMNS:
            raise ValueError("the block model was trained on other columns: python -m bench.train_blocks")
        return cls(Trees.of(data["page"]), Trees.of(data["with_extracted"]), data["doubt"])


class Choice(NamedTuple):
    """The blocks of a page as judged; `extracted` is the second extractor's text, None where it was not asked."""

    blocks: Sequence[Block]
    columns: Matrix
    probabilities: NDArray[np.float64]
    # places of the chosen blocks
    chosen: list[int]
    extracted: str | None

    @property
    def text(self) -> str:
        """The chosen blocks, one a line."""
        return "\n".join(self.blocks[place].text for place in self.chosen)


@lru_cache(maxsize=1)
def packaged_model() -> BlockModel:
    """Return the model that the package carries."""
    return BlockModel.of(json.loads(files("transforms.extract").joinpath("data/blocks.json").read_text("utf-8")))


def choose_blocks(
    blocks: Sequence[Block],
    model: BlockModel,
    *,
    title: str,
    description: str,
    extract: Callable[[], str],
    shortest: int,
) -> Choice:
    """Return a page's blocks with those chosen as the article's text.

    `extract` gives the second extractor's text; it is called only on doubt, or where fewer than `shortest` characters
    are chosen.
    """
    columns = read_columns(blocks, title=title, description=description)
    probabilities = model.page.probabilities(columns)
    choice = Choice(blocks, columns, probabilities, _chosen(blocks, probabilities), None)
    if doubt(blocks, probabilities) < model.doubt and len(choice.text) >= shortest:
        return choice
    text = extract()
    columns = with_extracted(columns, blocks, text)
    probabilities = model.with_extracted.probabilities(columns)
    return Choice(blocks, columns, probabilities, _chosen(blocks, probabilities), text)


def doubt(blocks: Sequence[Block], probabilities: NDArray[np.float64]) -> float:
    """Return how much of a page's text is uncertain, against how much is chosen; infinite where nothing is."""
    weights = np.array([len(block.text) for block in blocks], dtype=float) ** _LENGTH_POWER
    chosen = float((weights * probabilities).sum())
    uncertain = float((weights * np.minimum(probabilities, 1 - probabilities)).sum())
    return uncertain / chosen if chosen else float("inf")


def _chosen(blocks: Sequence[Block], probabilities: NDArray[np.float64]) -> list[int]:
    """Places of the likely blocks; a long one once, and none that holds the others."""
    seen, places = set[str](), []
    for place in np.flatnonzero(probabilities >= _CHOSEN).tolist():
        text = blocks[place].text
        if len(text) <= _LONG or text not in seen:
            seen.add(text)
            places.append(place)
    return _without_copies(blocks, places)


def _without_copies(blocks: Sequence[Block], places: list[int]) -> list[int]:
    """The places without those of one block that repeats the whole text, as pages hide one for other readers."""
    if not any(len(blocks[place].text) > _COPY for place in places):
        return places
    starts = [key for place in places if len(key := squeezed(blocks[place].text[:200])) > _COPIED]
    return [place for place in places if len(blocks[place].text) <= _COPY or not _holds(blocks[place].text, starts)]


def _holds(text: str, starts: Sequence[str]) -> bool:
    key = squeezed(text)
    held = (start for start in starts[:_TRIED] if start in key)
    return next(islice(held, _SURE - 1, None), None) is not None  # one of them is its own

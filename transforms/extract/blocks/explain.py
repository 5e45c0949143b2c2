"""A judged page in, each block with its score and the columns that moved it out."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from transforms.extract.blocks.model import BlockModel, Choice
from transforms.extract.blocks.names import COLUMNS


class Reason(NamedTuple):
    """A column that moved a block's score."""

    # a key of blocks.names.MEANINGS
    column: str
    value: float
    # in log odds: above 0 towards the article
    moved: float


class Judged(NamedTuple):
    """A block of a page with what the model says of it."""

    text: str
    tag: str
    chosen: bool
    # that it belongs to the article, 0 to 1
    probability: float
    reasons: tuple[Reason, ...]


def explain_blocks(choice: Choice, model: BlockModel, *, most: int = 4) -> Iterator[Judged]:
    """Yield every block of a page, in order, with the columns that moved it most, the strongest first.

    A likely block that is not chosen repeats another one.
    """
    trees = model.page if choice.extracted is None else model.with_extracted
    chosen = set(choice.chosen)
    for place, (block, probability) in enumerate(zip(choice.blocks, choice.probabilities.tolist(), strict=True)):
        row = choice.columns[place]
        moved = trees.reasons(row)
        strongest = np.argsort(-np.abs(moved))[:most].tolist()
        reasons = tuple(Reason(COLUMNS[i], float(row[i]), float(moved[i])) for i in strongest if moved[i])
        yield Judged(block.text, block.tag, place in chosen, probability, reasons)

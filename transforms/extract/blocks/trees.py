"""Rows of numbers in, the probability of each out: boosted regression trees of depth 3, evaluated in numpy.

Gradient boosting after Friedman (2001). A tree is seven tests, column > threshold, in the order of a heap, and eight
leaves; a shallower one repeats its leaf. Reasons are read along the paths (Saabas 2014): each test moves the sum by the
difference between the means of the two nodes it leads from and to.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TESTS = 7
# rows judged at once: each takes some 10 KB
_AT_ONCE = 1_000
Row = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees as arrays, each with a row per tree."""

    base: float
    # the seven tests
    columns: NDArray[np.intp]
    thresholds: NDArray[np.float32]
    # the means of the seven inner nodes, then the eight leaves, in log odds
    values: NDArray[np.float64]

    @classmethod
    def of(cls, data: Any) -> "Trees":
        """Trees as they are kept: base, and for each tree columns, thresholds, values."""
        return cls(
            float(data["base"]),
            np.array(data["columns"], dtype=np.intp),
            np.array(data["thresholds"], dtype=np.float32),
            np.array(data["values"], dtype=np.float64),
        )

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability of each row."""
        slices = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
        sums = np.concatenate([self._sums(some) for some in slices]) if slices else np.empty(0)
        return np.asarray(1 / (1 + np.exp(-sums)))

    def _sums(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        # values are laid out tree after tree
        first_leaves = np.arange(_TESTS, self.values.size, self.values.shape[1])[:, None]
        return np.asarray(self.values.take(self._leaves(rows) + first_leaves).sum(axis=0) + self.base)

    def reasons(self, row: Row) -> NDArray[np.float64]:
        """How much each column moved one row, in log odds; together with a constant they are its sum."""
        trees, moved = np.arange(len(self.columns)), np.zeros(len(row))
        leaves = self._leaves(row[None, :])[:, 0].astype(np.intp)
        path = (np.zeros_like(leaves), 1 + (leaves >> 2), 3 + (leaves >> 1), 7 + leaves)
        for node, following in pairwise(path):
            np.add.at(moved, self.columns[trees, node], self.values[trees, following] - self.values[trees, node])
        return moved

    def _leaves(self, rows: NDArray[np.float32]) -> NDArray[np.uint8]:
        """The leaf of each row in each tree, 0 to 7, shape (trees, rows).

        All seven tests are made, and joined bit by bit: four times as fast as looking up the next test of each row.
        """
        tested = np.ascontiguousarray(rows.T).take(self.columns.T, axis=0)
        a, b, c, d, e, f, g = tested > self.thresholds.T[:, :, None]
        second = (a & c) | (~a & b)
        third = (a & ((c & g) | (~c & f))) | (~a & ((b & e) | (~b & d)))
        bits: NDArray[np.uint8] = (a.view(np.uint8) << 2) | (second.view(np.uint8) << 1) | third.view(np.uint8)
        return bits

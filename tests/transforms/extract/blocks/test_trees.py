"""Trees in arrays judge as trees do."""

import numpy as np
import pytest

from transforms.extract.blocks.trees import Trees

# one tree: column 0 > 1, then column 1 > 2 or column 2 > 3, then four tests of column 3
_TREE = Trees.of(
    {
        "base": 0.5,
        "columns": [[0, 1, 2, 3, 3, 3, 3]],
        "thresholds": [[1, 2, 3, 4, 5, 6, 7]],
        "values": [[4.5, 2.5, 6.5, 1.5, 3.5, 5.5, 7.5, 1, 2, 3, 4, 5, 6, 7, 8]],
    }
)


@pytest.mark.parametrize(
    ("row", "leaf"),
    [
        ([1, 2, 9, 4], 1),
        ([1, 2, 9, 4.1], 2),
        ([1, 2.1, 9, 5], 3),
        ([1, 2.1, 9, 6], 4),
        ([1.1, 9, 3, 6], 5),
        ([1.1, 9, 3, 7], 6),
        ([1.1, 9, 3.1, 7], 7),
        ([1.1, 9, 3.1, 8], 8),
    ],
)
def test_every_leaf(row, leaf):
    """Three tests lead to each of the eight leaves; a number that equals its threshold does not pass."""
    (probability,) = _TREE.probabilities(np.array([row], dtype=np.float32))

    assert probability == pytest.approx(1 / (1 + np.exp(-(leaf + 0.5))))


def test_reasons():
    """Each column moves the sum by the means on the path; with the root's mean they make the sum."""
    moved = _TREE.reasons(np.array([1.1, 9, 3, 7], dtype=np.float32))

    assert moved.tolist() == [2.0, 0.0, -1.0, 0.5]


def test_sum_of_trees():
    """Trees add up."""
    twice = Trees.of(
        {"base": 0, "columns": [[0] * 7] * 2, "thresholds": [[0] * 7] * 2, "values": [[0.0] * 14 + [1.0]] * 2}
    )

    assert twice.probabilities(np.array([[1.0]], dtype=np.float32)) == pytest.approx([1 / (1 + np.exp(-2))])

"""Classes and ids speak in words; the groups of words are the same in every spelling."""

import pytest

from transforms.extract.blocks.words import GROUPS, word_groups


def _groups(names: str) -> set[str]:
    return {group for bit, group in enumerate(GROUPS) if word_groups(names) >> bit & 1}


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        ("article-body", {"article"}),
        ("articleBody", {"article"}),
        ("ArticleBody__text", {"article"}),
        ("related-articles", {"related"}),
        ("c-newsletter-signup", {"promotion"}),
        ("sidebar", {"side"}),
        ("ad-slot", {"advertisement"}),
        ("headline", {"title"}),
        ("bread crumb", {"navigation"}),
        ("x1 y2 _3", set()),
        ("", set()),
    ],
)
def test_groups(names, groups):
    """A word names its group, a weak one together with the word before it."""
    assert groups <= _groups(names)
    assert groups or not _groups(names)


@pytest.mark.parametrize(("names", "group"), [("header", "advertisement"), ("body", "article"), ("timeline", "meta")])
def test_near_misses(names, group):
    """A word within another one, or a weak word alone, names nothing."""
    assert group not in _groups(names)


def test_long_names():
    """A class of a megabyte costs no more than its start."""
    assert word_groups("x" * 1_000_000 + " sidebar") == 0

"""A small taxonomy to which a test adds its topics."""

from collections.abc import Callable

import pytest

from transforms.tag.taxonomy import Taxonomy, load_taxonomy

HEAD = """\
taxonomy: {id: small, version: "1", languages: [en, de, fr]}
defaults:
  weights: {strong: 3, medium: 1.5, weak: 0.5}
  threshold: 2
  min_share: 0.2
  lead_share: 0.3
  back_share: 0.5
  title_boost: 2
  lead_boost: 1.5
  lead_chars: 60
  tf_cap: 4
  length_ref: 100
  length_pow: 0.5
  window: 20
contexts:
  mountain: {en: [climber+, ridge], de: [Berg*]}
  leaders: {en: [minister+, =G7]}
topics:
"""


@pytest.fixture
def write(tmp_path):
    """Write a taxonomy of some topics, one YAML line each, and give its path."""

    def write(*topics: str, head: str = HEAD):
        path = tmp_path / "topics.yaml"
        path.write_text(head + "".join(f"  {topic}\n" for topic in topics), "utf-8")
        return path

    return write


@pytest.fixture
def load(write) -> Callable[..., Taxonomy]:
    """Load a taxonomy of some topics, one YAML line each."""
    return lambda *topics: load_taxonomy(write(*topics))

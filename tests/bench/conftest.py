"""The saved pages of these tests."""

from pathlib import Path

import pytest

from tests.bench.saved_pages import write_pages


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A file of six saved pages."""
    return write_pages(tmp_path)

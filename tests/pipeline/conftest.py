"""The demo site for tests of whole runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.demo.site import DemoSite


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The feed list of a demo site that is up."""
    path = tmp_path_factory.mktemp("demo") / "feeds.opml"
    with DemoSite() as site:
        site.write_feed_list(path)
        yield path

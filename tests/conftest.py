"""Fixtures that tests of several packages need."""

from tests.installed import distributions, installed
from tests.stores import buckets, store

__all__ = ["buckets", "distributions", "installed", "store"]

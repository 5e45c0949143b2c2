"""Fixtures that tests of several layers use."""

from tests.stores import buckets, store

__all__ = ["buckets", "store"]

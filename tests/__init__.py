"""Tests of Dateline; the tree mirrors the packages."""

"""Tests of `transforms/tag`."""

"""Tests of `transforms/dedup`."""

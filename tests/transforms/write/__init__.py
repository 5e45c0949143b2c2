"""Tests of `transforms/write`."""

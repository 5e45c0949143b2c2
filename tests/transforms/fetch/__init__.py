"""Tests of `transforms/fetch`."""

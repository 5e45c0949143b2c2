"""Tests of `transforms/extract`."""

"""Tests of `transforms/credits`."""

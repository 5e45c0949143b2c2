"""Tests of `transforms/store`."""

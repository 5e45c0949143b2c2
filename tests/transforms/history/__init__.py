"""Tests of `transforms/history`."""

"""Benchmarks and measuring commands; each runs on any data of the given form."""

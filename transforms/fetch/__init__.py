"""Fetch feeds and pages: get bytes over the network, safely and politely; parse feeds into entries."""

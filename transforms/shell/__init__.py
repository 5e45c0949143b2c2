"""Beam shells that several stages share; like the `transform.py` files, they hold as little logic as possible."""

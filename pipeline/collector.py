"""When Python's cyclic garbage collector looks: seldom, and never at what was there before the work began.

Imports, graphs and records are hundreds of thousands of objects that stay; by default the collector goes over them
again and again, which is a fifth of the time to start.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# new objects until it looks, and how often at those that it has seen once and twice
_SELDOM = (50_000, 20, 20)


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look while a block loads what stays, and never at that again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*_SELDOM)
        gc.enable()

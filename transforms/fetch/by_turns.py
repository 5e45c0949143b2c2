"""Requests in, the same in an order that serves all hosts at once out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import TypeVar

T = TypeVar("T")
_NONE = object()


def by_turns(elements: Iterable[T], host: Callable[[T], str]) -> Iterator[T]:
    """Yield the first element of every host, then the second of every host, and so on; each host's in their order.

    >>> list(by_turns(["a1", "a2", "a3", "b1", "c1", "c2"], lambda element: element[0]))
    ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']
    """
    queues: defaultdict[str, list[T]] = defaultdict(list)
    for element in elements:
        queues[host(element)].append(element)
    for turn in zip_longest(*queues.values(), fillvalue=_NONE):
        yield from (element for element in turn if element is not _NONE)  # type: ignore[misc]  # the others are T

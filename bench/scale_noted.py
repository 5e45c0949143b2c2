"""A store that notes which bytes of which file it is asked for, and what columns they belong to."""

import io
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from transforms.store.local import LocalStore

Range = tuple[int, int]
# what is no column: a file's own metadata; files that are no Parquet
FOOTERS, DOCUMENTS = "footers", "documents"
# Arrow reads up to so many bytes beyond a column
_BEYOND = 128


class NotingStore(LocalStore):
    """A folder whose readers are watched."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        # (start, end) of every read, by path
        self.ranges: defaultdict[str, list[Range]] = defaultdict(list)

    def open(self, path: str) -> Any:
        """A file that notes what is read of it."""
        return _Noting(self._root / path, self.ranges[path])

    def read_by_column(self) -> Counter[str]:
        """Bytes by column, as often as they were read."""
        found: Counter[str] = Counter()
        for path, ranges in self.ranges.items():
            if path.endswith(".parquet"):
                size = (self._root / path).stat().st_size
                found.update(_by_column(_chunks(self._root / path), ranges, size))
            else:
                found[DOCUMENTS] += sum(end - start for start, end in ranges)
        return found

    @property
    def distinct_bytes(self) -> int:
        """Each byte once, however often it was read."""
        return sum(end - start for ranges in self.ranges.values() for start, end in merged(ranges))


class _Noting(io.FileIO):
    def __init__(self, path: Path, ranges: list[Range]) -> None:
        super().__init__(path)
        self._ranges = ranges

    def read(self, size: int | None = -1, /) -> bytes:
        start = self.tell()
        data = super().read(-1 if size is None else size) or b""
        self._ranges.append((start, start + len(data)))
        return data


class _Chunk(NamedTuple):
    """The bytes of a column in one row group."""

    start: int
    end: int
    column: str


def _chunks(path: Path) -> list[_Chunk]:
    metadata = pq.read_metadata(path)
    groups = (metadata.row_group(n) for n in range(metadata.num_row_groups))
    columns = (group.column(n) for group in groups for n in range(group.num_columns))
    return sorted(_chunk(column) for column in columns)


def _chunk(column: Any) -> _Chunk:
    start = min(column.data_page_offset, column.dictionary_page_offset or column.data_page_offset)
    return _Chunk(start, start + column.total_compressed_size, column.path_in_schema.partition(".")[0])


def _by_column(chunks: list[_Chunk], ranges: list[Range], size: int) -> Counter[str]:
    """Bytes by column. A read of a file's end is for its footer, whatever else it takes along."""
    found: Counter[str] = Counter()
    starts = [chunk.start for chunk in chunks]
    for start, end in ranges:
        shared = Counter[str]()
        for chunk in chunks[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, end)] if end < size else ():
            overlap = min(end, chunk.end) - max(start, chunk.start)
            shared[chunk.column] += overlap if overlap > _BEYOND or chunk.start == start else 0
        found.update(shared)
        found[FOOTERS] += end - start - shared.total()
    return +found


def merged(ranges: list[Range]) -> list[Range]:
    """Ranges that overlap or touch, as one.

    >>> merged([(5, 9), (0, 3), (2, 6)])
    [(0, 9)]
    """
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found

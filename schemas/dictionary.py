"""The pages of docs/ that are made from the schemas: `python -m schemas.dictionary docs` writes them anew."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from schemas.article import PAGE_FLAGS
from schemas.dating import DATE_FLAGS
from schemas.dead_letter import REASONS
from schemas.entry import ENTRY_FLAGS
from schemas.parquet import ARTICLE_COLUMNS, DEAD_LETTER_COLUMNS, FEED_RUN_COLUMNS, Column

_NOTE = "<!-- made by `make docs` from schemas/; edit there -->"


def data_dictionary() -> str:
    """docs/data-dictionary.md: every column of every dataset."""
    return "\n".join(
        [
            "# Data dictionary",
            "",
            _NOTE,
            "",
            "All datasets are partitioned by `date` (UTC), which is in the path only: `articles/date=2021-06-16/…`.",
            "Timestamps are UTC in microseconds. Files have the same descriptions in their schema.",
            *_section("articles, reprints, revisions", "`date` is that of `published_at`.", ARTICLE_COLUMNS),
            *_section("feed_runs", "One row per feed and run; `date` is that of `started_at`.", FEED_RUN_COLUMNS),
            *_section("dead_letters", "One row per failure; `date` is that of `occurred_at`.", DEAD_LETTER_COLUMNS),
            "",
            "## Words of `published_flags`",
            "",
            *_table(("flag", "meaning"), DATE_FLAGS.items()),
            "",
            "## Words of `entry_flags`",
            "",
            *_table(("flag", "meaning"), ENTRY_FLAGS.items()),
            "",
            "## Words of `page_flags`",
            "",
            *_table(("flag", "meaning"), PAGE_FLAGS.items()),
            "",
        ]
    )


def dead_letters() -> str:
    """docs/dead-letters.md: the closed list of reasons."""
    rows = ((f"`{word}`", "yes" if r.passing else "no", r.meaning) for word, r in REASONS.items())
    return "\n".join(
        [
            "# Reasons of dead letters",
            "",
            _NOTE,
            "",
            "Every failure is one row of `dead_letters/`. A passing one is tried again by later runs after 15 minutes,",
            "1, 4 and 16 hours, five times at most and for three days; the others are final at once.",
            "",
            *_table(("reason", "passing", "meaning"), rows),
            "",
        ]
    )


def _section(title: str, note: str, columns: Iterable[Column]) -> list[str]:
    rows = ((f"`{c.name}`", f"`{_type(c.type)}`", c.meaning) for c in columns)
    return ["", f"## {title}", "", note, "", *_table(("column", "type", "meaning"), rows)]


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *rows)]


def _type(kind: pa.DataType) -> str:
    """A type as the dictionary shows it.

    >>> _type(pa.list_(pa.string())), _type(pa.timestamp("us", tz="UTC"))
    ('list<string>', 'timestamp[us, UTC]')
    """
    if pa.types.is_list(kind):
        return f"list<{_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{field.name} {_type(field.type)}' for field in kind)}>"
    if pa.types.is_dictionary(kind):
        return f"{kind.value_type} (dictionary)"
    return "float32" if kind == pa.float32() else str(kind).replace("tz=", "")


PAGES = {"data-dictionary.md": data_dictionary, "dead-letters.md": dead_letters}


def main(folder: Path) -> None:
    """Write the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Ask an output with SQL: `python -m queries DIR "FROM clusters ORDER BY copies DESC LIMIT 5"`."""

import argparse
from pathlib import Path

import duckdb

from queries import VIEWS, connect
from schemas.parquet import COLUMNS


def main(argv: list[str] | None = None) -> None:
    """Print what a query gives."""
    names = ", ".join((*COLUMNS, *VIEWS))
    parser = argparse.ArgumentParser(prog="python -m queries", description=f"Ask an output. Tables: {names}.")
    parser.add_argument("output", type=Path, metavar="DIR", help="the output of dateline run")
    parser.add_argument("query", metavar="SQL", help="DuckDB SQL")
    args = parser.parse_args(argv)
    if not (args.output / "_meta").is_dir():
        parser.error(f"{args.output} is no output of dateline run")
    try:
        connect(args.output).sql(args.query).show(max_width=160)
    except duckdb.Error as error:
        parser.exit(2, f"python -m queries: {str(error).splitlines()[0]}\n")


if __name__ == "__main__":
    main()

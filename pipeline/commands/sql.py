"""`dateline sql`: ask an output with DuckDB."""

import json
import sys
from collections.abc import Iterator

import duckdb
from rich.console import Console

from pipeline.commands.output import OutputParser, output_of
from queries import VIEWS, ask, connect, refresh
from schemas.parquet import COLUMNS
from transforms.errors import UsageError
from transforms.snapshot import read_state
from transforms.store.open import store_of

_TABLES = ", ".join((*COLUMNS, *VIEWS))
_WIDTH = 160


def main(argv: list[str]) -> int:
    """Answer one query, or those that are typed."""
    parser = OutputParser("sql", f"Ask an output with DuckDB's SQL, over whole runs only. Tables and views: {_TABLES}.")
    parser.add_argument("query", metavar="SQL", nargs="?", help="one query; without it, queries are read line by line")
    parser.add_argument("--json", action="store_true", help="print one JSON object a row")
    options = parser.parse_args(argv)
    if options.output and not options.query:  # then the one word is the query
        options.folder, options.query = None, options.folder
    output = output_of(options)
    if options.query is None:
        return _interactive(output) if sys.stdin.isatty() else _answer(output, sys.stdin.read(), options.json)
    return _answer(output, options.query, options.json)


def _answer(output: str, query: str, as_json: bool) -> int:
    try:
        found = ask(output, query)
    except duckdb.Error as error:
        raise UsageError(str(error).partition("\n\n")[0].replace("\n", " ")) from error
    if as_json:
        for row in found.to_pylist():
            print(json.dumps(row, ensure_ascii=False, default=str))
    else:
        duckdb.sql("FROM found").show(max_width=_WIDTH, max_rows=1_000)
    return 0


def _interactive(output: str) -> int:
    """Statements end with a semicolon; the views follow what is published meanwhile."""
    import readline  # noqa: F401  input() then knows the arrow keys

    console = Console()
    console.print(f"[bold]{output}[/]\nTables and views: {_TABLES}\nEnd a query with ; and the session with Ctrl-D.")
    database, store = connect(output), store_of(output)
    state = refresh(database, output).state
    for statement in _statements():
        newest = read_state(store)
        if newest != state:
            state = refresh(database, output).state
        console.print(*_shown(database, statement, console.width), style="red", markup=False, highlight=False)
    return 0


def _shown(database: duckdb.DuckDBPyConnection, statement: str, width: int) -> list[str]:
    """Print what a statement gives; or what is wrong with it, in a line."""
    try:
        answer = database.sql(statement)
        if answer is not None:
            answer.show(max_width=width)
    except duckdb.Error as error:
        return [str(error).partition("\n\n")[0]]
    return []


def _statements() -> Iterator[str]:
    typed = ""
    while True:
        try:
            typed += input("....> " if typed else "dateline> ") + "\n"
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            typed = ""
            continue
        if typed.strip().endswith(";"):
            yield typed
            typed = ""

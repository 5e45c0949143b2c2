"""What came out of the demo, asked with DuckDB: `python -m pipeline.demo.show DIR`."""

import sys
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from queries import connect

# what is asked, and how
_QUESTIONS = (
    (
        "Stories per topic",
        "SELECT topic, stories, texts, strongest FROM topics ORDER BY stories DESC, texts DESC, topic LIMIT 10",
    ),
    (
        "The story that most outlets ran: who ran it first, and how late the others were",
        """SELECT strftime(published_at, '%d %b %H:%M') AS published, delay, source_name AS outlet, kind, title
           FROM stories
           WHERE cluster_id = (SELECT cluster_id FROM clusters ORDER BY outlets DESC, cluster_id LIMIT 1)
           ORDER BY place""",
    ),
    (
        "Agencies: their stories, and the outlets that ran them",
        """SELECT agency, count(*) AS stories, sum(copies) AS copies, max(outlets) AS most_outlets
           FROM (SELECT unnest(agencies) AS agency, copies, outlets FROM clusters)
           GROUP BY agency ORDER BY copies DESC""",
    ),
    (
        "Edited after publication",
        "SELECT revision_no AS revision, source_name AS outlet, title FROM revisions ORDER BY ingested_at",
    ),
    (
        "What was rejected, and why",
        """SELECT stage, reason, count(DISTINCT url) AS subjects,
               any_value(regexp_replace(url, '^http://[^/]*', '')) AS example
           FROM dead_letters GROUP BY stage, reason ORDER BY subjects DESC, reason""",
    ),
)


def main(output: Path) -> None:
    """Print the answers."""
    console, database = Console(), connect(output)
    for title, query in _QUESTIONS:
        console.print(_answer(title, database.execute(query)))


def _answer(title: str, result: duckdb.DuckDBPyConnection) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    names = [str(column[0]) for column in result.description or ()]
    for name in names:
        table.add_column(name, no_wrap=name != names[-1], overflow="fold")
    for row in result.fetchall():
        table.add_row(*("" if value is None else str(value) for value in row))
    return table


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""bench.page_kinds counts what the rules do on labelled pages."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.page_kinds import main
from tests.transforms.extract.pages import PROSE, html_page

# lines that repeat stand in a text once
LONG = [f"On day {day} {line}" for day in range(4) for line in PROSE]
GONE = html_page("It is gone.", head="<title>Page not found</title>")
PAGES = [
    {"id": "1", "set": "news", "url": "https://news.example.org/a", "html": html_page(*LONG), "body": "Flood."},
    {"id": "2", "set": "news", "url": "https://news.example.org/b", "html": html_page(), "body": "Flood."},
    {"id": "3", "set": "other", "url": "https://news.example.org/c", "html": GONE, "body": None},
    {"id": "4", "set": "other", "url": None, "html": GONE, "body": "A poem."},
    {"id": "5", "set": "other", "url": None, "html": b"%PDF-1.7", "body": None},
]


def test_what_fires(tmp_path: Path, capsys):
    """Rejects of pages with a text are errors; flags count on pages that are kept; what is no HTML is left out."""
    pages, figures = tmp_path / "pages.parquet", tmp_path / "figures.json"
    pq.write_table(pa.Table.from_pylist([{**page, "snip_with": None} for page in PAGES]), pages)

    main([str(pages), "--json", str(figures)])
    main([str(pages), "--rule", "short"])

    fired = json.loads(figures.read_text("utf-8"))["fired"]
    found = {(firing["id"], firing["rule"]): firing["is_error"] for firing in fired}
    assert found[("2", "short")] is found[("3", "gone_title")] is False
    assert found[("4", "gone_title")] is True
    assert not any(page in ("1", "5") for page, _ in found)
    assert "news.example.org/b" in capsys.readouterr().out

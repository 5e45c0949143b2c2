"""Six saved pages of four sites, as a file of the form that the benchmarks read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HARBOUR = (
    "The harbour council voted on Tuesday to rebuild the northern pier after two winters of storm damage. "
    "Engineers told the meeting that the old timber piles had rotted below the waterline and could not be repaired. "
    "Work is to begin in April and to last fourteen months, during which the ferry will leave from the southern quay. "
    "Fishermen asked for a promise that the ice house stays open, and the council gave it without a vote. "
)
ORCHARD = (
    "Growers in the valley expect the smallest apple harvest in twenty years because of a late frost in May. "
    "Many trees lost their blossom in a single night, and the bees came too late for the rest. "
    "The cooperative will buy fruit from the coast, so that the cider press can run through the autumn. "
    "Prices on the market rose by a third within a week, and nobody expects them to fall before the spring. "
)
BRIDGE = (
    "Der Gemeinderat hat am Mittwoch beschlossen, die alte Brücke über den Mühlbach für den Verkehr zu sperren. "
    "Prüfer hatten im Sommer Risse in zwei Pfeilern gefunden, die sich seither deutlich verlängert haben. "
    "Der Umweg führt über die Landstraße und kostet die Bewohner des oberen Dorfes eine Viertelstunde. "
    "Eine neue Brücke soll in drei Jahren stehen, doch das Geld dafür ist noch nicht bewilligt. "
)
LIBRARY = (
    "The town library opened its reading room at night for the first time, and two hundred people came. "
    "Volunteers kept the desk until three in the morning and served soup to those who had walked through the snow. "
    "The librarian said that the experiment would be repeated every month as long as the heating allows it. "
    "A retired teacher read aloud from a book of voyages, and the children fell asleep among the atlases. "
)


def html(title: str, text: str, charset: str = "utf-8") -> bytes:
    """A title and a text in, a page out."""
    paragraphs = "".join(f"<p>{sentence}.</p>" for sentence in text.strip(" .").split(". "))
    published = '<meta property="article:published_time" content="2026-11-03T08:00:00+01:00">'
    head = f'<meta charset="{charset}"><title>{title}</title>{published}'
    body = f"<article><h1>{title}</h1>{paragraphs}</article>"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode(charset)


ROWS = [
    ("a", "harbour.example", "https://harbour.example/2026/pier?id=1&part=2#top", html("Pier to be rebuilt", HARBOUR)),
    ("b", "harbour.example", "https://harbour.example/a pier", html("A reprint of the pier", HARBOUR)),
    ("c", "orchard.example", "https://orchard.example/apples", html("Few apples", ORCHARD)),
    ("d", "bruecke.example", "https://bruecke.example/sperre", html("Brücke gesperrt", BRIDGE, "iso-8859-1")),
    ("e", None, "http://library.example/night", html("A night in the library", LIBRARY)),
    ("f", "library.example", "http://library.example/gone", b"<html><body></body></html>"),
]


def write_pages(folder: Path) -> Path:
    """Write the pages into a folder; the file's path out."""
    path = folder / "pages.parquet"
    columns = zip(*ROWS, strict=True)
    pq.write_table(pa.table(dict(zip(("id", "site", "url", "html"), map(list, columns), strict=True))), path)
    return path

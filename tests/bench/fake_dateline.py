"""Stands for `dateline` in tests: fetches what feeds list, publishes a row per page, a dead letter for an untitled one.

A page whose URL ends in "lost" it loses.
"""

import argparse
import re
from datetime import datetime, timezone
from pathlib import Path
from urllib.request import urlopen

import pyarrow as pa
import pyarrow.parquet as pq

NOON = datetime(2026, 11, 3, 7, 0, tzinfo=timezone.utc)


def row(url: str, page: str) -> dict[str, object]:
    """A page in, the columns that are read of a published row out."""
    (title,) = re.findall("<title>(.*?)</title>", page)
    (raw,) = re.findall('published_time" content="(.*?)"', page)
    source = "first_seen" if "apples" in url else "meta"
    stated = {"published_at": NOON, "published_raw": raw, "published_source": source}
    return {"url": url, "body_text": page, "title": title, "authors": ["N. N."], "language": "en"} | stated


def write(output: Path, dataset: str, rows: list[dict[str, object]]) -> None:
    """Write rows as one file of a dataset."""
    folder = output / dataset / "date=2026-11-03"
    folder.mkdir(parents=True)
    if rows:
        pq.write_table(pa.Table.from_pylist(rows), folder / "run.parquet")


def main() -> None:
    """Run as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["run"])
    for option in ("--feeds", "--output", "--processes", "--allow_private_hosts", "--host_delay"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    feeds = [urlopen(url).read().decode() for url in Path(options.feeds).read_text().split()]
    links = [link.replace("&amp;", "&") for feed in feeds for link in re.findall("<item><link>(.*?)</link>", feed)]
    pages = {link: urlopen(link).read().decode("latin-1") for link in links if not link.endswith("lost")}
    output = Path(options.output)
    write(output, "articles", [row(url, page) for url, page in pages.items() if "<title>" in page and "%20" not in url])
    write(output, "reprints", [row(url, page) for url, page in pages.items() if "<title>" in page and "%20" in url])
    write(
        output,
        "dead_letters",
        [{"url": url, "reason": "no_text"} for url, page in pages.items() if "<title>" not in page],
    )
    records = output / "_meta" / "runs"
    records.mkdir(parents=True)
    records.joinpath("run.json").write_text("{}")


if __name__ == "__main__":
    main()

"""Small pages written for the tests."""

from datetime import datetime, timezone
from typing import Any

import numpy as np

from transforms.extract.blocks.model import Choice
from transforms.extract.blocks.walk import INSIDE, read_blocks
from transforms.extract.body import BLOCKS, Body
from transforms.extract.metadata import head_title, read_metadata
from transforms.extract.page import Reading, signs_of
from transforms.extract.signs import Signs
from transforms.extract.tree import parse_page

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
URL = "https://news.example.org/world/flood"

# three paragraphs of prose, so that no extractor doubts that it is the body
PROSE = (
    "The river rose by two metres during the night and reached the lower streets of the old town before dawn.",
    "Rescue workers carried forty people out of their houses in boats, and the school opened its hall for them.",
    "The mayor said that the water would fall by Thursday, and that the bridge stays closed until it is inspected.",
)


def html_page(*paragraphs: str, head: str = "", before: str = "", after: str = "", lang: str = "en") -> bytes:
    """A page around an article of these paragraphs, of PROSE where none are given."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or PROSE)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>'
        f"<nav><a href='/'>Home</a></nav><article>{before}{body}{after}</article><footer>Imprint</footer></body></html>"
    ).encode()


def json_ld(json: str) -> str:
    """A JSON-LD script."""
    return f'<script type="application/ld+json">{json}</script>'


def tree_of(html: bytes) -> Any:
    """The tree of a page that is UTF-8 already."""
    return parse_page(html)


def signs_of_page(html: bytes, *, url: str = URL) -> Signs:
    """What the rules see of a page whose body is the text of its <article>."""
    tree = tree_of(html)
    blocks = read_blocks(tree)
    text = "\n".join(block.text for block in blocks if block.container.inside & INSIDE["article"])
    choice = Choice(blocks, np.zeros((len(blocks), 0)), np.zeros(len(blocks)), [], None)
    metadata = read_metadata(tree, url=url, now=NOW)
    return signs_of(Reading(metadata, head_title(tree), Body(text, BLOCKS, choice), html), url)

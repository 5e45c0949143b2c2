"""What the fork server imports before it makes children: costly tables are loaded once and shared by all of them."""

import gc

from transforms.dedup.step import sketch_article
from transforms.extract.blocks.model import packaged_model
from transforms.extract.language import load_profiles
from transforms.extract.step import extract_changed
from transforms.fetch import parse
from transforms.tag.step import warm_up

__all__ = ["extract_changed", "parse", "sketch_article"]

load_profiles()
packaged_model()
warm_up()
# what is here stays: without this the collector would touch, and so copy, all of it in every child
gc.freeze()

"""A sketched article in, the same with its topics out."""

from functools import lru_cache

from schemas.article import Sketched, Tagged
from transforms.tag.score import tag_article
from transforms.tag.source import pack, read_source, unpack
from transforms.tag.taxonomy import Taxonomy, taxonomy_of


def tag_sketched(sketched: Sketched, place: str, packed: bytes) -> Tagged:
    """A sketched article and a packed taxonomy in, the article with its topics out. Raises UsageError if malformed."""
    article, taxonomy = sketched.article, _unpacked(place, packed)
    topics = tag_article(article.title, article.body_text, article.language, taxonomy)
    return Tagged(**vars(sketched), topics=topics, topics_version=taxonomy.version)


@lru_cache(maxsize=4)
def _unpacked(place: str, packed: bytes) -> Taxonomy:
    return taxonomy_of(unpack(packed), place or None)


def warm_up() -> None:
    """Load the packaged taxonomy, and build what its languages are searched with."""
    taxonomy = _unpacked("", pack(read_source()))
    for language in ("und", *taxonomy.languages):
        taxonomy.automaton(language)

"""A sketched article in, the same with its topics out."""

from functools import lru_cache

from schemas.article import Sketched, Tagged
from transforms.tag.score import tag_article
from transforms.tag.source import pack, read_source, unpack
from transforms.tag.taxonomy import Taxonomy, taxonomy_of


def tag_sketched(sketched: Sketched, place: str, packed: bytes) -> Tagged:
    """A sketched article and a packed taxonomy in, the article with its topics out. Raises UsageError if malformed."""
    article, taxonomy = sketched.article, taxonomy_in(place, packed)
    topics = tag_article(article.title, article.body_text, article.language, taxonomy)
    return Tagged(**vars(sketched), topics=topics, topics_version=taxonomy.version)


@lru_cache(maxsize=4)
def taxonomy_in(place: str, packed: bytes) -> Taxonomy:
    """The arguments of the step in, their taxonomy out. Raises UsageError if malformed."""
    return taxonomy_of(unpack(packed), place or None)


def warm_up() -> None:
    """Load the packaged taxonomy, and build what its languages are searched with."""
    taxonomy = taxonomy_in("", pack(read_source()))
    for language in ("und", *taxonomy.languages):
        taxonomy.automaton(language)

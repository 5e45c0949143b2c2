"""What a page states of whose text it is, besides its authors: provider, publisher, holder of the rights."""

from collections.abc import Mapping

from transforms.extract.jsonld import Node, names
from transforms.extract.metatags import Meta, values

_KEYS = ("sourceOrganization", "provider", "publisher", "copyrightHolder", "creator", "creditText")
# authors, too: the first place that names some may know only the site's own
_TAGS = (
    *("author", "article:author", "articleauthor", "og:article:author", "dc.creator", "dcterms.creator", "byl"),
    *("sailthru.author", "source", "news_source", "dc.source", "dcterms.source", "article:source", "content-source"),
    *("original-source", "syndication-source", "provider", "article:provider", "agency", "dc.publisher", "dc.rights"),
    "copyright",
)
_LONGEST = 200


def stated_sources(node: Node, known: Mapping[str, Node], meta: Meta) -> tuple[str, ...]:
    """Return the names and lines stated, each once, of an article's JSON-LD node and the page's meta tags.

    >>> stated_sources({"provider": {"name": "AFP"}}, {}, {"source": ["AFP"], "copyright": ["© EFE"]})
    ('AFP', '© EFE')
    """
    stated = [*(name for key in _KEYS for name in names(node.get(key), known)), *values(meta, _TAGS)]
    return tuple(dict.fromkeys(line for line in stated if len(line) <= _LONGEST))

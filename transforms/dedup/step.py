"""An article in, the same with its sketch out: the part of de-duplication that concerns one article alone."""

from schemas.article import Article, Sketched
from transforms.credits.read import without_credits
from transforms.dedup.sketch import pack
from transforms.dedup.sketching import sketch_text


def sketch_article(article: Article) -> Sketched:
    """An article in; it, and the sketch of its text without the lines that only credit somebody, out."""
    sketch = sketch_text(without_credits(article.body_text, article.language))
    return Sketched(article, pack(sketch), sketch.shingles)

"""A page in, its article out, if that says anything new: extraction as the first step of what is done to an article."""

from schemas.article import Article
from schemas.page import Page
from transforms.extract.article import extract_article


def extract_changed(page: Page) -> Article | None:
    """The article behind a page; None for an edit that turns out to be none. Raises ExtractError as extraction does."""
    article = extract_article(page)
    return None if article.edits_nothing else article

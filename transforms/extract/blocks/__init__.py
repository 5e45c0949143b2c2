"""The block model: which of a page's text blocks are the article's (decision 0006)."""

"""The stage that turns the HTML behind an entry into body text, metadata, language and credited agencies."""

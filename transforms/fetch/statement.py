"""What a feed states of one entry, before anything is judged: the form into which every kind of feed is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One item of a feed in the feed's own words; "" for what it leaves out."""

    # may be relative to the feed's URL
    link: str = ""
    guid: str = ""
    # may hold mark-up
    title: str = ""
    summary: str = ""
    # full text
    content_html: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    # as stated
    published: str = ""
    updated: str = ""
    # the parser has mended letters in title or summary that had been decoded wrong before
    mended: bool = False
    # it links to audio or video
    has_enclosure: bool = False

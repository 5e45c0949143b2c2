"""The content files in, records out: outlets with their feeds and stories, as an editor wrote them down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from transforms.toml import tomllib

_CONTENT = files(__package__).joinpath("content")
_WIRE = "wire.toml"

# what the link of a story leads to: the article, or one of the sad ends of real links
PAGES = ("article", "missing", "soft_404", "consent", "challenge", "pdf")


@dataclass(frozen=True)
class Story:
    """One text of an outlet, with the headline and the state of its page."""

    slug: str
    title: str
    section: str
    # "" where it is the outlet's
    language: str = ""
    # None: neither feed nor page states one
    published: datetime | None = None
    # None: never edited
    updated: datetime | None = None
    # what the feed states instead of `published`
    feed_date: str = ""
    # "" for the first paragraph
    summary: str = ""
    paragraphs: tuple[str, ...] = ()
    byline: str = ""
    caption: str = ""
    credit: str = ""
    # one of PAGES
    page: str = "article"
    # what the feed links to; None for the story's own page
    link: str | None = None
    # the section of the feed that lists it
    feed: str = "main"
    # the same story after its edit
    second: "Story | None" = None

    @property
    def path(self) -> str:
        """Where the story lies on its outlet."""
        return f"/{self.section}/{self.slug}.html"

    @property
    def teaser(self) -> str:
        """What feeds and related links say of it."""
        return self.summary or next(iter(self.paragraphs), self.title)


@dataclass(frozen=True)
class OutletFeed:
    """One feed of an outlet."""

    path: str
    # rss, atom, rdf, json
    kind: str
    # of the feed list, parts joined by a slash
    folder: str
    # "", missing, web_page, truncated, entities
    fault: str = ""
    # the stories it lists say so in `feed`
    section: str = "main"
    full_text: bool = False


@dataclass(frozen=True)
class Shared:
    """A story of another outlet that a feed lists too, under a link with tracking parameters."""

    outlet: str
    slug: str
    query: str


@dataclass(frozen=True)
class Outlet:
    """One news outlet."""

    # the name of its file
    key: str
    name: str
    language: str
    place: str
    # of its pages, a file in `content/`
    template: str
    charset: str
    # header: the Content-Type header names the charset; meta: only the page does
    charset_in: str
    feeds: tuple[OutletFeed, ...]
    stories: tuple[Story, ...]
    also: tuple[Shared, ...] = ()


@dataclass(frozen=True)
class Edition:
    """All outlets as they stand at one moment, and where they are served."""

    outlets: Mapping[str, Outlet]
    # outlet key to http://host:port
    bases: Mapping[str, str]
    number: int = 1

    def stories(self, key: str) -> tuple[Story, ...]:
        """An outlet's stories, edited ones in the form that this edition has of them."""
        stories = self.outlets[key].stories
        return tuple(story.second or story for story in stories) if self.number > 1 else stories


@cache
def read_text(name: str) -> str:
    """A content file's name in, its text out."""
    return _CONTENT.joinpath(name).read_text("utf-8")


def load_outlets() -> dict[str, Outlet]:
    """The outlets of `content/` by key, in alphabetical order."""
    wire = {key: split_paragraphs(table["text"]) for key, table in tomllib.loads(read_text(_WIRE)).items()}
    names = sorted(file.name for file in _CONTENT.iterdir() if file.name.endswith(".toml") and file.name != _WIRE)
    return {name[:-5]: _outlet(name[:-5], tomllib.loads(read_text(name)), wire) for name in names}


def split_paragraphs(text: str) -> tuple[str, ...]:
    r"""Text with blank lines between paragraphs in, the paragraphs out, each on one line.

    >>> split_paragraphs("One\ntwo.\n\nThree.\n")
    ('One two.', 'Three.')
    """
    return tuple(" ".join(part.split("\n")).strip() for part in text.strip().split("\n\n") if part.strip())


def apply_edits(paragraphs: tuple[str, ...], keep: int | None, edits: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Paragraphs and a desk's edits in, the paragraphs as run out: cut after `keep`, replaced and added to by number.

    >>> apply_edits(("a", "b", "c"), 2, [{"after": 1, "text": "new"}, {"replace": 2, "text": "B"}])
    ('a', 'new', 'B')
    """
    told = list(edits)

    def texts(verb: str, number: int) -> tuple[str, ...]:
        return tuple(part for edit in told if edit.get(verb) == number for part in split_paragraphs(edit["text"]))

    run = texts("after", 0)
    for number, paragraph in enumerate(paragraphs[:keep], start=1):
        run += (texts("replace", number) or (paragraph,)) + texts("after", number)
    return run


def _outlet(key: str, table: dict[str, Any], wire: Mapping[str, tuple[str, ...]]) -> Outlet:
    feeds = tuple(OutletFeed(**feed) for feed in table.pop("feeds"))
    stories = tuple(_story(story, wire) for story in table.pop("stories"))
    also = tuple(Shared(**shared) for shared in table.pop("also", ()))
    return Outlet(key=key, feeds=feeds, stories=stories, also=also, **table)


def _story(table: dict[str, Any], wire: Mapping[str, tuple[str, ...]]) -> Story:
    text, source, second = table.pop("text", ""), table.pop("wire", ""), table.pop("second", None)
    copy = wire[source] if source else split_paragraphs(text)
    story = Story(paragraphs=apply_edits(copy, table.pop("keep", None), table.pop("edits", ())), **table)
    return replace(story, second=_edited(story, second)) if second else story


def _edited(story: Story, table: dict[str, Any]) -> Story:
    paragraphs = apply_edits(story.paragraphs, None, table["edits"])
    return replace(story, title=table["title"], updated=table["updated"], paragraphs=paragraphs)

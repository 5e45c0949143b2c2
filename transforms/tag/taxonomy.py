"""The taxonomy: topics, their terms and the numbers of the method, as one file states them."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from transforms.errors import UsageError
from transforms.tag.automaton import Automaton, Listing, build_automaton
from transforms.tag.reading import Scoring, TopicSettings, read_taxonomy
from transforms.tag.source import PACKAGED, read_source


@dataclass(eq=False)
class Taxonomy:
    """A taxonomy ready for use; automata are built when a language is first met, and do not pickle."""

    # id@version+sha12 of the file
    version: str
    languages: tuple[str, ...]
    scoring: Scoring
    topics: dict[str, TopicSettings]
    # of any and of every language, in the order of the file
    listings: dict[str, list[Listing]] = field(repr=False)
    _automata: dict[tuple[str, ...], Automaton] = field(default_factory=dict, repr=False)

    def covers(self, language: str) -> bool:
        """Whether a BCP 47 language has lists of its own; "und" does not."""
        return _primary(language) in self.languages

    def lists(self, language: str) -> tuple[str, ...]:
        """A BCP 47 language in, the lists that apply out: `any` always, all where the language is not known."""
        if self.covers(language):
            return ("any", _primary(language))
        return ("any", *self.languages) if _primary(language) == "und" else ("any",)

    def automaton(self, language: str) -> Automaton:
        """A BCP 47 language in, the automaton of its lists out."""
        lists = self.lists(language)
        if lists not in self._automata:
            self._automata[lists] = build_automaton(listing for name in lists for listing in self.listings[name])
        return self._automata[lists]


def _primary(language: str) -> str:
    """The language without script and region: "pt-BR" counts as "pt"; nothing stated is not known."""
    return language.partition("-")[0].lower() or "und"


def load_taxonomy(path: Path | str | None = None) -> Taxonomy:
    """A file in (None: the packaged one; gs:// or s3:// for one in a bucket), the taxonomy out.

    A malformed file raises UsageError, in one line.

    >>> load_taxonomy().languages
    ('en', 'es', 'fr', 'de')
    """
    return taxonomy_of(read_source(path), path)


def taxonomy_of(raw: bytes, path: Path | str | None = None) -> Taxonomy:
    """A file's bytes in, the taxonomy out; `path` is for the one line of the UsageError that a malformed one raises."""
    try:
        stated = read_taxonomy(raw)
    except ValueError as error:
        raise UsageError(f"{path or PACKAGED}: {error}") from error
    version = f"{stated.id}@{stated.version}+{sha256(raw).hexdigest()[:12]}"
    return Taxonomy(version, stated.languages, stated.scoring, stated.topics, stated.listings)

"""Topics of labelled articles, and what they cost: predictions for a scorer, time per article, load time.

    python -m bench.topics LABELLED.jsonl --predictions FILE [--topics YAML] [--json FILE]

A row of LABELLED has id, lang, title and text; a line of the predictions {"id": …, "topics": […]}, strongest first.
Every article is tagged several times and the fastest pass counts, since other work on the machine only ever adds time.
Times are CPU time of this process. As lengths differ, the cost is also given for 3,000 characters of each text, which
is repeated where it is shorter.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.figures import arguments, print_table, write_json
from schemas.article import Topic
from transforms.errors import UsageError
from transforms.tag.score import tag_article
from transforms.tag.taxonomy import Taxonomy, load_taxonomy

PASSES = 5
LENGTH = 3_000


class Labelled(NamedTuple):
    """A labelled article, without its labels."""

    id: str
    language: str
    title: str
    text: str


def read_labelled(path: Path) -> list[Labelled]:
    """A JSON Lines file in, its articles out."""
    with path.open(encoding="utf-8") as lines:  # splitlines() would also split inside of texts
        rows = [json.loads(line) for line in lines]
    return [Labelled(row["id"], row["lang"], row["title"] or "", row["text"]) for row in rows]


def resized(article: Labelled) -> Labelled:
    """An article in, the same with a text of exactly LENGTH characters out, where it has any."""
    copies = -(-LENGTH // max(1, len(article.text)))
    return article._replace(text=(article.text * copies)[:LENGTH])


def tag_all(articles: Sequence[Labelled], taxonomy: Taxonomy) -> list[tuple[Topic, ...]]:
    """Articles in, the topics of each out."""
    return [tag_article(article.title, article.text, article.language, taxonomy) for article in articles]


def fastest(work: Callable[[], object]) -> float:
    """The CPU seconds of the fastest of several passes."""
    return min(_seconds(work) for _ in range(PASSES))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def ready(path: Path | None, languages: Sequence[str]) -> Taxonomy:
    """A taxonomy with the automata of some languages."""
    taxonomy = load_taxonomy(path)
    for language in languages:
        taxonomy.automaton(language)
    return taxonomy


def measure(articles: Sequence[Labelled], path: Path | None) -> tuple[list[tuple[Topic, ...]], dict[str, Any]]:
    """Articles and a taxonomy's path in; the topics of each, and the figures, out."""
    languages = sorted({article.language for article in articles})
    taxonomy = ready(path, languages)
    topics, even = tag_all(articles, taxonomy), [resized(article) for article in articles]
    count = max(1, len(articles))
    return topics, {
        "topics_version": taxonomy.version,
        "articles": len(articles),
        "us_per_article": 1e6 * fastest(lambda: tag_all(articles, taxonomy)) / count,
        f"us_per_{LENGTH}_characters": 1e6 * fastest(lambda: tag_all(even, taxonomy)) / count,
        "load_s": fastest(lambda: ready(path, languages[:1])),
        "load_all_languages_s": fastest(lambda: ready(path, languages)),
        "topics_per_article": sum(map(len, topics)) / count,
        "untagged": sum(not found for found in topics),
    }


def write_predictions(path: Path, articles: Sequence[Labelled], topics: Sequence[Sequence[Topic]]) -> None:
    """Write one line per article."""
    lines = (
        json.dumps({"id": article.id, "topics": [topic.topic for topic in found]}) + "\n"
        for article, found in zip(articles, topics, strict=True)
    )
    path.write_text("".join(lines), "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Tag and measure as the command line says."""
    parser = arguments("Topics of labelled articles, and what they cost.")
    parser.add_argument("labelled", type=Path, metavar="LABELLED.jsonl")
    parser.add_argument("--predictions", type=Path, required=True, metavar="FILE", help="write the topics here")
    parser.add_argument("--topics", type=Path, metavar="YAML", help="a taxonomy other than the packaged one")
    options = parser.parse_args(argv)
    articles = read_labelled(options.labelled)
    try:
        topics, figures = measure(articles, options.topics)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    write_predictions(options.predictions, articles, topics)
    print_table("topics", ["figure", "value"], list(figures.items()))
    write_json(options.json, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

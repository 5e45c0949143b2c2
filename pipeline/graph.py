"""The architecture on one screen: slots in, published runs out."""

import apache_beam as beam

from pipeline.options import Config
from transforms.dedup.transform import MarkNearDuplicates
from transforms.extract.transform import ExtractArticles
from transforms.fetch.page import PageRules
from transforms.fetch.transform import FetchFeeds, FetchPages
from transforms.history.transform import CountPerFeed, DropSeen, FindRetries, PlanPolls
from transforms.tag.transform import TagTopics
from transforms.write.transform import CountLetters, PublishRun


def build(slots: beam.PCollection, config: Config) -> beam.PCollection:
    """Everything that happens to a slot. A batch run has one slot; a stream issues them one after the other, and no
    more differs.

    Nothing is kept from one slot to the next but what is published.
    """
    output = config.output
    planned = slots | PlanPolls(config.feeds, output)
    fetched = planned.polls | FetchFeeds(config.fetch, config.sandbox)
    retries = slots | FindRetries(output)
    chosen = (fetched.entries, retries.entries) | "Listed" >> beam.Flatten() | DropSeen(output)

    # pages are read right where they are fetched: raw HTML is never shuffled
    pages = chosen.entries | FetchPages(config.fetch, PageRules.of(config.feeds))
    extracted = pages.pages | ExtractArticles(config.sandbox)

    # marks reach the articles as a side input: bodies are not shuffled for them
    marked = (slots, extracted.articles) | MarkNearDuplicates(output)
    tagged = marked.marked | TagTopics(config.topics)

    dead = (fetched.dead, chosen.dead, pages.dead, extracted.dead) | "DeadLetters" >> beam.Flatten()
    feed_runs = (fetched.feed_runs, chosen.counts) | CountPerFeed(config.feeds)
    records = (tagged.tagged, feed_runs, dead)
    tallies = (
        *(step.tallies for step in (planned, fetched, retries, chosen, pages, extracted, marked, tagged)),
        dead | CountLetters(),
    ) | "Tallies" >> beam.Flatten()
    # the slots themselves are the heartbeat: a slot that found nothing is published too
    published: beam.PCollection = (slots, records, tallies, marked.documents) | PublishRun(output, config.about())
    return published

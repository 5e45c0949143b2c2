"""The architecture on one screen: slots in, published runs out."""

from operator import attrgetter

import apache_beam as beam
from apache_beam import pvalue
from apache_beam.transforms.window import FixedWindows

from pipeline.options import Config
from pipeline.slots import WINDOW, IssueSlots, Stream, issue_slot
from schemas.feed import IssuedSlot
from transforms.dedup.transform import SKETCH, MarkNearDuplicates
from transforms.extract.transform import ExtractArticles
from transforms.fetch.page import PageRules
from transforms.fetch.transform import FetchFeeds, FetchPages
from transforms.history.transform import CountPerFeed, DropSeen, FindRetries, PlanPolls
from transforms.tag.transform import CountTagged
from transforms.write.transform import CountLetters, PublishRun

# of a worker: a pool of processes that parse pages, each with up to 2 GB
_ROOM = "8GB"


def one_run(pipeline: beam.Pipeline, issued: IssuedSlot, config: Config) -> beam.PCollection:
    """A scheduled run: one slot."""
    return build(pipeline | "Slot" >> beam.Create([issued]), config)


def elsewhere(pipeline: beam.Pipeline, plan: Stream, config: Config) -> beam.PCollection:
    """A scheduled run on other machines: one of them issues its slot, and holds the output until it is published."""
    issued = pipeline | "Plan" >> beam.Create([plan]) | "IssueSlot" >> beam.Map(issue_slot)
    return build(issued | "SlotIsIssued" >> beam.Reshuffle(), config)


def stream(pipeline: beam.Pipeline, plan: Stream, config: Config) -> beam.PCollection:
    """A stream: slots without end, each in a window of its own."""
    issued = pipeline | IssueSlots(plan) | "SlotWindows" >> beam.WindowInto(FixedWindows(WINDOW))
    # a shuffle apart: where a later step fails and is tried again, the slot is not issued again
    return build(issued | "SlotIsIssued" >> beam.Reshuffle(), config)


def build(issued: beam.PCollection, config: Config) -> beam.PCollection:
    """Everything that happens to a slot, be it a run's only one or one of a stream's.

    Nothing is kept from one slot to the next but what is published.
    """
    output = config.output
    slots = issued | "Slots" >> beam.Map(attrgetter("slot"))
    # the list may be edited from slot to slot
    listed = issued | "FeedLists" >> beam.Map(attrgetter("feeds"))
    feeds, rules = pvalue.AsSingleton(listed), pvalue.AsSingleton(listed | "Rules" >> beam.Map(PageRules.of))

    planned = slots | PlanPolls(feeds, output)
    fetched = planned.polls | FetchFeeds(config.fetch, config.sandbox)
    retries = slots | FindRetries(output)
    chosen = (fetched.entries, retries.entries) | "Listed" >> beam.Flatten() | DropSeen(output)

    # pages are read right where they are fetched: raw HTML is never shuffled
    pages = chosen.entries | _large(FetchPages(config.fetch, rules), config)
    # what concerns an article alone is done at one visit to a process of the pool, on all cores
    extracted = pages.pages | _large(ExtractArticles(config.sandbox, (SKETCH, config.tagging)), config)
    topics = extracted.articles | _large(CountTagged(), config)

    # marks reach the articles as a side input: bodies are not shuffled for them
    marked = (slots, extracted.articles) | _large(MarkNearDuplicates(output), config)

    dead = (fetched.dead, chosen.dead, pages.dead, extracted.dead) | "DeadLetters" >> beam.Flatten()
    feed_runs = (fetched.feed_runs, chosen.counts) | CountPerFeed(feeds)
    records = (marked.marked, feed_runs, dead)
    tallies = (
        *(step.tallies for step in (planned, fetched, retries, chosen, pages, extracted, marked)),
        topics,
        dead | CountLetters(),
    ) | "Tallies" >> beam.Flatten()
    # the slots themselves are the heartbeat: a slot that found nothing is published too
    published: beam.PCollection = (slots, records, tallies, marked.documents) | PublishRun(output, config.about())
    return published


def _large(step: beam.PTransform, config: Config) -> beam.PTransform:
    """Steps that hold pages, or all cards of a slot, ask for machines with room; here there is but one machine."""
    return step.with_resource_hints(min_ram=_ROOM) if config.remote else step

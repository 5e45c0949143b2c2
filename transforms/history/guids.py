"""Entries with a new link in; those that a GUID recognises, under the id their article was published with, out.

An editor who changes a headline often changes the link with it, which is the article's identity. The GUID stays, where
a feed's GUIDs can be trusted. It decides only for a month, within one feed, and only when the feed does not list the
old link any more: what counts its entries from 1 at every turn lists the old link under another number.
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa

from schemas.entry import Entry, Refusal
from transforms.layout import ARTICLE_DATASETS
from transforms.published import rows_with
from transforms.store.base import Store

_MEMORY = timedelta(days=30)


def recognise(
    listed: Iterable[Entry | Refusal], known: Container[str], store: Store, now: datetime
) -> list[Entry | Refusal]:
    """Return what a run lists, entries under the id of the article whose feed and GUID they share; `known` are the
    ids already published."""
    listed = list(listed)
    unknown = {_key(one) for one in listed if _may_be_known(one, known)}
    published = _find_by_guid(store, unknown, now - _MEMORY)
    ids = {one.article_id for one in listed}
    return [_recognised(one, published, ids) if _may_be_known(one, known) else one for one in listed]


def _may_be_known(one: Entry | Refusal, known: Container[str]) -> bool:
    return isinstance(one, Entry) and one.guid_trusted and one.article_id not in known


def _key(one: Entry | Refusal) -> tuple[str, str]:
    return one.feed_url, one.guid if isinstance(one, Entry) else ""


def _recognised(one: Entry | Refusal, published: dict[tuple[str, str], str], listed: Container[str]) -> Entry | Refusal:
    article_id = published.get(_key(one))
    return one if article_id is None or article_id in listed else replace(one, article_id=article_id)


def _find_by_guid(store: Store, keys: set[tuple[str, str]], since: datetime) -> dict[tuple[str, str], str]:
    """The id that each feed's GUID was last published under."""
    guids = pa.array(sorted({guid for _, guid in keys}), pa.string())
    found: dict[tuple[str, str], tuple[str, str]] = {}
    columns = ["article_id", "guid", "feed_url", "run_id"]
    for _, table in rows_with(store, ARTICLE_DATASETS, "guid", guids, columns, since=since):
        for row in table.to_pylist():
            key, newest = (row["feed_url"], row["guid"]), (row["run_id"], row["article_id"])
            if key in keys:
                found[key] = max(found.get(key, newest), newest)
    return {key: article_id for key, (_, article_id) in found.items()}

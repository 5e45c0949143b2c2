"""Config in, published run out: lock, recover, run the graph, check what is published."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

import apache_beam as beam

from pipeline.graph import one_run
from pipeline.launch import beam_options
from pipeline.options import DEFAULT_RUNNER, Config
from pipeline.slots import new_slot
from schemas.feed import IssuedSlot
from schemas.slot import Slot
from transforms import clock
from transforms.layout import DATASETS, record_path, started_at
from transforms.published import newest_run, published_files, rows_in
from transforms.sandbox import close_sandboxes, sandbox_of
from transforms.store.base import LostLeaseError, Store
from transforms.store.open import store_of
from transforms.write.commit import recover

_NOTHING = "nothing of it is published, and the next run fetches it again"


class RunResult(NamedTuple):
    """What a run did."""

    run_id: str
    # _meta/runs/<run>.json
    record: dict[str, Any]
    # ids of earlier runs that were committed, killed, and are finished now
    recovered: list[str]
    # what does not add up, "" when all does
    imbalance: str


def run_once(
    config: Config, on_start: Callable[[Slot], None] = lambda _slot: None, start: datetime | None = None
) -> RunResult:
    """Run the graph for one slot, which starts now unless its start is given, and wait until it is published.

    Raises BusyError, UsageError (output that cannot be written). `on_start` learns the slot before anything is fetched.
    """
    with beam_options(config) as options, store_of(config.output).writing() as lease:
        store = store_of(config.output)
        recovered = recover(store, lease)
        slot = new_slot(start or clock.now(), newest_run(store))
        lease.works_on(slot.run_id)
        on_start(slot)
        with ThreadPoolExecutor(1) as beside:
            if config.runner == DEFAULT_RUNNER:
                beside.submit(sandbox_of, config.sandbox)  # its processes get ready while the graph is built
            with beam.Pipeline(options=options) as pipeline:
                one_run(pipeline, IssuedSlot(slot, config.feeds), config)
            if not config.every:
                beside.submit(close_sandboxes)  # they end while what is published is checked
            return _result(store, slot.run_id, recovered)


def _result(store: Store, run_id: str, recovered: list[str]) -> RunResult:
    if not store.exists(record_path(run_id)):
        raise LostLeaseError(f"--output {store.root}: run {run_id} was held up and taken for dead; {_NOTHING}")
    record = json.loads(store.read(record_path(run_id)))
    return RunResult(run_id, record, recovered, imbalance(store, run_id, record))


def imbalance(store: Store, run_id: str, record: dict[str, Any]) -> str:
    """Compare the record's two sides with each other and with the files that readers see."""
    entered, ended = record["balance"]["in"], record["balance"]["out"]
    if not record["balance"]["holds"]:
        return f"in {sum(entered.values()):,} ({entered}), out {sum(ended.values()):,} ({ended})"
    for dataset in DATASETS:
        files = [file.path for file in published_files(store, dataset, started_at(run_id)) if file.run_id == run_id]
        rows = rows_in(store, files)
        if rows != record["rows"][dataset]:
            return f"{dataset}: {rows:,} rows published, {record['rows'][dataset]:,} recorded"
    return ""

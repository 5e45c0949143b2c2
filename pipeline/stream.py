"""Config in, published slots out, one after the other, until a signal, their number or an error ends them."""

import gc
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import apache_beam as beam
import grpc
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineState
from apache_beam.runners.worker import sdk_worker

from pipeline.graph import stream as stream_graph
from pipeline.options import STREAM_RUNNER, Config
from pipeline.prism import find_prism, prism
from pipeline.run import RunResult, imbalance
from pipeline.slots import Stream
from transforms.errors import DatelineError
from transforms.layout import record_path
from transforms.published import newest_run, run_ids
from transforms.store.base import Store
from transforms.store.open import store_of

# seconds between two looks at what is published, in a folder and in a bucket
_LOOK, _LOOK_FAR = 0.2, 2.0
_ENDED = "the stream ended: {}; what is published is whole, and the next start goes on from there"


class StreamError(DatelineError):
    """The runner gave the stream up; what is published is whole, and the next start goes on from there."""


def run_stream(config: Config, on_published: Callable[[RunResult], None]) -> None:
    """Issue slots until their number or `STOP` ends them; `on_published` gets each as it is published.

    Raises StreamError, UsageError, PrismError. On a runner elsewhere, such as Dataflow, the job is launched and left.
    """
    with _options(config) as options:
        FileSystems.set_options(options)
        store = store_of(config.output)
        before = newest_run(store)
        plan = Stream(config.output, config.read_feeds, config.every, config.slots, uuid4().hex)
        pipeline = beam.Pipeline(options=options)
        stream_graph(pipeline, plan, config)
        job = pipeline.run()
        if config.runner != STREAM_RUNNER:
            return
        sdk_worker.print = _nothing  # it prints each traceback besides logging it
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        with _told():
            for result in _published(store, job, before):
                on_published(result)
            job.wait_until_finish()


@contextmanager
def _options(config: Config) -> Iterator[PipelineOptions]:
    """Beam's options, with a Prism of our own where that is the runner."""
    args = [*config.beam, f"--runner={config.runner}", "--streaming", "--no_pipeline_type_check"]
    options = PipelineOptions(args)
    if config.runner != STREAM_RUNNER or "job_endpoint" in options.get_all_options(drop_default=True):
        yield options
        return
    with prism(find_prism(options)) as address:
        yield PipelineOptions([*args, f"--job_endpoint={address}"])


def _published(store: Store, job: Any, before: str) -> Iterator[RunResult]:
    """Every run that is published while the job lasts, be it the stream's own or another's."""
    pause = _LOOK_FAR if "://" in store.root else _LOOK
    ended = False
    while not ended:
        ended = PipelineState.is_terminal(job.state)  # first: what is published until then is still told
        for run_id in [done for done in run_ids(store, "_meta/done") if done > before]:
            before = run_id
            if store.exists(record_path(run_id)):
                record = json.loads(store.read(record_path(run_id)))
                yield RunResult(run_id, record, [], imbalance(store, run_id, record))
        if not ended:
            time.sleep(pause)


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    """In place of print."""


@contextmanager
def _told() -> Iterator[None]:
    """What ends a job, as one error."""
    try:
        yield
    except grpc.RpcError as error:
        raise StreamError(_ENDED.format("its runner is gone")) from error
    except RuntimeError as error:
        last = str(error).strip().rpartition("\n")[2]
        said = re.sub(r"^transforms\.[\w.]+: | \[while running .*", "", last)
        raise StreamError(_ENDED.format(said[:500])) from error

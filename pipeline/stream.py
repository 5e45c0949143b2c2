"""Config in, published slots out, one after the other, until a signal, their number or an error ends them."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import PortableOptions
from apache_beam.runners.runner import PipelineState
from apache_beam.runners.worker import sdk_worker

from pipeline.graph import stream
from pipeline.launch import beam_options, plan_of
from pipeline.options import Config
from pipeline.run import RunResult, imbalance
from pipeline.slots import STOP
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

    Raises StreamError, UsageError, PrismError.
    """
    with beam_options(config) as options:
        store = store_of(config.output)
        before = newest_run(store)
        pipeline = beam.Pipeline(options=options)
        stream(pipeline, plan_of(config), config)
        job = pipeline.run()
        sdk_worker.print = _nothing  # it prints each traceback besides logging it
        with _told():
            here = options.view_as(PortableOptions).environment_type in (None, "LOOPBACK")
            for result in _published(store, job, before):
                on_published(result)
                if STOP.asked and not here:  # who issues slots is in another process, and hears no signal
                    job.cancel()
                    return
            job.wait_until_finish()


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

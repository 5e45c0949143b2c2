"""Config in, Beam's options out, with a runner that is ready; jobs on other machines are begun here, and waited for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.graph import elsewhere, stream
from pipeline.options import STREAM_RUNNER, Config
from pipeline.slots import Stream
from pipeline.tuning import tune_beam
from transforms.errors import UsageError

# the code is in packages, so that no session need be saved; one process a machine, so that a host is asked by one
# client, and one pool of processes extracts
_ELSEWHERE = ("--no_save_main_session", "--experiments=no_use_multiple_sdk_containers")


class _Options(PipelineOptions):  # type: ignore[misc]  # Beam ships no types
    """Options that keep their views: Beam asks for one some 350 times a graph, and parses its arguments each time."""

    def view_as(self, cls: Any) -> Any:
        """The options as a class of them sees them; what is set in one view is set in all."""
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]


@contextmanager
def beam_options(config: Config) -> Iterator[PipelineOptions]:
    """Beam's options, with a Prism of our own where that is the runner and none is named."""
    tune_beam()
    # the graph is always the same: its types are checked by the tests, not at every start
    args = [*config.beam, f"--runner={config.runner}", "--no_pipeline_type_check"]
    args += ["--streaming"] * config.streams
    args += _ELSEWHERE if config.remote else ()
    options = _Options(args)
    if config.runner == STREAM_RUNNER and "job_endpoint" not in options.get_all_options(drop_default=True):
        from pipeline.prism import find_prism, prism  # no other runner needs its imports

        with prism(find_prism(options)) as address:
            yield _set(_Options([*args, f"--job_endpoint={address}"]))
    else:
        yield _set(options)


def _set(options: PipelineOptions) -> PipelineOptions:
    FileSystems.set_options(options)  # a bucket's endpoint and credentials may be among them
    return options


def plan_of(config: Config) -> Stream:
    """What the slots of a job are to do."""
    return Stream(config.output, config.read_feeds, config.every, config.slots, uuid4().hex)


def launch(config: Config, tell: Callable[[str], None] = print) -> None:
    """Begin a job on other machines; a scheduled one is waited for, a stream is left to itself.

    With --template_location the job is only written there. `tell` gets a line. Raises what the runner raises.
    """
    with beam_options(config) as options:
        pipeline = beam.Pipeline(options=options)
        (stream if config.streams else elsewhere)(pipeline, plan_of(config), config)
        try:
            job: Any = pipeline.run()
        except ImportError as error:
            raise UsageError(f"{config.runner} needs more packages: pip install 'dateline[dataflow]'") from error
        given = options.get_all_options(drop_default=True)
        if "template_location" in given:
            tell(f"the job is written to {given['template_location']}")
        elif "dry_run" not in given:
            name = job.job_id() if hasattr(job, "job_id") else "of " + config.runner
            tell(f"job {name} is launched")
            if not config.streams:
                job.wait_until_finish()

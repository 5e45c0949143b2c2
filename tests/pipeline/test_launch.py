"""Beam's options as the pipeline gives them, and the collector's rest while what stays is loaded."""

import copy
import gc
from collections.abc import Iterator
from inspect import Parameter, signature
from pathlib import Path
from types import SimpleNamespace

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions, TypeOptions
from apache_beam.runners.portability.fn_api_runner import worker_handlers
from apache_beam.runners.worker.statesampler import StateSampler
from apache_beam.transforms import core
from apache_beam.utils.counters import CounterFactory

from pipeline import tuning
from pipeline.collector import uncollected
from pipeline.launch import beam_options
from pipeline.options import parse_config


@pytest.fixture
def options(tmp_path: Path) -> Iterator[PipelineOptions]:
    """The options of a run."""
    (tmp_path / "feeds.txt").write_text("http://news.example/feed\n")
    own = ["--feeds", str(tmp_path / "feeds.txt"), "--output", str(tmp_path / "out")]
    with beam_options(parse_config([*own, "--runner", "FnApiRunner"])) as given:
        yield given


def test_a_view_is_made_once(options: PipelineOptions):
    """What is set in one view is seen in every other, as with Beam's own options."""
    options.view_as(StandardOptions).runner = "Another"

    assert options.view_as(StandardOptions) is options.view_as(StandardOptions)
    assert options.view_as(StandardOptions).runner == "Another"
    assert options.get_all_options()["runner"] == "Another"
    assert options.view_as(TypeOptions).view_as(StandardOptions).runner == "Another"


def test_a_copy_has_views_of_its_own(options: PipelineOptions):
    """A pipeline copies its options: what it sets stays its own."""
    options.view_as(StandardOptions).streaming = False
    copied = copy.deepcopy(options)
    copied.view_as(StandardOptions).streaming = True

    assert not options.view_as(StandardOptions).streaming
    assert copied.get_all_options()["streaming"]


def test_what_is_loaded_is_never_looked_at_again():
    """The collector rests during the block, and what was there then is frozen; garbage of later on is found."""
    before = gc.get_threshold()
    try:
        with uncollected():
            assert not gc.isenabled()
            held = [{"n": number} for number in range(1_000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= len(held)
        circle: list[object] = []
        circle.append(circle)
        del circle
        assert gc.collect() >= 1
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_the_sampler_is_not_waited_for(options: PipelineOptions):
    """Every bundle's sampler has the short period: Beam's only optional argument is still what it was."""
    parameters = signature(StateSampler.__init__).parameters.values()

    assert [one.name for one in parameters if one.default is not Parameter.empty] == ["sampling_period_ms"]
    assert StateSampler("step", CounterFactory()).sampling_period_ms == 10


def test_side_inputs_are_not_weighed(options: PipelineOptions):
    """What a bundle of the embedded runner reads is not kept: Beam would go through all of it to know its size."""
    state = {"key": [{"n": 1}]}
    worker = worker_handlers.EmbeddedWorkerHandler(None, state, None, SimpleNamespace(_process_bundle_descriptors={}))
    factory = worker.bundle_processor_cache.state_handler_factory

    assert not factory.create_state_handler(None)._state_cache.is_cache_enabled()


def test_signatures_are_read_once(options: PipelineOptions):
    """The same names and defaults as Beam reads, and whoever changes its lists changes nobody else's."""

    def function(one: int, other: int = 2) -> int:
        return one + other

    names, defaults = core.get_function_args_defaults(function)
    names.clear()

    assert core.get_function_args_defaults(function) == (["one", "other"], [2])
    assert core.get_function_arguments(beam.DoFn(), "start_bundle") == ([], [])
    assert core.get_function_arguments(beam.DoFn(), "process")[0] == ["element"]
    read = tuning._read_signature.cache_info().misses
    assert core.get_function_args_defaults(beam.DoFn.process)[0] == ["self", "element"]
    assert core.get_function_arguments(beam.DoFn(), "process")[0] == ["element"]
    assert tuning._read_signature.cache_info().misses == read
    assert defaults == [2]

"""The jobs that Dataflow would get, built without it: their steps, what they shuffle, what they ask for and stage."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from apache_beam.internal import pickler
from apache_beam.portability.api import beam_runner_api_pb2 as proto

from bench.buckets import Bucket
from pipeline.cli import main
from tests.pipeline.jobs import COMMANDS, GOLDEN, Job, build, emulated
from transforms.tag.source import PACKAGED, unpack

pytestmark = pytest.mark.slow
# where Beam's own composites have steps of their own
_BEAMS = ("Plan/", "CoGroupByKeyImpl/", "ReshufflePerKey/", "RandomKeys", "Sum/")
# steps that take bodies in and put none out, but for what is written
_REDUCED = ("MarkNearDuplicates/Cards", "PublishRun/Encode")
_SHUFFLES = ("beam:transform:group_by_key:v1", "beam:transform:reshuffle:v1")


@pytest.fixture(scope="module")
def cloud() -> Iterator[Bucket]:
    """A bucket to stage in."""
    with emulated() as made:
        yield made


@pytest.fixture(scope="module", params=COMMANDS)
def job(cloud: Bucket, request: pytest.FixtureRequest) -> Job:
    """The batch job and the streaming job."""
    return build(request.param, cloud.root)


def test_the_jobs_are_of_their_kind(job: Job):
    """A run is a batch job, a stream is a streaming one; one process a machine, and no session is pickled."""
    kinds = {"dateline-run": "JOB_TYPE_BATCH", "dateline-stream": "JOB_TYPE_STREAMING"}
    environment = job.request["environment"]

    assert job.request["type"] == kinds[job.request["name"]]
    assert "no_use_multiple_sdk_containers" in environment["experiments"]
    assert "pickled_main_session" not in job.staged


def test_steps_have_names(job: Job):
    """Every step of ours is named by what it does; what Beam calls a function that has no name is nowhere."""
    ours = [name for name in job.steps if not any(part in name for part in _BEAMS)]
    outer = [re.sub(r"/ParDo\(\w+\)$", "", name) for name in ours]

    assert len(ours) > 50
    assert [name for name in outer if re.search(r"Callable|lambda|[()\d]", name)] == []
    assert {name.partition("/")[0] for name in ours} >= {
        "PlanPolls",
        "FetchFeeds",
        "FindRetries",
        "DropSeen",
        "FetchPages",
        "ExtractArticles",
        "MarkNearDuplicates",
        "CountTagged",
        "CountPerFeed",
        "PublishRun",
    }


def reached(job: Job, start: str, stop: tuple[str, ...]) -> Iterator[str]:
    """The steps that a step's main output comes to, as it is or enriched, up to those that reduce it."""
    consumers: dict[str, list[str]] = {}
    for name, step in job.steps.items():
        for place in step.inputs.values():
            consumers.setdefault(place, []).append(name)
    waiting, seen = [job.steps[start].outputs["None"]], set[str]()
    while waiting:
        for name in consumers.get(waiting.pop(), []):
            if name not in seen:
                seen.add(name)
                yield name
                if not name.startswith(stop):
                    waiting.append(job.steps[name].outputs["None"])


def side_inputs(job: Job) -> set[str]:
    """PCollections that some step takes as a side input: they travel whole."""
    found = set()
    for step in job.steps.values():
        if step.spec.urn == "beam:transform:pardo:v1":
            payload = proto.ParDoPayload.FromString(step.spec.payload)
            found |= {step.inputs[tag] for tag in payload.side_inputs}
    return found


def test_html_is_never_shuffled(job: Job):
    """What is fetched goes to the extractor, and nowhere else."""
    assert list(reached(job, "FetchPages/GetPages/ParDo(_GetPages)", ("ExtractArticles/",))) == [
        "ExtractArticles/Extract/ParDo(_Extract)"
    ]


def test_bodies_are_shuffled_for_writing_only(job: Job):
    """From the extractor to the rows that are written no step groups articles, or hands them out as a side input."""
    steps = list(reached(job, "ExtractArticles/Extract/ParDo(_Extract)", _REDUCED))

    assert "MarkNearDuplicates/Mark/Each/ParDo(_SummedWithSide)" in steps
    assert "PublishRun/EncodeArticles/ParDo(_EncodeRows)" in steps
    assert [name for name in steps if job.steps[name].spec.urn in _SHUFFLES] == []
    passed = {job.steps[name].outputs["None"] for name in steps if not name.startswith(_REDUCED)}
    assert passed & side_inputs(job) == set()


def test_fetching_and_extracting_stay_together(job: Job):
    """The steps that hold pages ask for room, all for the same: others could not be fused into one."""
    environments = job.pipeline.components.environments
    hints = {
        name: dict(environments[step.environment_id].resource_hints)
        for name, step in job.steps.items()
        if step.environment_id
    }
    large = {name for name, hint in hints.items() if hint == {"beam:resources:min_ram_bytes:v1": b"8000000000"}}

    assert {"FetchPages/GetPages/ParDo(_GetPages)", "ExtractArticles/Extract/ParDo(_Extract)"} <= large
    assert {"MarkNearDuplicates/Link", "MarkNearDuplicates/Compare", "CountTagged/Count/Each/ParDo(_SummedDo)"} <= large
    assert [name for name in large if name.startswith("PublishRun")] == []


def test_a_running_job_can_be_updated(job: Job):
    """Steps and coders are those of the golden list: `python -m tests.pipeline.jobs` writes it anew."""
    name = job.request["name"].removeprefix("dateline-")

    assert job.listing() == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_the_package_is_staged_as_it_is_published(cloud: Bucket, distributions: Path):
    """The source distribution that is named goes to the workers, byte for byte."""
    (package,) = distributions.glob("dateline-*.tar.gz")
    staged = build("stream", cloud.root, [f"--extra_package={package}"]).staged

    assert staged[package.name] == package.read_bytes()


def test_a_taxonomy_of_this_machine_travels_along(cloud: Bucket, tmp_path: Path):
    """The extractor's step has the file in it: no worker need reach it."""
    own = tmp_path / "own.yaml"
    own.write_bytes(PACKAGED.read_bytes().replace(b"world-affairs", b"our-own-affairs"))

    job = build("run", cloud.root, [f"--topics={own}"])

    step = job.steps["ExtractArticles/Extract/ParDo(_Extract)"]
    work = pickler.loads(proto.ParDoPayload.FromString(step.spec.payload).do_fn.payload)[0]
    (tagging,) = [one for one in work._steps if one.stage == "tag"]
    assert unpack(tagging.arguments[1]) == own.read_bytes()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--feeds={root}/lists/none.txt"], "lists/none.txt: cannot be read"),
        (["--feeds=ftp://example.org/feeds"], "ftp:// is not to be read here"),
        (["--output=/data/news"], "--output /data/news: DataflowRunner works on other machines; put it in a bucket"),
        (["--every=5m"], "--every: DataflowRunner works elsewhere; schedule single runs, or use dateline stream"),
    ],
)
def test_what_workers_cannot_reach(cloud: Bucket, capsys: pytest.CaptureFixture[str], options: list[str], told: str):
    """A place of this machine, or none at all, is one line and exit code 2, before anything is launched."""
    base = [f"--feeds={cloud.root}/lists/feeds.txt", f"--output={cloud.root}/news", "--runner=DataflowRunner"]
    code = main(["run", *base, *(option.format(root=cloud.root) for option in options)])

    assert code == 2
    assert told in capsys.readouterr().err

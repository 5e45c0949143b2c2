"""Dataflow jobs as they would be launched, built without Dataflow, and what can be read in them.

`python -m tests.pipeline.jobs` writes the golden lists anew: look at the difference, for a step that is renamed or gets
another coder cannot be updated in a running stream.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from apache_beam.portability.api import beam_runner_api_pb2 as proto

from bench.buckets import Bucket, bucket
from pipeline.cli import main
from transforms.store.clouds import cloud_of

GOLDEN = Path(__file__).parent.parent / "data" / "jobs"
COMMANDS = ("run", "stream")


class Job(NamedTuple):
    """A job as it is handed to Dataflow."""

    # what the service is told: name, type, environment
    request: dict[str, Any]
    pipeline: proto.Pipeline
    # staged files: name → bytes
    staged: dict[str, bytes]

    @property
    def steps(self) -> dict[str, proto.PTransform]:
        """The steps that do something, by their names in the graph view."""
        transforms = self.pipeline.components.transforms.values()
        return {one.unique_name: one for one in transforms if not one.subtransforms}

    def coder(self, coder_id: str) -> str:
        """A coder with those within it, such as kv<string, pickled>."""
        coder = self.pipeline.components.coders[coder_id]
        name = coder.spec.urn.removeprefix("beam:coder:").removesuffix(":v1")
        inner = ", ".join(self.coder(one) for one in coder.component_coder_ids)
        return f"{name}<{inner}>" if inner else name

    def listing(self) -> str:
        """Every step, what it is, and the coder of each of its outputs: what an update of a running job depends on."""
        lines = []
        for name, step in sorted(self.steps.items()):
            outputs = [
                f"{tag}: {self.coder(self.pipeline.components.pcollections[place].coder_id)}"
                for tag, place in sorted(step.outputs.items())
            ]
            lines.append(f"{name} | {step.spec.urn.removeprefix('beam:transform:')} | {'; '.join(outputs)}")
        return "\n".join(lines) + "\n"


@contextmanager
def emulated() -> Iterator[Bucket]:
    """A bucket with a feed list in it."""
    with bucket("gs") as made:
        cloud_of("gs").put(f"{made.root}/lists/feeds.txt", b"https://news.example/feed.xml\n", False)
        yield made


def build(command: str, root: str, more: Sequence[str] = ()) -> Job:
    """The job of `dateline run` or `stream` on Dataflow."""
    before = set(_objects(root))
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "job.json"
        options = [f"--feeds={root}/lists/feeds.txt", f"--output={root}/news", "--runner=DataflowRunner"]
        options += ["--project=demo-project", "--region=europe-west1", "--no_auth", f"--job_name=dateline-{command}"]
        options += [f"--temp_location={root}/temp", f"--staging_location={root}/staging"]
        assert main([command, *options, f"--template_location={template}", *more]) == 0
        request = json.loads(template.read_text("utf-8"))
    client = cloud_of("gs").client()
    staged = {url.rpartition("/")[2]: client.open(url).read() for url in set(_objects(root)) - before}
    return Job(request, proto.Pipeline.FromString(staged["pipeline.pb"]), staged)


def _objects(root: str) -> list[str]:
    return [url for url, _ in cloud_of("gs").client().list_files(f"{root}/staging/")]


def write_golden() -> None:
    """Write the golden lists."""
    GOLDEN.mkdir(exist_ok=True)
    with emulated() as made:
        for command in COMMANDS:
            (GOLDEN / f"{command}.txt").write_text(build(command, made.root).listing(), "utf-8")


if __name__ == "__main__":
    write_golden()

"""Which runs load the clients of clouds, and that nothing else is missing where they are left out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.clouds import stays_here, without_clouds

# what a command has loaded when it finds that its feed list is missing, and whether a client can be had after all
_LOADED = """
import json, sys
from pipeline.cli import main
code = main(sys.argv[1:])
loaded = [name for name in ("apache_beam", "google.cloud.storage", "boto3") if name in sys.modules]
from pipeline.options import _beam_options
options = sorted(option.__name__ for option in _beam_options())
from apache_beam.io.gcp.gcsio import parse_gcs_path
print(json.dumps([code, loaded, options, parse_gcs_path("gs://bucket/name")]))
"""


def loaded_by(*argv: str) -> list[Any]:
    """Exit code, what is loaded of Beam and the clouds, the options that are known, and a bucket's address, parsed."""
    command = [sys.executable, "-c", _LOADED, *argv]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60)
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_only_what_leads_to_a_cloud_loads_its_clients(tmp_path: Path):
    """A run into a folder is without them, one into a bucket has them; both know the same options of Beam."""
    feeds = ["--feeds", str(tmp_path / "none.txt")]
    here = loaded_by("run", *feeds, "--output", str(tmp_path / "news"))
    there = loaded_by("run", *feeds, "--output", "gs://bucket/news")

    assert here[:2] == [2, ["apache_beam"]]
    assert there[:2] == [2, ["apache_beam", "google.cloud.storage", "boto3"]]
    assert here[2:] == there[2:]
    assert here[3] == ["bucket", "name"]


@pytest.mark.parametrize(
    ("argument", "here"),
    [
        ("news", True),
        ("--contact=https://news.example/bot", True),
        ("http://127.0.0.1/", True),
        ("gs://bucket/feeds.txt", False),
        ("--output=s3://bucket/news", False),
        ("hdfs://name/news", False),
        ("--runner", False),
        ("--runner=DataflowRunner", False),
        ("--runners", True),
    ],
)
def test_what_leads_elsewhere(argument: str, here: bool):
    """A bucket, or a runner that is named; a site's URL does not."""
    assert stays_here(["--feeds", argument]) is here


def test_what_is_loaded_already_stays(monkeypatch: pytest.MonkeyPatch):
    """In the block a client is not found, unless it was there before; after it, all is as it was."""
    monkeypatch.setitem(sys.modules, "apitools", pytest)
    monkeypatch.delitem(sys.modules, "google.api_core", raising=False)
    before = dict(sys.modules)
    with without_clouds():
        import apitools

        assert apitools is pytest
        with pytest.raises(ModuleNotFoundError, match=r"google\.api_core"):
            import google.api_core  # noqa: F401
    assert sys.modules == before

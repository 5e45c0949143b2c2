"""The command line: what it gives, and the one clear line that says what is wrong with it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.options import DEFAULT_RUNNER, parse_config
from transforms.errors import UsageError
from transforms.fetch.settings import fetch_settings


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    """A feed list."""
    path = tmp_path / "feeds.txt"
    path.write_text("http://news.example/feed\n")
    return path


def test_defaults_are_complete(feeds: Path, tmp_path: Path):
    """Feeds and output are all that is needed."""
    config = parse_config(["--feeds", str(feeds), "--output", str(tmp_path / "out")])

    assert [feed.url for feed in config.feeds] == ["http://news.example/feed"]
    assert (config.runner, config.topics, config.fetch.allow_private_hosts) == (DEFAULT_RUNNER, "", ())
    assert config.fetch.per_host == 2
    assert config.sandbox.at_once >= 1


def test_beams_options_pass_through(feeds: Path, tmp_path: Path):
    """Whatever Beam knows is Beam's; a runner among it is the one that runs."""
    args = ["--feeds", str(feeds), "--output", str(tmp_path), "--runner=PrismRunner", "--job_name=news"]

    config = parse_config(args)

    assert config.beam == ("--runner=PrismRunner", "--job_name=news")
    assert config.runner == "PrismRunner"


def test_a_stream_has_its_own_defaults(feeds: Path, tmp_path: Path):
    """A slot a minute on Prism, 36 seconds of it for fetching; the list can be read again."""
    config = parse_config(["--feeds", str(feeds), "--output", str(tmp_path)], "stream")

    assert (config.runner, config.every, config.fetch.deadline) == ("PrismRunner", 60, 36)
    feeds.write_text("http://news.example/another\n")
    assert [feed.url for feed in config.read_feeds()] == ["http://news.example/another"]


@pytest.mark.parametrize(
    ("command", "more", "told"),
    [
        ("stream", ["--runner=DirectRunner"], "--runner=DirectRunner cannot stream"),
        ("stream", ["--runner=fnapi"], "--runner=fnapi cannot stream"),
        ("run", ["--streaming"], "--runner=FnApiRunner cannot stream"),
        ("run", ["--streaming", "--runner=PrismRunner"], "a run has one slot; use dateline stream"),
        ("stream", ["--deadline", "2m"], "--deadline 2m: from one second to the time between two runs"),
        ("run", ["--deadline", "0"], "--deadline 0: from one second"),
        ("run", ["--runner=DataflowRunner"], "DataflowRunner works on other machines; put it in a bucket"),
        ("stream", ["--runner=FlinkRunner"], "FlinkRunner works on other machines; put it in a bucket"),
    ],
)
def test_what_cannot_be_is_refused(feeds: Path, tmp_path: Path, command: str, more: list[str], told: str):
    """A runner without streams, a stream that is none, a deadline after the next slot, files out of reach."""
    with pytest.raises(UsageError, match=re.escape(told)):
        parse_config(["--feeds", str(feeds), "--output", str(tmp_path), *more], command)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["--outputt", "x"], "unknown option --outputt; did you mean --output?"),
        (["--zzz=1"], "unknown option --zzz"),
        (["--processes", "none"], "argument --processes: invalid int value: 'none'"),
        (["--processes", "0"], "--processes 0: at least one"),
        (["--connections", "0"], "--connections 0: at least one"),
        (["--topics", "missing.yaml"], "missing.yaml"),
        (["--allow_private_hosts", "nowhere.invalid"], "nowhere.invalid"),
        (["--output", "http://bucket/x"], "outputs are local folders, gs://bucket/folder or s3://bucket/folder"),
        (["--feeds", "missing.opml"], "missing.opml: cannot be read"),
        (["surplus"], "surplus"),
    ],
)
def test_what_is_wrong_is_one_line(
    feeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: list[str], said: str
):
    """A wrong option stops with exit code 2 and one line that names it."""
    code = main(["run", "--feeds", str(feeds), "--output", str(tmp_path / "out"), *extra])

    errors = capsys.readouterr().err
    assert code == 2
    assert said in errors
    assert errors.startswith("dateline: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("missing", ["feeds", "output"])
def test_feeds_and_output_are_needed(feeds: Path, tmp_path: Path, missing: str):
    """Without one of them nothing runs."""
    given = {"feeds": str(feeds), "output": str(tmp_path)}
    args = [word for name, value in given.items() if name != missing for word in (f"--{name}", value)]

    with pytest.raises(UsageError, match=f"--{missing} is missing"):
        parse_config(args)


def test_the_user_agent_carries_the_contact():
    """Servers are told whom to write to."""
    assert fetch_settings("mail@news.example", "").user_agent.endswith(" (+mail@news.example)")
    assert fetch_settings("", "").user_agent.startswith("Dateline/")


@pytest.mark.parametrize(("argv", "code"), [([], 2), (["--help"], 0), (["run", "--help"], 0), (["fly"], 2)])
def test_help_and_unknown_commands(argv: list[str], code: int, capsys: pytest.CaptureFixture[str]):
    """Help is asked for or needed; a command that is none says which there are."""
    assert main(argv) == code

    printed = capsys.readouterr()
    assert "run" in printed.out + printed.err


def test_the_module_is_the_command():
    """`python -m pipeline` does what `dateline` does."""
    made = subprocess.run(
        [sys.executable, "-m", "pipeline", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )

    assert "dateline run" in made.stdout

"""What lies in deploy/ fits the program: every command line parses, every unit and manifest is what it should be."""

import json
import os
import re
import shlex
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from deploy.dataflow.template import command as template_command
from pipeline.cli import COMMANDS
from pipeline.options import parse_config

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".timer"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def words_of(text: str) -> list[str]:
    """A command line of deploy/, with what stands for the operator's own places filled in."""
    return shlex.split(re.sub(r"\$\{?DATELINE_(\w+)\}?|\$(FEEDS|OUTPUT)", lambda m: f"/{(m[1] or m[2]).lower()}", text))


def command_lines() -> list[list[str]]:
    """Every call of dateline in deploy/: its arguments."""
    found = [
        words_of(line.partition("bin/dateline ")[2])
        for unit in UNITS
        for line in unit.read_text("utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    crontab = (DEPLOY / "cron" / "dateline.crontab").read_text("utf-8")
    found += [
        words_of(line.split(" >> ")[0].partition(" dateline ")[2])
        for line in crontab.splitlines()
        if " dateline " in line and line[0] in "*0123456789"
    ]
    return [*found, *(one["args"] for path in MANIFESTS for one in containers(path))]


def pod(path: Path) -> dict:
    """The pod of a CronJob or a Deployment."""
    spec = yaml.safe_load(path.read_text("utf-8"))["spec"]
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]["spec"]


def containers(path: Path) -> list[dict]:
    """Its containers, in the order in which they run."""
    return [*pod(path).get("initContainers", []), *pod(path)["containers"]]


@pytest.mark.parametrize("words", command_lines(), ids=" ".join)
def test_command_lines_parse(words: list[str], tmp_path: Path):
    """Each command exists and takes these options, with a feed list and an output of the test in place of theirs."""
    assert words[0] in COMMANDS
    if words[0] in ("run", "stream"):
        feeds = tmp_path / "feeds.txt"
        feeds.write_text("https://news.example/feed\n")
        given = [str(feeds) if before == "--feeds" else word for before, word in zip(["", *words], words, strict=False)]
        assert parse_config(given[1:], words[0]).output.startswith("/")
    else:
        (tmp_path / "_meta" / "runs").mkdir(parents=True)
        (tmp_path / "_meta" / "runs" / "20261124T170000Z-3f9c2a1b.json").write_text("{}")
        given = [str(tmp_path) if word.startswith("/") else word for word in words[1:]]
        assert given != words[1:]
        assert COMMANDS[words[0]][0](given) == 0


def test_all_ways_are_there():
    """A scheduled run and a stream for systemd, cron, Kubernetes and a container."""
    assert [words[0] for words in command_lines()] == [
        *("compact", "vacuum", "stream", "run"),
        *("run", "compact", "vacuum"),
        *("compact", "vacuum", "run", "stream"),
    ]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_units_are_verified(tmp_path: Path):
    """systemd finds nothing to say about the units, once the program is where they want it."""
    program = tmp_path / "opt" / "dateline" / "bin" / "dateline"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/dateline", str(program.parent.parent))
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "dateline" in line]

    assert (done.returncode, ours) == (0, [])


def test_units_end_as_dateline_does():
    """A run that another one holds up is no failure; a stream gets one signal, and time for its slot."""
    run, stream = ((DEPLOY / "systemd" / f"dateline{name}.service").read_text("utf-8") for name in ("", "-stream"))

    assert "SuccessExitStatus=3 143" in run
    assert "Type=oneshot" in run
    assert {"KillMode=mixed", "KillSignal=SIGTERM", "Restart=always", "SuccessExitStatus=143"} <= set(stream.split())
    assert "TimeoutStopSec=3min" in stream
    assert "RestartPreventExitStatus" not in stream  # an output that is away at the start ends with 2


def test_compaction_tries_again_only_where_it_was_held_up():
    """Exit codes 1 and 2 are not mended by another try; 3 is, and not without end."""
    unit = (DEPLOY / "systemd" / "dateline-compact.service").read_text("utf-8")

    assert {"Restart=on-failure", "StartLimitBurst=60", "StartLimitIntervalSec=2h"} <= set(unit.split())
    assert "RestartPreventExitStatus=1 2\n" in unit


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_services_are_confined(unit: Path):
    """No root, a system that cannot be written, a bound on memory."""
    lines = set(unit.read_text("utf-8").splitlines())

    assert lines >= {"User=dateline", "ProtectSystem=strict", "NoNewPrivileges=yes", "PrivateTmp=yes", "MemoryMax=4G"}


def test_crontab_lines_have_times():
    """Five fields within their bounds, then a command that ends in a log."""
    lines = [
        line
        for line in (DEPLOY / "cron" / "dateline.crontab").read_text("utf-8").splitlines()
        if line[:1] in "*0123456789" and line
    ]

    assert len(lines) == 3
    for line in lines:
        assert re.fullmatch(r"([\d*/,-]+ ){5}dateline .* >> /\S+ 2>&1", line), line
        for field, (least, most) in zip(line.split(), ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7)), strict=False):
            numbers = [int(number) for number in re.findall(r"(?<!/)\b\d+", field)]
            assert all(least <= number <= most for number in numbers), line


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_safe(path: Path):
    """No root, no writable system, no privileges, a bound on memory, and every mount has its volume."""
    volumes = {volume["name"] for volume in pod(path)["volumes"]}

    assert pod(path)["securityContext"]["runAsNonRoot"] is True
    for one in containers(path):
        assert one["securityContext"]["readOnlyRootFilesystem"] is True
        assert one["securityContext"]["allowPrivilegeEscalation"] is False
        assert one["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert one["resources"]["limits"]["memory"]
        assert {mount["name"] for mount in one["volumeMounts"]} == volumes


def test_writers_do_not_overlap():
    """A CronJob leaves a run that is at work to it; of the stream there is one, and the old one ends first."""
    cron, stream = (
        yaml.safe_load((DEPLOY / "kubernetes" / name).read_text("utf-8"))["spec"]
        for name in ("cronjob.yaml", "stream.yaml")
    )

    assert cron["concurrencyPolicy"] == "Forbid"
    assert cron["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert (stream["replicas"], stream["strategy"]["type"]) == (1, "Recreate")
    assert stream["selector"]["matchLabels"] == stream["template"]["metadata"]["labels"]
    assert not {"livenessProbe", "readinessProbe"} & set(containers(DEPLOY / "kubernetes" / "stream.yaml")[0])
    assert pod(DEPLOY / "kubernetes" / "stream.yaml")["terminationGracePeriodSeconds"] >= 120


@pytest.mark.parametrize("name", ["container/Containerfile", "dataflow/Dockerfile"])
def test_images_have_what_they_copy(name: str):
    """Each COPY out of the repository finds its source; Beam is the one that is tested; every package is in."""
    text = (DEPLOY / name).read_text("utf-8")
    copied = [source for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M) for source in line.split()[:-1]]

    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert {"pipeline", "transforms", "schemas", "queries", "setup.py"} <= set(copied)
    assert f"ARG BEAM={version('apache-beam')}" in text


def test_the_image_is_what_the_manifests_want():
    """It starts the command that setup.py installs, as the user the pods run as, and nothing it copies is ignored."""
    text = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
    (entry,) = re.findall(r'^ENTRYPOINT \["(\w+)"\]$', text, re.M)
    copied = [source for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M) for source in line.split()[:-1]]

    assert f'"{entry} = pipeline.cli:main"' in (ROOT / "setup.py").read_text("utf-8")
    assert re.findall(r"^USER (\d+)$", text, re.M) == ["10001"]
    assert {pod(path)["securityContext"]["runAsUser"] for path in MANIFESTS} == {10001}
    assert not set(copied) & set((ROOT / ".containerignore").read_text("utf-8").split())


def test_a_feed_list_may_be_swapped_under_a_stream(tmp_path: Path):
    """Kubernetes swaps a ConfigMap by a link to a new folder, and deletes the old one: the next slot reads the new."""
    for name, urls in (("a", "https://one.example/feed\n"), ("b", "https://two.example/feed\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "feeds.txt").write_text(urls)
    (tmp_path / "now").symlink_to("a")
    (tmp_path / "feeds.txt").symlink_to("now/feeds.txt")
    config = parse_config(["--feeds", str(tmp_path / "feeds.txt"), "--output", str(tmp_path / "news")], "stream")
    (tmp_path / "new").symlink_to("b")
    (tmp_path / "new").replace(tmp_path / "now")
    shutil.rmtree(tmp_path / "a")

    assert [feed.url for feed in config.read_feeds()] == ["https://two.example/feed"]


def test_the_template_knows_the_options():
    """Every parameter of the flex template is an option of the program, and what it says of it is one line."""
    from apache_beam.options.pipeline_options import WorkerOptions  # noqa: F401  declares sdk_container_image

    parameters = json.loads((DEPLOY / "dataflow" / "metadata.json").read_text("utf-8"))["parameters"]
    own = {name for name in (one["name"] for one in parameters) if name not in ("command", "sdk_container_image")}
    options = set(re.findall(r"`--(\w+)", (ROOT / "README.md").read_text("utf-8")))

    assert own <= options
    assert options - own >= {"allow_private_hosts"}
    for one in parameters:
        assert "\n" not in one["helpText"]
        assert all(re.compile(regex) for regex in one.get("regexes", []))


def test_the_table_in_docs_is_the_template():
    """docs/dataflow.md lists the template's parameters, with the same words."""
    parameters = json.loads((DEPLOY / "dataflow" / "metadata.json").read_text("utf-8"))["parameters"]
    page = (ROOT / "docs" / "dataflow.md").read_text("utf-8")

    for one in parameters:
        assert f"| `{one['name']}` | {one['helpText']} |" in page


def launch(*words: str) -> str:
    """The commands that launch.sh would run."""
    environment = os.environ | {"DRY_RUN": "1", "PROJECT": "p", "REGION": "r", "BUCKET": "b"}
    done = subprocess.run(
        [DEPLOY / "dataflow" / "launch.sh", *words], capture_output=True, text=True, env=environment, check=False
    )
    return done.stdout + done.stderr


def test_launch_script_says_what_it_does():
    """It builds image and template, launches either command with its parameters, updates, drains."""
    assert re.findall(r"^(docker \w+|gcloud dataflow [\w-]+ \w+)", launch("build"), re.M) == [
        "docker build",
        "docker push",
        "gcloud dataflow flex-template build",
    ]
    stream = launch("stream", "--feeds=gs://b/f.opml", "--output=gs://b/news", "--every=1m")
    assert "command=stream~" in stream
    assert "~feeds=gs://b/f.opml~output=gs://b/news~every=1m" in stream
    assert "--enable-streaming-engine" in stream
    assert "--update --job-name news" in launch("update", "news", "--feeds=gs://b/f.opml")
    assert "jobs drain 2026" in launch("drain", "2026")
    assert "options are given as --name=value" in launch("run", "--feeds", "gs://b/f.opml")


def test_the_template_becomes_a_command_line():
    """What the launcher gives is what `dateline` takes; empty parameters are as if not given."""
    given = ["--feeds=gs://b/f.opml", "--output=gs://b/news", "--command=stream", "--every=", "--runner=DataflowRunner"]

    assert template_command(given) == [
        "stream",
        "--feeds=gs://b/f.opml",
        "--output=gs://b/news",
        "--runner=DataflowRunner",
    ]

"""The cost of a command is that of everything it starts."""

import sys
from pathlib import Path

import pytest

from bench.figures import Usage, cost, measured, shown

BURN = "import time\nwhile time.process_time() < 0.4: pass\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and a child subreaper")


def run(script: str, log: Path, core: int | None = None) -> Usage:
    """Measure a Python script."""
    return measured([sys.executable, "-c", script], log=log, core=core)


def test_cpu_time_is_that_of_the_command(tmp_path: Path) -> None:
    """A process that works for 0.4 s of CPU is measured so, with its exit code and its output."""
    usage = run(BURN + "print('done'); raise SystemExit(3)", tmp_path / "log")

    assert 0.4 <= usage.cpu_s < 1.5
    assert usage.exit_code == 3
    assert usage.left_over == 0
    assert (tmp_path / "log").read_text() == "done\n"


@linux
def test_cpu_time_of_a_daemon_counts(tmp_path: Path) -> None:
    """A grandchild in a session of its own, which nobody waits for and which outlives the command, counts as well."""
    script = f"import os\nif not os.fork():\n os.setsid()\n if os.fork(): os._exit(0)\n exec({BURN!r})\n"
    usage = run(script, tmp_path / "log")

    assert 0.4 <= usage.cpu_s < 1.5
    assert usage.left_over == 0


@linux
def test_cpu_time_of_a_child_that_is_never_waited_for_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the parent ignores SIGCHLD, the kernel forgets a child's times; the samples know them."""
    monkeypatch.setattr("bench.figures.INTERVAL", 0.1)
    ignore = "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    script = f"{ignore}if not os.fork():\n exec({BURN!r})\n os._exit(0)\ntime.sleep(1.5)"
    usage = run(script, tmp_path / "log")

    assert usage.cpu_s > 0.2


@linux
def test_what_outlives_the_command_is_killed_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that stays behind is ended after the time of grace, and told."""
    monkeypatch.setattr("bench.figures.GRACE", 0.2)
    usage = run("import os, time\nif not os.fork(): time.sleep(60)", tmp_path / "log")

    assert usage.left_over == 1
    assert usage.wall_s < 5


@linux
def test_peak_memory_is_the_sum_over_the_tree(tmp_path: Path) -> None:
    """Two processes that hold 60 MB each, at the same time, have a peak of more than 120 MB."""
    script = "import os, time\npid = os.fork()\nheld = b'x' * 60_000_000\ntime.sleep(0.8)\nif pid: os.wait()"
    usage = run(script, tmp_path / "log")

    assert 120e6 < usage.peak_bytes < 200e6
    assert usage.memory in ("pss", "rss")


@linux
def test_a_command_can_be_pinned_to_a_core(tmp_path: Path) -> None:
    """A pinned command may run on that core only."""
    run("import os; time = __import__('time').sleep(0.3); print(os.sched_getaffinity(0))", tmp_path / "log", core=0)

    assert (tmp_path / "log").read_text() == "{0}\n"


def test_cost_per_page_without_start_up_leaves_the_first_page_out() -> None:
    """Eleven pages for 5 s where one costs 3 s are 200 ms for each further page."""
    figures = cost(Usage(0, 7.0, 5.0, 2_000_000, "pss", 0), Usage(0, 4.0, 3.0, 1, "pss", 0), 11)

    assert figures["cpu_ms_per_page_without_start_up"] == 200
    assert figures["cpu_ms_per_page"] == pytest.approx(454.5, abs=0.1)
    assert figures["wall_s_without_start_up"] == 3.0
    assert figures["peak_mb"] == 2.0


def test_a_flag_is_shown_as_a_word() -> None:
    """Numbers are grouped by thousands, and what is neither number nor text is shown as Python names it."""
    assert [shown(1_234_567), shown(12.34), shown({})] == ["1,234,567", "12.3", "{}"]

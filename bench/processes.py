"""What a process and all that it started hold (Linux, /proc)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_PAGE = 4096
# in the environment of a process that is to be found with all its children
MARK = "DATELINE_TEST_RUN"
# words of a command line → what the process is for
_ROLES = (
    ("prism", "prism"),
    ("multiprocessing.forkserver", "fork server and its workers"),
    ("multiprocessing.resource_tracker", "resource tracker"),
)


def children(pid: int) -> Iterator[int]:
    """All descendants."""
    for task in list((PROC / str(pid) / "task").iterdir()):
        with suppress(OSError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from children(int(child))


def resident(pid: int) -> int:
    """Bytes of resident memory, 0 for a process that has ended."""
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def resident_by_role(pid: int) -> Counter[str]:
    """Resident bytes of a process (`dateline`) and of all that it started, by what that is for."""
    found = Counter({"dateline": resident(pid)})
    with suppress(OSError):  # it has ended
        for child in children(pid):
            found[_role(child)] += resident(child)
    return found


def _role(pid: int) -> str:
    with suppress(OSError):
        line = (PROC / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace")
        return next((role for word, role in _ROLES if word in line), "others")
    return "others"


def marked(mark: str) -> list[int]:
    """Live processes that carry a mark in their environment: a run and its children."""
    wanted = f"{MARK}={mark}".encode()
    return [int(folder.name) for folder in PROC.glob("[0-9]*") if wanted in _environment(folder)]


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended meanwhile, or is a zombie
        return []

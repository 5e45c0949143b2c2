"""The layers hold: what may import what is checked in the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("schemas", "transforms", "pipeline", "queries")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
STAGES = sorted(path.name for path in (ROOT / "transforms").iterdir() if (path / "transform.py").exists())


def imports(path: Path) -> Iterator[str]:
    """Modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def place(path: Path) -> str:
    """A file's path below the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=place)
class TestLayers:
    def test_schemas_stand_alone(self, path: Path):
        """Records import nothing of ours but records, and no Beam."""
        if place(path).startswith("schemas/"):
            ours = {name.partition(".")[0] for name in imports(path)} & {*PACKAGES, "bench", "apache_beam"}

            assert ours <= {"schemas"}

    def test_beam_stays_in_its_shells(self, path: Path):
        """Among the transforms only transform.py files, the shared shells and the clients of clouds import Beam."""
        shell = path.name == "transform.py" or "transforms/shell/" in place(path) or path.name == "clouds.py"
        if place(path).startswith("transforms/") and not shell:
            assert not [name for name in imports(path) if name.startswith("apache_beam")]

    def test_stages_know_nothing_of_each_other(self, path: Path):
        """A stage never imports another stage."""
        parts = place(path).split("/")
        if parts[0] == "transforms" and parts[1] in STAGES:
            others = [
                name
                for name in imports(path)
                if any(name.startswith(f"transforms.{s}") for s in STAGES if s != parts[1])
            ]

            assert not others

    def test_nobody_imports_the_pipeline(self, path: Path):
        """The program around the transforms is at the top: nothing below looks up."""
        if not place(path).startswith("pipeline/"):
            assert not [name for name in imports(path) if name.partition(".")[0] == "pipeline"]

    def test_files_stay_small(self, path: Path):
        """No file has more than 300 lines."""
        assert len(path.read_text("utf-8").splitlines()) <= 300


def test_the_stages_are_the_folders():
    """Every stage of the mission is a folder with a transform."""
    assert {"fetch", "extract", "dedup", "tag", "write", "history"} == set(STAGES)

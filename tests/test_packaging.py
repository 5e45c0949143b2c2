"""The built distributions hold the code and its data, and no tests."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = (
    "pipeline/cli.py",
    "pipeline/demo/content/wire.toml",
    "queries/texts.sql",
    "schemas/parquet.py",
    "transforms/data/tracking.txt",
    "transforms/credits/data/agencies.toml",
    "transforms/tag/data/topics.yaml",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(distributions: Path) -> dict[str, set[str]]:
    """File names in the sdist and in the wheel, below their top folders."""
    (sdist,), (wheel,) = distributions.glob("*.tar.gz"), distributions.glob("*.whl")
    with tarfile.open(sdist) as tar, zipfile.ZipFile(wheel) as archive:
        return {"sdist": {name.partition("/")[2] for name in tar.getnames()}, "wheel": set(archive.namelist())}


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
class TestDistributions:
    def test_code_and_data_are_in(self, built: dict[str, set[str]], kind: str):
        """Every package and data file that a run reads is shipped."""
        assert set(NEEDED) <= built[kind]

    def test_every_module_is_in(self, built: dict[str, set[str]], kind: str):
        """What git knows of the packages, the distribution has."""
        tracked = subprocess.run(
            ["git", "ls-files", "pipeline", "transforms", "schemas", "queries"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )

        assert set(tracked.stdout.split()) <= built[kind]

    def test_no_tests_are_in(self, built: dict[str, set[str]], kind: str):
        """Neither tests nor benches are installed."""
        assert not [name for name in built[kind] if name.startswith(("tests/", "bench/"))]


def test_the_names_are_ours():
    """The packages that Python finds under our general names are this project's."""
    names = ("pipeline", "transforms", "schemas", "queries")
    code = f"import {', '.join(names)}; print(*(m.__file__ for m in ({', '.join(names)})))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")

    assert [Path(line).parent.parent for line in made.stdout.split()] == [ROOT] * 4

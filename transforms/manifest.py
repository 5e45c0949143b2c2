"""The manifest: what one commit publishes. A run's adds files; a compaction's adds some in place of others; an aborted
one says that a run will never be published, whatever its writer still does.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from transforms.errors import DatelineError
from transforms.layout import manifest_path, staging
from transforms.store.base import Store

RUN, COMPACTION, ABORTED = "run", "compaction", "aborted"


class ManifestError(DatelineError):
    """A manifest that is no manifest: nobody can say what belongs to its run."""


@dataclass(frozen=True, order=True)
class ManifestFile:
    """A file that is written but may not be in place yet."""

    run_id: str
    dataset: str
    # where it will be published
    path: str
    rows: int
    bytes: int
    sha256: str
    # where it was written, an own place for each try
    staged: str = ""


@dataclass(frozen=True)
class Manifest:
    """What becomes visible together."""

    run_id: str
    files: tuple[ManifestFile, ...] = ()
    # small JSON values by their paths
    documents: dict[str, Any] = field(default_factory=dict)
    kind: str = RUN
    # paths of the published files whose rows are in `files` now
    replaced: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """The manifest as it is written."""
        return as_json(asdict(self))


def read_manifest(store: Store, run_id: str) -> Manifest:
    """The manifest of a run. Raises FileNotFoundError, and ManifestError where it is damaged."""
    path = manifest_path(run_id)
    try:
        values = json.loads(store.read(path))
        files = [ManifestFile(**file) for file in values.pop("files")]
        placed = tuple(file if file.staged else _placed(file) for file in files)
        return Manifest(**values | {"files": placed, "replaced": tuple(values.get("replaced", ()))})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ManifestError(f"{store.root}/{path}: cannot be read; restore it from a backup") from error


def _placed(file: ManifestFile) -> ManifestFile:
    """The file as version 0.1 wrote it: staged under the path it is published at."""
    return ManifestFile(**asdict(file) | {"staged": f"{staging(file.run_id)}/{file.path}"})


def as_json(value: Any) -> bytes:
    """A value as JSON, the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()

"""An output in, what may go from it out: what no reader needs and no run.

* unpublished files of runs that were given up;
* manifests and done markers that are spent: of commits whose files were all replaced by later ones, of runs that
  published nothing, or that were ruled out, a week ago at least;
* data files that no manifest names. Somebody put them there, and readers see them: they go only if that is asked for.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from transforms.layout import DONE, MANIFESTS, STAGING, done_path, manifest_path, started_at
from transforms.manifest import ABORTED, Manifest, read_manifest
from transforms.published import data_files
from transforms.snapshot import read_state
from transforms.store.base import Store

# a writer that was taken for dead wakes up within this, or never
_MEMORY = timedelta(days=7)


class Orphan(NamedTuple):
    """A file that may go."""

    path: str
    bytes: int
    why: str


def find_orphans(store: Store, now: datetime, *, foreign: bool = False) -> list[Orphan]:
    """Everything that may go, with `foreign` also data files of nobody; to be deleted by a writer after recovery."""
    state = read_state(store)
    manifests, published = [read_manifest(store, run_id) for run_id in state.committed], data_files(store)
    # what is pending is published by the next writer
    staged = {path: size for path, size in store.files(STAGING).items() if path.split("/")[1] not in state.pending}
    orphans = [Orphan(path, size, "never published") for path, size in staged.items()]
    if foreign:
        named = {file.path for manifest in manifests for file in manifest.files}
        orphans += [Orphan(path, size, "in no manifest") for path, size in published.items() if path not in named]
    sizes = store.files(MANIFESTS) | store.files(DONE)
    for manifest, why in _spent(manifests, published.keys(), now):
        paths = (manifest_path(manifest.run_id), done_path(manifest.run_id))
        orphans += [Orphan(path, sizes[path], why) for path in paths if path in sizes]
    return orphans


def vacuum(store: Store, orphans: list[Orphan]) -> None:
    """Delete orphans; manifests before their done markers, or recovery would take them for unfinished."""
    store.delete(orphan.path for orphan in orphans if not orphan.path.startswith(f"{DONE}/"))
    store.delete(orphan.path for orphan in orphans if orphan.path.startswith(f"{DONE}/"))


def _spent(manifests: list[Manifest], published: Collection[str], now: datetime) -> Iterator[tuple[Manifest, str]]:
    """Manifests that say nothing any more, and why; never the newest, which later runs are put after."""
    named_by = {file.path: manifest for manifest in manifests for file in manifest.files}

    def why(manifest: Manifest) -> str:
        if manifest is manifests[-1] or started_at(manifest.run_id) >= now - _MEMORY:
            return ""
        if manifest.kind == ABORTED:
            return "its run was ruled out"
        # what replaced files of a manifest that stays has to stay, too: it says where their rows are now
        replaced = (named_by[path] for path in manifest.replaced if path in named_by)
        if any(file.path in published for file in manifest.files) or not all(map(why, replaced)):
            return ""
        return "all of its files were compacted since" if manifest.files else "its run published nothing"

    yield from ((manifest, reason) for manifest in manifests if (reason := why(manifest)))

"""The redo log: how a run's files become visible exactly once (decision 0002 has the proof).

    stage every file → manifest (the commit point) → into place → what is replaced goes → staging removed → done marker

A run killed before its manifest leaves only unpublished files, which the next run deletes. A run killed after it is
finished by the next run: all that follows may be repeated. Nothing published is ever overwritten; what a compaction
replaces is deleted once its successor is in place.
"""

from transforms.layout import STAGING, done_path, manifest_path, staging
from transforms.manifest import ABORTED, Manifest, as_json, read_manifest
from transforms.snapshot import read_state
from transforms.store.base import Lease, LostLeaseError, Store


def commit(store: Store, manifest: Manifest) -> None:
    """Publish what a manifest says.

    Raises StoreError where the disk or bucket refuses: before the manifest nothing is published, after it the next run
    goes on. Raises LostLeaseError where another writer has ruled this run out.
    """
    if not store.create(manifest_path(manifest.run_id), manifest.to_json()):
        manifest = read_manifest(store, manifest.run_id)  # an earlier try of the same step got here first
        if manifest.kind == ABORTED:
            raise LostLeaseError(
                f"--output {store.root}: run {manifest.run_id} was held up and taken for dead; nothing of it is"
                " published, and the next run fetches it again"
            )
    _publish(store, manifest)


def recover(store: Store, lease: Lease) -> list[str]:
    """Finish every commit that was interrupted, rule out and delete all else; the ids of what was finished."""
    if lease.abandoned:
        _abort(store, lease.abandoned)
    unpublished = sorted({path.split("/")[1] for path in store.files(STAGING)})
    for run_id in unpublished:
        if not run_id.startswith("."):
            _abort(store, run_id)
    finished = []
    for run_id in read_state(store).pending:
        manifest = read_manifest(store, run_id)
        _publish(store, manifest)
        if manifest.kind != ABORTED:
            finished.append(run_id)
    store.delete_folder(STAGING)
    return finished


def _abort(store: Store, run_id: str) -> None:
    """See to it that a run is either committed already or never will be."""
    store.create(manifest_path(run_id), Manifest(run_id, kind=ABORTED).to_json())


def _publish(store: Store, manifest: Manifest) -> None:
    """Bring about what a manifest says; may be repeated, and picks up wherever an earlier try was interrupted."""
    store.place([(file.staged, file.path) for file in manifest.files])
    for path, document in manifest.documents.items():
        store.write(path, as_json(document))
    store.delete(manifest.replaced)
    store.delete_folder(staging(manifest.run_id))
    # the last act: in a stream the next slot begins when it sees this
    store.write(done_path(manifest.run_id), b"published\n")

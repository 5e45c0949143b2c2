"""An output in, everything that is wrong with it out, each with the way to mend it.

Read are all manifests, records and files: their hashes, rows, schemas, ids and dates. Nothing is changed.
"""

import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Set
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.parquet import schema_of
from transforms.layout import manifest_path, published_file, record_path, started_at
from transforms.manifest import ABORTED, RUN, Manifest, ManifestError, ManifestFile, read_manifest
from transforms.published import data_files
from transforms.snapshot import read_state
from transforms.store.base import Store

# what names a row of a dataset; revisions have several rows an article
_KEYS = {
    **dict.fromkeys(("articles", "reprints"), ("article_id",)),
    "revisions": ("article_id", "revision_no"),
    "feed_runs": ("feed_url", "run_id"),
    "dead_letters": ("dead_letter_id",),
}
_DATED_BY = {
    **dict.fromkeys(("articles", "reprints", "revisions"), "published_at"),
    "feed_runs": "started_at",
    "dead_letters": "occurred_at",
}
_RERUN = "run `dateline run` once: it finishes what was interrupted"
_DELETE = "`dateline vacuum --foreign` deletes it, if it is nobody's"
_RESTORE = "restore the file from a backup, or delete it and its rows with it"


class Fault(NamedTuple):
    """One thing that is wrong."""

    # a path, or a run
    subject: str
    what: str
    mend: str


class Verified(NamedTuple):
    """What was looked at, and what is wrong."""

    runs: int
    files: int
    rows: int
    faults: list[Fault]


def verify(store: Store) -> Verified:
    """Check all that is published."""
    faults: list[Fault] = []
    state = read_state(store)
    manifests = list(_manifests(store, state.committed, faults))
    mend = "restore the manifests that cannot be read: it may be in one of them" if faults else _DELETE
    faults += [Fault(run_id, "committed, but not published in full", _RERUN) for run_id in state.pending]
    files = {file.path: file for manifest in manifests for file in manifest.files}
    replaced = {path for manifest in manifests for path in manifest.replaced}
    there = data_files(store).keys()
    faults += _strays(there, files, replaced, mend)
    keys: dict[str, Counter[Any]] = defaultdict(Counter)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(there & files.keys()):
        faults += _check_file(store, files[path], keys, written)
    faults += _doubled(keys)
    faults += [fault for manifest in manifests for fault in _check_run(store, manifest, written)]
    return Verified(len(manifests), len(there), sum(sum(counts.values()) for counts in written.values()), faults)


def _manifests(store: Store, committed: Iterable[str], faults: list[Fault]) -> Iterator[Manifest]:
    """Every manifest that can be read, but for those of runs that were ruled out."""
    for run_id in committed:
        try:
            manifest = read_manifest(store, run_id)
        except ManifestError:
            faults.append(Fault(manifest_path(run_id), "cannot be read", "restore it from a backup"))
            continue
        if manifest.kind != ABORTED:
            yield manifest


def _strays(there: Set[str], files: dict[str, ManifestFile], replaced: set[str], mend: str) -> Iterator[Fault]:
    for path in sorted(there - files.keys()):
        yield Fault(path, "in no manifest", mend)
    for path in sorted(files.keys() - there - replaced):
        yield Fault(path, "in a manifest, but not there", "restore it from a backup")
    for path in sorted(there & replaced):
        what = "was replaced by a compaction, but is still there: its rows count twice"
        yield Fault(path, what, f"{_RERUN}; if it stays, delete it: its rows are in the compacted file")


def _check_file(
    store: Store, file: ManifestFile, keys: dict[str, Counter[Any]], written: dict[str, Counter[str]]
) -> Iterator[Fault]:
    """Hash and size, then what is in it; its ids and rows are counted."""
    data = store.read(file.path)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        yield Fault(file.path, "its bytes are not those that were written", _RESTORE)
    try:
        table = pq.ParquetFile(io.BytesIO(data)).read()
    except (pa.ArrowException, OSError) as error:
        yield Fault(file.path, f"cannot be read: {str(error).splitlines()[0]}", _RESTORE)
        return
    if table.num_rows != file.rows:
        yield Fault(file.path, f"{table.num_rows:,} rows, {file.rows:,} in the manifest", _RESTORE)
    yield from _check_schema(file, table.schema)
    yield from _check_dates(file, table)
    keys[file.dataset].update(zip(*(table[name].to_pylist() for name in _KEYS[file.dataset]), strict=True))
    written[file.dataset].update(table["run_id"].to_pylist())


def _check_schema(file: ManifestFile, found: pa.Schema) -> Iterator[Fault]:
    """Each column known, with its type; an older file may lack some."""
    wanted = schema_of(file.dataset)
    for field in found:
        if field.name not in wanted.names:
            yield Fault(file.path, f"column {field.name} is not in the schema", "was it written by a newer Dateline?")
        elif field.type != wanted.field(field.name).type:
            yield Fault(
                file.path, f"column {field.name} is {field.type}, not {wanted.field(field.name).type}", _RESTORE
            )


def _check_dates(file: ManifestFile, table: pa.Table) -> Iterator[Fault]:
    """Every row belongs to the date of its folder."""
    named = published_file(file.path)
    day = named.date if named else ""
    dates = set(pc.strftime(table[_DATED_BY[file.dataset]], "%Y-%m-%d").to_pylist())
    if wrong := sorted(str(other) for other in dates - {day}):
        yield Fault(file.path, f"holds rows of {', '.join(wrong[:3])}", _RESTORE)


def _doubled(keys: dict[str, Counter[Any]]) -> Iterator[Fault]:
    for dataset, counts in keys.items():
        for key, times in counts.items():
            if times > 1:
                yield Fault(dataset, f"{' '.join(map(str, key))} is there {times} times", "please report this bug")
    for (article_id,) in sorted(keys["articles"].keys() & keys["reprints"].keys()):
        yield Fault("articles, reprints", f"{article_id} is in both", "please report this bug")


def _check_run(store: Store, manifest: Manifest, written: dict[str, Counter[str]]) -> Iterator[Fault]:
    """A run's record: there, balanced, and in agreement with the rows found."""
    if manifest.kind != RUN:
        return
    path = record_path(manifest.run_id)
    try:
        record = json.loads(store.read(path))
    except FileNotFoundError:
        yield Fault(path, "is missing", f"{_RERUN}; if it stays missing, restore it from a backup")
        return
    if not record["balance"]["holds"]:
        yield Fault(path, "entries in are not rows out", "please report this bug, with this file")
    for dataset, rows in record["rows"].items():
        found = written[dataset][manifest.run_id]
        if found != rows:
            started = started_at(manifest.run_id)
            yield Fault(path, f"{dataset}: {found:,} rows of the run of {started:%F %T}, {rows:,} recorded", _RESTORE)

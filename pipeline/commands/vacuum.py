"""`dateline vacuum`: delete what no reader needs and no run."""

from rich.console import Console

from pipeline.commands.output import OutputParser, existing_store
from pipeline.stop import stoppable
from transforms import clock
from transforms.write.commit import recover
from transforms.write.vacuum import find_orphans, vacuum

_SAFE = "only what nobody needs was deleted, and the next vacuum goes on from here"


def main(argv: list[str]) -> int:
    """Find orphans, say why each is one, and delete them unless it is a dry run."""
    parser = OutputParser(
        "vacuum", "Delete unpublished files of runs that were given up, and manifests that are spent."
    )
    parser.add_argument("--dry-run", "--dry_run", action="store_true", help="only say what would be deleted")
    parser.add_argument(
        "--foreign", action="store_true", help="also data files that no manifest names; readers see them until then"
    )
    options = parser.parse_args(argv)
    store, console = existing_store(options), Console()
    with stoppable(lambda: _SAFE), store.writing() as lease:
        if not options.dry_run:
            recover(store, lease)
        orphans = find_orphans(store, clock.now(), foreign=options.foreign)
        if not options.dry_run:
            vacuum(store, orphans)
    for orphan in orphans:
        console.print(f"{orphan.path}  [dim]{orphan.bytes:,} bytes, {orphan.why}[/]", soft_wrap=True, highlight=False)
    verb = "would be deleted" if options.dry_run else "deleted"
    console.print(f"{len(orphans):,} files, {sum(orphan.bytes for orphan in orphans):,} bytes {verb}")
    return 0

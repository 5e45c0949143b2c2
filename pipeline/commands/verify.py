"""`dateline verify`: is everything that is published as it was written?"""

import json

from rich.console import Console

from pipeline.commands.output import OutputParser, existing_store
from transforms.write.verify import verify


def main(argv: list[str]) -> int:
    """Check all, say what is wrong and how to mend it; 1 where something is."""
    parser = OutputParser(
        "verify", "Check manifests, hashes, rows, schemas, ids, dates and balances. Nothing is changed."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a fault")
    options = parser.parse_args(argv)
    verified, console = verify(existing_store(options)), Console()
    for fault in verified.faults:
        if options.json:
            print(json.dumps(fault._asdict(), ensure_ascii=False))
        else:
            line = f"[red]{fault.subject}[/]: {fault.what}; [bold]{fault.mend}[/]"
            console.print(line, soft_wrap=True, highlight=False)
    if not options.json:
        looked = f"{verified.runs:,} commits, {verified.files:,} files, {verified.rows:,} rows"
        console.print(f"{looked}: [red]{len(verified.faults):,} faults[/]" if verified.faults else f"{looked}: sound")
    return 1 if verified.faults else 0

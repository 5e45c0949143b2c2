"""Stop anchors: hashes of boilerplate passages; published beside the data, because later runs use them too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StopAnchors:
    """The stop anchors that a run found and no earlier run had published."""

    run_id: str
    # 64-bit hashes in hex, sorted
    anchors: tuple[str, ...]

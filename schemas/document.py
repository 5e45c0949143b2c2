"""Documents: small findings about the whole archive, published beside the data for later runs and readers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """What one run found: published as `_meta/<kind>/<run>.json`, with the run's files and by the same commit."""

    run_id: str
    # stop_anchors: hashes of boilerplate, in hex · corrections: "<article_id> <cluster_id>", the
    # published article belongs to that cluster now
    kind: str
    # sorted
    lines: tuple[str, ...]

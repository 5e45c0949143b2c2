"""The graph is made of slots: two of them in one pipeline are two runs, each published and balanced by itself."""

import json
from datetime import timedelta
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from pipeline.demo.site import DemoSite
from pipeline.graph import build
from pipeline.options import parse_config
from queries import connect
from schemas.feed import IssuedSlot
from schemas.slot import Slot
from tests.makers import NOW, OWN_SITE
from transforms.fetch.loop import close_loops
from transforms.layout import new_run_id, record_path
from transforms.sandbox import close_sandboxes

pytestmark = pytest.mark.slow


def test_slots_in_windows_are_runs(tmp_path: Path):
    """With another first line, slots in windows, everything is per slot: marks, tallies, commits."""
    slots = [Slot(new_run_id(NOW + n * timedelta(hours=1)), NOW + n * timedelta(hours=1)) for n in range(2)]
    with DemoSite() as site:
        site.write_feed_list(tmp_path / "feeds.opml")
        output = tmp_path / "data"
        config = parse_config(["--feeds", str(tmp_path / "feeds.opml"), "--output", str(output), *OWN_SITE])
        with beam.Pipeline(options=PipelineOptions(["--runner=FnApiRunner"])) as pipeline:
            issued = (
                pipeline
                | beam.Create([IssuedSlot(slot, config.feeds) for slot in slots])
                | beam.Map(lambda issued: TimestampedValue(issued, issued.slot.started_at.timestamp()))
                | beam.WindowInto(FixedWindows(3600))
            )
            build(issued, config)
    close_sandboxes()
    close_loops()

    records = [json.loads((output / record_path(slot.run_id)).read_text("utf-8")) for slot in slots]
    found = connect(output).execute("SELECT run_id, count(*) FROM texts GROUP BY run_id ORDER BY run_id").fetchall()
    # neither slot knew of the other, so each published all that the site lists
    assert [record["balance"]["holds"] for record in records] == [True, True]
    assert [record["rows"]["articles"] for record in records] == [53, 53]
    assert found == [(slot.run_id, 60) for slot in slots]

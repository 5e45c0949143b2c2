"""The stages, one folder each; pure logic in plain files, Beam only in `transform.py`."""

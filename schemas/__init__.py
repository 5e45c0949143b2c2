"""Records that cross a boundary, one frozen dataclass each, and the Parquet schemas; nothing else, and no Beam."""

"""Write Parquet partitioned by date so that every row appears exactly once, whatever instant the run is killed at."""

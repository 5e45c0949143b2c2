"""Where an output lies: a folder of this machine, or a bucket. The only place that reads and writes it."""

"""One small file a subcommand: it parses, calls, prints."""

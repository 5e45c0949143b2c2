"""Options, graph, run and report: the program around the transforms."""

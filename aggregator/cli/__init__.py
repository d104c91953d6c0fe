"""The command line: one file for each noun. Nothing heavy is imported at module top, so that `--help` answers at once."""

"""The console: the same bot at a terminal, in a pipe or for one line, with no account anywhere."""

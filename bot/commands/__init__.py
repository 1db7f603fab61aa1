"""Commands: one file per command family, the registry of all, and the parser for typed lines."""

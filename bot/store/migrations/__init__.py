"""The schema's history, oldest first, for Alembic. Only expand here: an old and a new process may run side by side."""

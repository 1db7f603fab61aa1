"""Schema history for Alembic, oldest first. Only add here: old and new processes may run side by side."""

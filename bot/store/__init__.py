"""The store: everything the bot remembers, in SQLite or PostgreSQL with the same statements."""

from bot.store.database import sole_process
from bot.store.store import Store

__all__ = ["Store", "sole_process"]

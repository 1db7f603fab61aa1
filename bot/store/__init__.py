"""What the bot remembers, in SQLite or PostgreSQL by the same statements. Knows no API and no chat."""

from bot.store.database import sole_process
from bot.store.store import Store

__all__ = ["Store", "sole_process"]

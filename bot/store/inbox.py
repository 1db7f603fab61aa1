"""What was heard already: platforms deliver an event again where they doubt, and it must do nothing twice."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from bot.store.database import Database, insert_into
from bot.store.tables import inbox

KEPT = timedelta(days=2)
"""Longer than any platform delivers again (Slack: an hour; Discord: while a session can be resumed)."""


class Inbox:
    """The `inbox` table, shared by every process that listens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_new(self, chat: str, event_id: str, now: datetime) -> bool:
        """Whether this event is heard for the first time, by whichever process; true once."""
        async with self._database.writing() as connection:
            new = insert_into(inbox, connection).values(chat=chat, event_id=event_id, seen_at=now)
            return (await connection.execute(new.on_conflict_do_nothing())).rowcount == 1

    async def forget_old(self, now: datetime) -> None:
        """Drop what no platform would deliver again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(inbox).where(inbox.c.seen_at < now - KEPT))

"""Where the bot is: the workspaces of chats that only tell when it comes and goes, and which are the operator's own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from bot.store.chat_tables import presences
from bot.store.database import Database, insert_into

_BATCH = 200
"""Rows in one statement: SQLite takes a limited number of values."""


class Presences:
    """The `presences` table. Ids are the chat's own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, chat: str) -> Mapping[str, bool]:
        """Every workspace that the bot is in, as far as it was told, and whether it is the operator's own."""
        query = select(presences.c.external_id, presences.c.is_operators)
        here = (presences.c.chat == chat) & presences.c.left_at.is_(None)
        async with self._database.reading() as connection:
            return dict((await connection.execute(query.where(here))).all())

    async def is_empty(self, chat: str) -> bool:
        """Whether the bot has never been anywhere in this chat."""
        query = select(presences.c.external_id).where(presences.c.chat == chat).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is None

    async def arrived(self, chat: str, ids: Iterable[str], now: datetime, *, is_operators: bool) -> Mapping[str, bool]:
        """The bot is in these; returns which are the operator's own.

        What was said of one before holds. Safe to repeat.
        """
        found: dict[str, bool] = {}
        listed = list(dict.fromkeys(ids))
        async with self._database.writing() as connection:
            for start in range(0, len(listed), _BATCH):
                batch = listed[start : start + _BATCH]
                facts = {"chat": chat, "is_operators": is_operators, "arrived_at": now}
                new = insert_into(presences, connection).values([facts | {"external_id": each} for each in batch])
                back = new.on_conflict_do_update(index_elements=list(presences.primary_key), set_={"left_at": None})
                rows = await connection.execute(back.returning(presences.c.external_id, presences.c.is_operators))
                found |= dict(rows.all())
        return found

    async def left(self, chat: str, ids: Iterable[str], now: datetime) -> None:
        """The bot is gone from these, since now where that was not known. Safe to repeat."""
        gone = update(presences).where(presences.c.chat == chat, presences.c.left_at.is_(None)).values(left_at=now)
        async with self._database.writing() as connection:
            for each in ids:
                await connection.execute(gone.where(presences.c.external_id == each))

    async def departed(self, before: datetime) -> Sequence[tuple[str, str]]:
        """Chat and id of each workspace that the bot left before a moment."""
        query = select(presences.c.chat, presences.c.external_id).where(presences.c.left_at < before)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).all()

    async def forget(self, chat: str, id_: str, before: datetime) -> None:
        """Drop a workspace that was left before a moment; nothing where the bot is back."""
        here = (presences.c.chat == chat) & (presences.c.external_id == id_)
        async with self._database.writing() as connection:
            await connection.execute(delete(presences).where(here, presences.c.left_at < before))

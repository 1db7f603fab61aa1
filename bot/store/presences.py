"""Where the bot is: the workspaces of chats that only report joins and leaves, and which the operator has claimed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, select, update

from bot.store.chat_tables import presences
from bot.store.database import Database, insert_into

_BATCH = 200
"""Rows in one statement: SQLite takes a limited number of values."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The bot in one workspace. `was_public` says that anybody could add the bot when this workspace did."""

    is_claimed: bool
    was_public: bool


class Presences:
    """The `presences` table. Ids are the chat's own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, chat: str) -> Mapping[str, bool]:
        """Every workspace that the bot is in, as far as it knows, and whether the operator has claimed it."""
        query = select(presences.c.external_id, presences.c.is_claimed)
        here = (presences.c.chat == chat) & presences.c.left_at.is_(None)
        async with self._database.reading() as connection:
            return dict((await connection.execute(query.where(here))).all())

    async def is_claimed(self, chat: str, id_: str) -> bool:
        """Whether the operator has claimed this workspace."""
        query = select(presences.c.is_claimed).where(presences.c.chat == chat, presences.c.external_id == id_)
        async with self._database.reading() as connection:
            return bool(await connection.scalar(query))

    async def claim(self, chat: str, id_: str) -> None:
        """The operator claims a workspace that the bot is in. Safe to repeat."""
        here = (presences.c.chat == chat) & (presences.c.external_id == id_)
        async with self._database.writing() as connection:
            await connection.execute(update(presences).where(here).values(is_claimed=True))

    async def arrived(self, chat: str, ids: Iterable[str], *, is_public: bool) -> Mapping[str, Presence]:
        """The bot is in these; returns what is known of each. `is_public` says whether anybody may add the bot now.

        Safe to repeat: what was noted of a workspace holds until the bot leaves it.
        """
        found: dict[str, Presence] = {}
        listed = list(dict.fromkeys(ids))
        async with self._database.writing() as connection:
            for start in range(0, len(listed), _BATCH):
                batch = listed[start : start + _BATCH]
                facts = {"chat": chat, "is_claimed": False, "was_public": is_public}
                new = insert_into(presences, connection).values([facts | {"external_id": each} for each in batch])
                kept = case((presences.c.left_at.is_(None), presences.c.was_public), else_=new.excluded.was_public)
                back = new.on_conflict_do_update(
                    index_elements=list(presences.primary_key), set_={"was_public": kept, "left_at": None}
                )
                facts_of = back.returning(presences.c.external_id, presences.c.is_claimed, presences.c.was_public)
                found |= {row.external_id: Presence(*row[1:]) for row in await connection.execute(facts_of)}
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

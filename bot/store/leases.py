"""Work that one process does at a time: a lease has a name, a token and an end, after which anyone may take it."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, insert_into
from bot.store.schedule_tables import leases


class Leases:
    """The `leases` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, now: datetime, length: timedelta) -> str | None:
        """The token of the lease, which now is the caller's for `length`; None while somebody else holds it."""
        token = secrets.token_hex(8)
        async with self._database.writing() as connection:
            new = insert_into(leases, connection).values(name=name, token=token, until=now + length)
            # One that lasts longer than any does was taken before the clock was set back.
            is_over = (leases.c.until <= now) | (leases.c.until > now + length)
            values = {"token": new.excluded.token, "until": new.excluded.until}
            taken = new.on_conflict_do_update(index_elements=["name"], set_=values, where=is_over)
            return token if (await connection.execute(taken)).rowcount == 1 else None

    async def until(self, name: str) -> datetime | None:
        """When a lease ends; None if there is none."""
        async with self._database.reading() as connection:
            until: datetime | None = await connection.scalar(select(leases.c.until).where(leases.c.name == name))
            return until

    async def give_back(self, name: str, token: str) -> None:
        """End a lease early; one that was lost meanwhile is left alone."""
        mine = (leases.c.name == name) & (leases.c.token == token)
        async with self._database.writing() as connection:
            await connection.execute(delete(leases).where(mine))


async def is_held(connection: AsyncConnection, name: str, token: str) -> bool:
    """Whether a lease still is the caller's, who keeps it to the end of the transaction: nobody takes it meanwhile."""
    mine = select(leases.c.name).where(leases.c.name == name, leases.c.token == token)
    return await connection.scalar(mine.with_for_update()) is not None

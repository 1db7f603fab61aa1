"""What each process reports of its parts, so that every other one can show it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from bot.domain.errors import DatabaseUnavailable
from bot.domain.services import FRESH, Service
from bot.store.chat_tables import services
from bot.store.database import Database, insert_into


class Services:
    """The `services` table: one row per part. If several processes run a part, one that works speaks for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(self, process: str, problems: Mapping[str, str], now: datetime) -> None:
        """Note the parts of a process by name, each with its problem, empty if it works. Safe to repeat."""
        async with self._database.writing() as connection:
            for name, problem in problems.items():
                values = {"process": process, "seen_at": now, "problem": problem}
                new = insert_into(services, connection).values(name=name, **values)
                speaks = (
                    (services.c.process == process)
                    | (services.c.problem != "")
                    | (services.c.seen_at < now - FRESH)
                    | (new.excluded.problem == "")
                )
                await connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=values, where=speaks))

    async def is_writable(self, process: str, now: datetime) -> bool:
        """Whether the database takes a write now and has room for more."""
        if not self._database.has_room():
            return False
        try:
            await self.report(process, {"database": ""}, now)
        except DatabaseUnavailable:
            return False
        return True

    async def every(self) -> Mapping[str, Service]:
        """Every part that was ever reported, by name."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(services.c.name, services.c.seen_at, services.c.problem))
            return {row.name: Service(row.name, row.seen_at, row.problem) for row in found}

"""Workspaces' own API keys, and the encryption of everything secret: stored locked, unlocked for their owner alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.store.crypto import SecretBox
from bot.store.database import Database, insert_into
from bot.store.tables import canary, credentials, installations

PURPOSE = "contentstats key"


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A workspace's own key, and who linked it when. The key stays out of its repr."""

    key: str
    linked_by: Person
    linked_at: datetime


class Credentials:
    """The `credentials` table, and the keys that lock every secret."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    async def link(self, workspace_id: int, key: str, person: Person, now: datetime) -> None:
        """Keep a workspace's key in place of any before; NotConfigured without SECRET_KEYS."""
        values = {
            "locked_key": self._box.lock(_owner(workspace_id), PURPOSE, key),
            "linked_by_id": person.id,
            "linked_by_name": person.name,
            "linked_at": now,
        }
        async with self._database.writing() as connection:
            new = insert_into(credentials, connection).values(workspace_id=workspace_id, **values)
            changed = new.on_conflict_do_update(index_elements=[credentials.c.workspace_id], set_=values)
            await connection.execute(changed)

    async def of(self, workspace_id: int) -> Credential | None:
        """The workspace's own key, None where it uses the installation's; NotConfigured where it cannot be opened."""
        query = select(credentials).where(credentials.c.workspace_id == workspace_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        key = self._box.unlock(_owner(workspace_id), PURPOSE, row.locked_key)
        return Credential(key, Person(row.linked_by_id, row.linked_by_name), row.linked_at)

    async def check_keys(self) -> None:
        """Refuse to go on with keys that do not open what is stored: NotConfigured says which setting is wrong."""
        async with self._database.reading() as connection:
            known = await connection.scalar(select(canary.c.locked))
        if known is not None:
            self._box.unlock("bot", "canary", known)

    async def mark_keys(self) -> None:
        """Leave the mark by which a later start recognises wrong keys. Safe to repeat."""
        locked = self._box.lock("bot", "canary", "sings")
        async with self._database.writing() as connection:
            await connection.execute(
                insert_into(canary, connection).values(id=1, locked=locked).on_conflict_do_nothing()
            )

    async def rotate(self) -> int:
        """Lock every stored secret anew under the first key, all in one transaction; returns how many there were."""
        async with self._database.writing() as connection:
            count = await self._rotate(connection, credentials, "locked_key")
            count += await self._rotate(connection, installations, "locked")
            await self._rotate(connection, canary, "locked")
        return count

    async def _rotate(self, connection: AsyncConnection, table: Table, column: str) -> int:
        keys = list(table.primary_key)
        rows = (await connection.execute(select(*keys, table.c[column]))).all()
        for row in rows:
            this = [key == value for key, value in zip(keys, row[:-1], strict=True)]
            await connection.execute(update(table).where(*this).values({column: self._box.rotate(row[-1])}))
        return len(rows)

    async def unlink(self, workspace_id: int) -> None:
        """Forget the workspace's own key. Safe to repeat."""
        async with self._database.writing() as connection:
            await connection.execute(delete(credentials).where(credentials.c.workspace_id == workspace_id))


def _owner(workspace_id: int) -> str:
    return f"workspace:{workspace_id}"

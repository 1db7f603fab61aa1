"""Workspaces' own API keys, encrypted, and the check and rotation of the encryption keys."""

from datetime import datetime

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.store.crypto import SecretBox
from bot.store.database import Database, insert_into
from bot.store.tables import canary, credentials, installations

PURPOSE = "contentstats key"


class Credentials:
    """The `credentials` table, and the keys that encrypt every secret."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    async def link(self, workspace_id: int, key: str, person: Person, now: datetime) -> None:
        """Store a workspace's key, replacing an earlier one. Raises NotConfigured without SECRET_KEYS."""
        locked = self._box.lock(_owner(workspace_id), PURPOSE, key)
        linked = {"linked_by_id": person.id, "linked_by_name": person.name, "linked_at": now}
        row = {"workspace_id": workspace_id, "locked_key": locked, **linked}
        await self._database.put(credentials, row)

    async def of(self, workspace_id: int) -> str | None:
        """The workspace's own key, None if it uses the installation's.

        Raises NotConfigured if it can't be decrypted.
        """
        query = select(credentials.c.locked_key).where(credentials.c.workspace_id == workspace_id)
        locked = await self._database.scalar(query)
        return None if locked is None else self._box.unlock(_owner(workspace_id), PURPOSE, locked)

    async def check_keys(self) -> None:
        """Raise NotConfigured, naming the wrong setting, if the keys don't decrypt what is stored."""
        known = await self._database.scalar(select(canary.c.locked))
        if known is not None:
            self._box.unlock("bot", "canary", known)

    async def mark_keys(self) -> None:
        """Store the canary by which a later start recognises wrong keys. Safe to repeat."""
        locked = self._box.lock("bot", "canary", "sings")
        async with self._database.writing() as connection:
            new = insert_into(canary, connection).values(id=1, locked=locked)
            await connection.execute(new.on_conflict_do_nothing())

    async def rotate(self) -> int:
        """Re-encrypt every secret with the first key in one transaction; returns how many there were."""
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


def _owner(workspace_id: int) -> str:
    return f"workspace:{workspace_id}"

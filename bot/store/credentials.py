"""Stored secrets: workspaces' API keys, tokens of chat installations, and the check and rotation of encryption keys."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.store.crypto import SecretBox
from bot.store.database import Aggregate, Database, insert_into
from bot.store.tables import canary, credentials, installations, oauth_states

API_KEY, INSTALLATION = "contentstats key", "installation"
"""Purposes that encrypted values are bound to."""
MAX_STATES = 2_000
"""Maximum number of unfinished installations: anyone can start one, so new ones replace the oldest."""


class _Secrets(Aggregate):
    """Base of the aggregates that store secrets."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        super().__init__(database)
        self._box = box


class Credentials(_Secrets):
    """The `credentials` table, and the keys that encrypt every secret."""

    async def link(self, workspace_id: int, key: str, person: Person, now: datetime) -> None:
        """Store a workspace's key, replacing an earlier one. Raises NotConfigured without SECRET_KEYS."""
        locked = self._box.lock(_owner(workspace_id), API_KEY, key)
        linked = {"linked_by_id": person.id, "linked_by_name": person.name, "linked_at": now}
        row = {"workspace_id": workspace_id, "locked_key": locked, **linked}
        await self._database.put(credentials, row)

    async def of(self, workspace_id: int) -> str | None:
        """The workspace's own key, None if it uses the installation's.

        Raises NotConfigured if it can't be decrypted.
        """
        query = select(credentials.c.locked_key).where(credentials.c.workspace_id == workspace_id)
        locked = await self._database.scalar(query)
        return None if locked is None else self._box.unlock(_owner(workspace_id), API_KEY, locked)

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


class Installations(_Secrets):
    """The `installations` and `oauth_states` tables, for chats that issue a token per installation.

    A token is stored encrypted, bound to the chat's scope. The adapter decides what a body contains.
    """

    async def save(self, chat: str, scope: str, body: str, now: datetime) -> None:
        """Store an installation, replacing an earlier one. Raises NotConfigured without SECRET_KEYS."""
        locked = self._box.lock(f"{chat}:{scope}", INSTALLATION, body)
        row = {"chat": chat, "scope": scope, "locked": locked, "installed_at": now}
        await self._database.put(installations, row)

    async def replace(self, chat: str, scope: str, known: str | None, body: str, now: datetime) -> bool:
        """Replace the installation `known` (None for none) if it is still stored; returns whether it was.

        An installation that was stored or removed by somebody else meanwhile is left alone.
        """
        new = {"locked": self._box.lock(f"{chat}:{scope}", INSTALLATION, body), "installed_at": now}
        this = _installation(chat, scope)
        async with self._database.writing() as connection:
            if known is None:
                added = insert_into(installations, connection).values(chat=chat, scope=scope, **new)
                return (await connection.execute(added.on_conflict_do_nothing())).rowcount == 1
            locked = await connection.scalar(select(installations.c.locked).where(this).with_for_update())
            if locked is None or self._box.unlock(f"{chat}:{scope}", INSTALLATION, locked) != known:
                return False
            await connection.execute(update(installations).where(this).values(**new))
            return True

    async def every(self, chat: str) -> tuple[tuple[str, str], ...]:
        """Scope and body of every installation in a chat."""
        query = select(installations.c.scope, installations.c.locked).where(installations.c.chat == chat)
        rows = await self._database.rows(query.order_by(installations.c.scope))
        return tuple((scope, self._box.unlock(f"{chat}:{scope}", INSTALLATION, locked)) for scope, locked in rows)

    async def find(self, chat: str, scope: str) -> str | None:
        """The body of an installation; None if there is none."""
        locked = await self._database.scalar(select(installations.c.locked).where(_installation(chat, scope)))
        return None if locked is None else self._box.unlock(f"{chat}:{scope}", INSTALLATION, locked)

    async def stored_at(self, chat: str, scope: str) -> datetime | None:
        """When an installation was last stored; None if there is none."""
        query = select(installations.c.installed_at).where(_installation(chat, scope))
        return await self._database.scalar(query)

    async def remove(self, chat: str, scope: str) -> None:
        """Delete an installation. Safe to repeat."""
        await self._database.write(delete(installations).where(_installation(chat, scope)))

    async def issue_state(self, state: str, now: datetime, expires_at: datetime) -> None:
        """Store the OAuth state of a new installation; delete expired states, and the oldest above MAX_STATES."""
        newest = select(oauth_states.c.state).order_by(oauth_states.c.expires_at.desc()).limit(MAX_STATES - 1)
        async with self._database.writing() as connection:
            await connection.execute(delete(oauth_states).where(oauth_states.c.expires_at <= now))
            await connection.execute(delete(oauth_states).where(oauth_states.c.state.not_in(newest)))
            await connection.execute(insert_into(oauth_states, connection).values(state=state, expires_at=expires_at))

    async def consume_state(self, state: str, now: datetime) -> bool:
        """Whether this OAuth state was issued here recently and is used for the first time."""
        this = delete(oauth_states).where(oauth_states.c.state == state, oauth_states.c.expires_at > now)
        return await self._database.write(this) == 1


def _owner(workspace_id: int) -> str:
    return f"workspace:{workspace_id}"


def _installation(chat: str, scope: str) -> ColumnElement[bool]:
    return (installations.c.chat == chat) & (installations.c.scope == scope)

"""Installations of the bot: workspaces that it joined, OAuth tokens, and registered commands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, select, update

from bot.store.crypto import SecretBox
from bot.store.database import Aggregate, Database, insert_into
from bot.store.tables import chat_installs, command_syncs, installations, oauth_states

PURPOSE = "installation"
MAX_STATES = 2_000
"""Maximum number of unfinished installations: anyone can start one, so new ones replace the oldest."""

_BATCH = 200
"""Rows per statement: SQLite limits the number of values."""


@dataclass(frozen=True, slots=True)
class ChatInstall:
    """The bot in one workspace. `was_public`: anybody could add the bot when this workspace did."""

    is_claimed: bool
    was_public: bool


class ChatInstalls(Aggregate):
    """The `chat_installs` table, for chats that report only joins and leaves. Ids are the chat's own."""

    async def known(self, chat: str) -> Mapping[str, bool]:
        """Every workspace that the bot is in, and whether the operator has claimed it."""
        query = select(chat_installs.c.external_id, chat_installs.c.is_claimed)
        rows = await self._database.rows(query.where(chat_installs.c.chat == chat, chat_installs.c.left_at.is_(None)))
        return {row.external_id: row.is_claimed for row in rows}

    async def is_claimed(self, chat: str, id_: str) -> bool:
        """Whether the operator has claimed this workspace."""
        return bool(await self._database.scalar(select(chat_installs.c.is_claimed).where(_install(chat, id_))))

    async def claim(self, chat: str, id_: str) -> None:
        """Record that the operator claims a workspace. Safe to repeat."""
        await self._database.write(update(chat_installs).where(_install(chat, id_)).values(is_claimed=True))

    async def joined(self, chat: str, ids: Iterable[str], *, is_public: bool) -> Mapping[str, ChatInstall]:
        """Record that the bot is in these workspaces; returns the stored facts of each.

        `is_public`: anybody may add the bot now. Safe to repeat: facts are kept until the bot leaves the workspace.
        """
        found: dict[str, ChatInstall] = {}
        listed = list(dict.fromkeys(ids))
        async with self._database.writing() as connection:
            for start in range(0, len(listed), _BATCH):
                facts = {"chat": chat, "is_claimed": False, "was_public": is_public}
                rows = [facts | {"external_id": each} for each in listed[start : start + _BATCH]]
                new = insert_into(chat_installs, connection).values(rows)
                kept = case(
                    (chat_installs.c.left_at.is_(None), chat_installs.c.was_public), else_=new.excluded.was_public
                )
                back = new.on_conflict_do_update(
                    index_elements=chat_installs.primary_key, set_={"was_public": kept, "left_at": None}
                )
                facts_of = back.returning(
                    chat_installs.c.external_id, chat_installs.c.is_claimed, chat_installs.c.was_public
                )
                found |= {row.external_id: ChatInstall(*row[1:]) for row in await connection.execute(facts_of)}
        return found

    async def left(self, chat: str, ids: Iterable[str], now: datetime) -> None:
        """Record that the bot has left these workspaces, unless that was known. Safe to repeat."""
        async with self._database.writing() as connection:
            for each in ids:
                gone = update(chat_installs).where(_install(chat, each), chat_installs.c.left_at.is_(None))
                await connection.execute(gone.values(left_at=now))

    async def departed(self, before: datetime) -> Sequence[tuple[str, str]]:
        """Chat and id of each workspace that the bot left before a time."""
        query = select(chat_installs.c.chat, chat_installs.c.external_id).where(chat_installs.c.left_at < before)
        return [(row.chat, row.external_id) for row in await self._database.rows(query)]

    async def forget(self, chat: str, id_: str, before: datetime) -> None:
        """Delete a workspace that was left before a time, unless the bot is back."""
        await self._database.write(delete(chat_installs).where(_install(chat, id_), chat_installs.c.left_at < before))


class Installations:
    """The `installations` and `oauth_states` tables, for chats that issue a token per installation.

    A token is stored encrypted, bound to the chat's scope. The adapter decides what a body contains.
    """

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    async def save(self, chat: str, scope: str, body: str, now: datetime) -> None:
        """Store an installation, replacing an earlier one. Raises NotConfigured without SECRET_KEYS."""
        locked = self._box.lock(f"{chat}:{scope}", PURPOSE, body)
        row = {"chat": chat, "scope": scope, "locked": locked, "installed_at": now}
        await self._database.put(installations, row)

    async def replace(self, chat: str, scope: str, known: str | None, body: str, now: datetime) -> bool:
        """Replace the installation `known` (None for none) if it is still stored; returns whether it was.

        An installation that was stored or removed by somebody else meanwhile is left alone.
        """
        new = {"locked": self._box.lock(f"{chat}:{scope}", PURPOSE, body), "installed_at": now}
        this = _installation(chat, scope)
        async with self._database.writing() as connection:
            if known is None:
                added = insert_into(installations, connection).values(chat=chat, scope=scope, **new)
                return (await connection.execute(added.on_conflict_do_nothing())).rowcount == 1
            locked = await connection.scalar(select(installations.c.locked).where(this).with_for_update())
            if locked is None or self._box.unlock(f"{chat}:{scope}", PURPOSE, locked) != known:
                return False
            await connection.execute(update(installations).where(this).values(**new))
            return True

    async def every(self, chat: str) -> tuple[tuple[str, str], ...]:
        """Scope and body of every installation in a chat."""
        query = select(installations.c.scope, installations.c.locked).where(installations.c.chat == chat)
        rows = await self._database.rows(query.order_by(installations.c.scope))
        return tuple((scope, self._box.unlock(f"{chat}:{scope}", PURPOSE, locked)) for scope, locked in rows)

    async def find(self, chat: str, scope: str) -> str | None:
        """The body of an installation; None if there is none."""
        locked = await self._database.scalar(select(installations.c.locked).where(_installation(chat, scope)))
        return None if locked is None else self._box.unlock(f"{chat}:{scope}", PURPOSE, locked)

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


class CommandSync(Aggregate):
    """The `command_syncs` table: a fingerprint of the commands registered for each application.

    Commands are registered again only if they have changed.
    """

    async def fingerprint(self, chat: str, application_id: str) -> str | None:
        """Fingerprint of the commands registered last; None if there is none."""
        this = (command_syncs.c.chat == chat) & (command_syncs.c.application_id == application_id)
        return await self._database.scalar(select(command_syncs.c.fingerprint).where(this))

    async def save(self, chat: str, application_id: str, fingerprint: str) -> None:
        """Store the fingerprint of registered commands. Safe to repeat."""
        row = {"chat": chat, "application_id": application_id, "fingerprint": fingerprint}
        await self._database.put(command_syncs, row)


def _install(chat: str, id_: str) -> ColumnElement[bool]:
    return (chat_installs.c.chat == chat) & (chat_installs.c.external_id == id_)


def _installation(chat: str, scope: str) -> ColumnElement[bool]:
    return (installations.c.chat == chat) & (installations.c.scope == scope)

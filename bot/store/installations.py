"""Installations of the bot in chats that hand out a token for each: kept locked, found by the chat's own scope."""

from datetime import datetime

from sqlalchemy import delete, select, update

from bot.store.crypto import SecretBox
from bot.store.database import Database, insert_into
from bot.store.tables import installations, oauth_states

PURPOSE = "installation"
MAX_STATES = 2_000
"""Unfinished installations kept at once: anyone can begin one, so the oldest make room for new ones."""


class Installations:
    """The tables `installations` and `oauth_states`. What a body holds is the adapter's business."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    async def save(self, chat: str, scope: str, body: str, now: datetime) -> None:
        """Keep an installation in place of the one before; NotConfigured without SECRET_KEYS."""
        values = {"locked": self._box.lock(f"{chat}:{scope}", PURPOSE, body), "installed_at": now}
        async with self._database.writing() as connection:
            new = insert_into(installations, connection).values(chat=chat, scope=scope, **values)
            changed = new.on_conflict_do_update(index_elements=list(installations.primary_key), set_=values)
            await connection.execute(changed)

    async def replace(self, chat: str, scope: str, known: str | None, body: str, now: datetime) -> bool:
        """Keep an installation in place of the `known` one, of none where that is None; whether it was still so.

        What somebody else has stored or removed meanwhile stays as it is.
        """
        new = {"locked": self._box.lock(f"{chat}:{scope}", PURPOSE, body), "installed_at": now}
        this = (installations.c.chat == chat) & (installations.c.scope == scope)
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
        """The scope and the body of every installation in a chat."""
        query = select(installations.c.scope, installations.c.locked).where(installations.c.chat == chat)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(installations.c.scope))).all()
        return tuple((scope, self._box.unlock(f"{chat}:{scope}", PURPOSE, locked)) for scope, locked in rows)

    async def find(self, chat: str, scope: str) -> str | None:
        """The body of an installation, None where there is none."""
        query = select(installations.c.locked).where(installations.c.chat == chat, installations.c.scope == scope)
        async with self._database.reading() as connection:
            locked: str | None = await connection.scalar(query)
        return None if locked is None else self._box.unlock(f"{chat}:{scope}", PURPOSE, locked)

    async def stored_at(self, chat: str, scope: str) -> datetime | None:
        """When an installation was last stored, None where there is none."""
        query = select(installations.c.installed_at).where(installations.c.chat == chat, installations.c.scope == scope)
        async with self._database.reading() as connection:
            at: datetime | None = await connection.scalar(query)
        return at

    async def remove(self, chat: str, scope: str) -> None:
        """Forget an installation. Safe to repeat."""
        this = delete(installations).where(installations.c.chat == chat, installations.c.scope == scope)
        async with self._database.writing() as connection:
            await connection.execute(this)

    async def issue_state(self, state: str, now: datetime, expires_at: datetime) -> None:
        """Store the state of an installation that has begun; delete expired ones, and the oldest above MAX_STATES."""
        newest = select(oauth_states.c.state).order_by(oauth_states.c.expires_at.desc()).limit(MAX_STATES - 1)
        async with self._database.writing() as connection:
            await connection.execute(delete(oauth_states).where(oauth_states.c.expires_at <= now))
            await connection.execute(delete(oauth_states).where(oauth_states.c.state.not_in(newest)))
            await connection.execute(insert_into(oauth_states, connection).values(state=state, expires_at=expires_at))

    async def consume_state(self, state: str, now: datetime) -> bool:
        """Whether an installation was begun here with this state, lately and for the first time."""
        this = delete(oauth_states).where(oauth_states.c.state == state, oauth_states.c.expires_at > now)
        async with self._database.writing() as connection:
            return (await connection.execute(this)).rowcount == 1

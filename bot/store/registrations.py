"""What the bot has registered with a chat, so that it does so again only when that has changed."""

from sqlalchemy import select

from bot.store.chat_tables import registrations
from bot.store.database import Database, insert_into


class Registrations:
    """The `registrations` table: one fingerprint an application."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fingerprint(self, chat: str, application_id: str) -> str | None:
        """What was registered last; None where nothing was."""
        query = select(registrations.c.fingerprint).where(
            registrations.c.chat == chat, registrations.c.application_id == application_id
        )
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(query)
        return found

    async def save(self, chat: str, application_id: str, fingerprint: str) -> None:
        """Note what was registered. Safe to repeat."""
        values = {"fingerprint": fingerprint}
        async with self._database.writing() as connection:
            new = insert_into(registrations, connection).values(chat=chat, application_id=application_id, **values)
            await connection.execute(
                new.on_conflict_do_update(index_elements=list(registrations.primary_key), set_=values)
            )

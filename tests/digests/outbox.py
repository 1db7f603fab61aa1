"""The messages in the outbox, as the deliverer reads them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from bot.reply.as_json import from_stored
from bot.store.database import Database
from bot.store.outbox import OutboxState
from bot.store.outbox_claims import contents
from bot.store.schedule_tables import outbox


async def queued(database: Database, key: str | None = None) -> Any:
    """Every message that was not withdrawn, by key and in order, or the reply of one key."""
    query = select(outbox).where(outbox.c.state != OutboxState.WITHDRAWN).order_by(outbox.c.id)
    async with database.reading() as connection:
        rows = (await connection.execute(query)).all()
        stored = await contents(connection, rows)
    found = {row.key: from_stored(row.payload, stored) for row in rows}
    return found if key is None else found[key]


async def rows(database: Database) -> Sequence[Row[Any]]:
    async with database.reading() as connection:
        return (await connection.execute(select(outbox).order_by(outbox.c.id))).all()

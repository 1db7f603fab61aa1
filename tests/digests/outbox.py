"""The messages in the outbox, as the deliverer reads them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from bot.store.database import Database
from bot.store.schedule_tables import outbox
from tests.alerts.outbox import outbox_of


async def queued(database: Database, key: str | None = None) -> Any:
    """Every message that was not withdrawn, by key and in order, or the reply of one key."""
    found = {each.key: each.reply for each in (await outbox_of(database))[0]}
    return found if key is None else found[key]


async def rows(database: Database) -> Sequence[Row[Any]]:
    async with database.reading() as connection:
        return (await connection.execute(select(outbox).order_by(outbox.c.id))).all()

"""What was put into the outbox, read as whoever delivers reads it."""

from sqlalchemy import select

from bot.reply.stored import from_stored
from bot.store.outbox import OutboxState
from bot.store.outbox_claims import contents
from bot.store.schedule_tables import outbox


async def said(database, key=None):
    """Every message that nothing withdrew, by its key and in order, or the reply of one."""
    found = select(outbox).where(outbox.c.state != OutboxState.WITHDRAWN).order_by(outbox.c.id)
    async with database.reading() as connection:
        rows = (await connection.execute(found)).all()
        stored = await contents(connection, rows)
    found = {row.key: from_stored(row.payload, stored) for row in rows}
    return found if key is None else found[key]


async def rows(database):
    """The rows of the outbox."""
    async with database.reading() as connection:
        return (await connection.execute(select(outbox).order_by(outbox.c.id))).all()

"""The messages in the outbox, as a channel would show them."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.reply.as_json import from_stored
from bot.reply.model import Reply
from bot.reply.plain import plain_text
from bot.store.database import Database
from bot.store.outbox import OutboxState
from bot.store.schedule_tables import blobs, outbox


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox."""

    key: str
    channel_id: str
    edits: str | None
    replies_to: str | None
    reply: Reply

    @property
    def text(self) -> str:
        return plain_text(self.reply)


async def outbox_of(database: Database, after: int = 0) -> tuple[list[OutboxRow], int]:
    """The rows after an id that were not withdrawn, in order, and the id of the last."""
    async with database.reading() as connection:
        kept = {row.hash: row.content for row in await connection.execute(select(blobs))}
        found = select(outbox).where(outbox.c.id > after, outbox.c.state != OutboxState.WITHDRAWN)
        rows = (await connection.execute(found.order_by(outbox.c.id))).all()
    posted = [
        OutboxRow(row.key, row.channel_id, row.edits, row.replies_to, from_stored(row.payload, kept)) for row in rows
    ]
    return posted, max([after, *(row.id for row in rows)])

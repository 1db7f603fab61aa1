"""Digests that were posted or are about to be: what stands in one, and what shall stand there instead."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import or_, select

from bot.reply.model import Reply
from bot.store.claims import contents, stored_reply
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from bot.store.schedule_tables import outbox


class DigestPosts:
    """The `outbox` table, as far as digests stand in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(
        self, workspace_id: int, ref: str, name: str, changed: Callable[[Reply], Reply], now: datetime
    ) -> bool:
        """Have a digest say something else from now on; False where there is none of this name in the workspace.

        `ref` is the digest's `<subscription>.<local date>`, `name` says what happened to it, which counts once. Two
        changes at the same time come one after the other, and neither takes the other back.
        """
        key = f"digest:{ref.replace('.', ':', 1)}"
        here = outbox.c.workspace_id == workspace_id
        newest = (
            select(outbox).where(here, or_(outbox.c.key == key, outbox.c.edits == key)).order_by(outbox.c.id.desc())
        )
        async with self._database.writing() as connection:
            first = select(outbox.c.channel_id).where(here, outbox.c.key == key).with_for_update()
            channel_id = await connection.scalar(first)
            row = (await connection.execute(newest.limit(1))).one_or_none()
            reply = None if row is None else stored_reply(row.payload, await contents(connection, [row]))
            if channel_id is None or reply is None:
                return False
            message = Message(f"{key}:{name}", workspace_id, channel_id, changed(reply), edits=key)
            return await enqueue(connection, message, now)

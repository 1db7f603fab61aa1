"""What must be said: one row a message under a key that is made of facts, written with what caused it.

A message is first a row, then posted, then ended as sent or dead; its key stays, so nothing is ever said twice. Within
a channel the order is that of the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reply.model import Reply
from bot.reply.stored import to_stored
from bot.store.database import insert_into
from bot.store.schedule_tables import blobs, outbox


class OutboxState(StrEnum):
    """Where a message stands. `unclear`: the platform may have it, its answer was lost."""

    PENDING = "pending"
    SENDING = "sending"
    UNCLEAR = "unclear"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Message:
    """One message for a channel, or, where `channel_id` is empty, for the person of `person_id` alone.

    `key` names it for ever and is made of facts, never of the present time (`digest:12:2026-11-27`). `edits` is the
    key of an earlier message whose place it takes; where that one never arrived, this one is posted anew. `owner_id` is
    the person who is told when it can never be posted. Nothing goes out before `not_before`; at `expires_at` what was
    not posted is worth nothing any more.
    """

    key: str
    workspace_id: int
    channel_id: str
    reply: Reply
    person_id: str | None = None
    thread_id: str | None = None
    edits: str | None = None
    owner_id: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None


async def enqueue(connection: AsyncConnection, message: Message, now: datetime) -> bool:
    """Write, within the caller's transaction, that a message must be said; False where its key was there already."""
    payload, contents = to_stored(message.reply)
    new = insert_into(outbox, connection).values(
        key=message.key,
        workspace_id=message.workspace_id,
        channel_id=message.channel_id,
        thread_id=message.thread_id,
        person_id=message.person_id,
        edits=message.edits,
        payload=payload,
        owner_id=message.owner_id,
        state=OutboxState.PENDING,
        attempts=0,
        next_at=message.not_before or now,
        expires_at=message.expires_at,
        error="",
        created_at=now,
    )
    is_new = (await connection.execute(new.on_conflict_do_nothing(index_elements=["key"]))).rowcount == 1
    if is_new:
        await _keep(connection, contents, now)
    return is_new


async def _keep(connection: AsyncConnection, contents: Mapping[str, bytes], now: datetime) -> None:
    for digest, content in sorted(contents.items()):  # in one order, so that two writers cannot block each other
        new = insert_into(blobs, connection).values(hash=digest, content=content, used_at=now)
        again = new.on_conflict_do_update(index_elements=["hash"], set_={"used_at": new.excluded.used_at})
        await connection.execute(again)

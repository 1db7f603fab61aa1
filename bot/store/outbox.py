"""What must be said: one row a message under a key that is made of facts, written with what caused it.

A message is first a row, then posted, then ended as sent or dead; its key stays, so nothing is ever said twice. Within
a channel the order is that of the rows.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, or_, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reply.model import Reply
from bot.reply.stored import to_stored
from bot.store.claims import LEASE, Claimed, claim, claimed, contents
from bot.store.database import Database, insert_into
from bot.store.schedule_tables import alert_settings, blobs, digests, is_open, outbox

CLOCKS_AGREE = timedelta(minutes=1)
"""How far the clocks of two machines may be apart before one seems to have been set back."""


class OutboxState(StrEnum):
    """Where a message stands. `unclear`: the platform may have it, its answer was lost. `withdrawn`: not needed."""

    PENDING = "pending"
    SENDING = "sending"
    UNCLEAR = "unclear"
    SENT = "sent"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Message:
    """One message for a channel, or, where `channel_id` is empty, for the person of `person_id` alone.

    `key` names it for ever and is made of facts, never of the present time (`digest:12:2026-11-27`). `edits` is the
    key of an earlier message whose place it takes; where that one never arrived, this one is posted anew. `owner_id` is
    the person who is told when it can never be posted. At `expires_at` what was not posted is worth nothing any more.
    Before `due_at` it is not posted, and may be withdrawn.
    """

    key: str
    workspace_id: int
    channel_id: str
    reply: Reply
    person_id: str | None = None
    thread_id: str | None = None
    edits: str | None = None
    owner_id: str | None = None
    expires_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """Messages about one change, and the keys of earlier messages that it makes needless."""

    messages: tuple[Message, ...]
    replaces: tuple[str, ...] = ()


async def write_news(connection: AsyncConnection, news: News, now: datetime) -> None:
    """Write messages within the caller's transaction, and withdraw those that they replace."""
    if news.replaces:
        await withdraw(connection, news.replaces, "replaced by a later message", now)
    await enqueue_all(connection, news.messages, now)


async def enqueue(connection: AsyncConnection, message: Message, now: datetime) -> bool:
    """Write, within the caller's transaction, that a message must be said; False where its key was there already."""
    return await enqueue_all(connection, (message,), now) == 1


async def enqueue_all(connection: AsyncConnection, messages: Iterable[Message], now: datetime) -> int:
    """Write, within the caller's transaction, what must be said; returns how much was not there already."""
    rows, contents = [], dict[str, Mapping[str, bytes]]()
    for message in messages:
        payload, contents[message.key] = to_stored(message.reply)
        rows.append(_row(message, payload, now))
    if not rows:
        return 0
    new = insert_into(outbox, connection).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.key)
    added = list(await connection.scalars(new, rows))
    await _keep(connection, {digest: each for key in added for digest, each in contents[key].items()}, now)
    return len(added)


def _row(message: Message, payload: str, now: datetime) -> dict[str, Any]:
    return {
        "key": message.key,
        "workspace_id": message.workspace_id,
        "channel_id": message.channel_id,
        "thread_id": message.thread_id,
        "person_id": message.person_id,
        "edits": message.edits,
        "payload": payload,
        "owner_id": message.owner_id,
        "state": OutboxState.PENDING,
        "attempts": 0,
        "next_at": message.due_at or now,
        "expires_at": message.expires_at,
        "error": "",
        "created_at": now,
    }


async def withdraw(connection: AsyncConnection, keys: Iterable[str], reason: str, now: datetime) -> None:
    """End, within the caller's transaction, messages that nobody tried to post yet, and keep the reason."""
    pending = outbox.c.key.in_(list(keys)) & (outbox.c.state == OutboxState.PENDING) & (outbox.c.attempts == 0)
    ended = {"state": OutboxState.WITHDRAWN, "error": reason, "ended_at": now}
    await connection.execute(update(outbox).where(pending).values(ended))


async def _keep(connection: AsyncConnection, contents: Mapping[str, bytes], now: datetime) -> None:
    for digest, content in sorted(contents.items()):  # in one order, so that two writers cannot block each other
        new = insert_into(blobs, connection).values(hash=digest, content=content, used_at=now)
        again = new.on_conflict_do_update(index_elements=["hash"], set_={"used_at": new.excluded.used_at})
        await connection.execute(again)


class Outbox:
    """The `outbox` table, for whoever delivers. What is said of a message after its lease was lost changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self,
        now: datetime,
        chats: Collection[str],
        most: int,
        *,
        places: Mapping[int, int],
        each: int,
        without: Collection[int] = (),
    ) -> tuple[Claimed, ...]:
        """Make up to `most` messages the caller's for `LEASE`, each the first of its channel, and count the attempt.

        Of one workspace `each` at most, or as many as `places` says for it by its number; none whose number is in
        `without`: those that this process is posting, whatever the clock says of their leases.
        """
        async with self._database.writing() as connection:
            rows, edits, token = await claim(connection, now, chats, most, places, each, without)
        if not rows:
            return ()
        async with self._database.reading() as connection:
            stored = await contents(connection, rows)
        return tuple(claimed(row, edits.get(row.id), stored, token, now) for row in rows)

    async def sent(self, arrived: Mapping[Claimed, str], now: datetime) -> frozenset[int]:
        """They are in their channels, under these ids of messages; the numbers of those whose lease was not lost."""
        ids = {mine.id: message_id for mine, message_id in arrived.items()}
        leased = tuple_(outbox.c.id, outbox.c.lease_token).in_([(mine.id, mine.token) for mine in arrived])
        values = {
            "state": OutboxState.SENT,
            "message_id": case(ids, value=outbox.c.id),
            "error": "",
            "ended_at": now,
            "lease_token": None,
        }
        ended = update(outbox).where(leased, outbox.c.state == OutboxState.SENDING).values(values)
        async with self._database.writing() as connection:
            return frozenset(await connection.scalars(ended.returning(outbox.c.id)))

    async def later(self, mine: Claimed, next_at: datetime, error: str) -> bool:
        """This attempt put nothing there; there is another one from `next_at` on."""
        state = OutboxState.UNCLEAR if mine.is_repeat else OutboxState.PENDING
        return await self._settle(mine, state=state, next_at=next_at, error=error)

    async def unclear(self, mine: Claimed, next_at: datetime, error: str) -> bool:
        """It may be there; it is said again from `next_at` on, since a message that is lost is worse."""
        return await self._settle(mine, state=OutboxState.UNCLEAR, next_at=next_at, error=error)

    async def anew(self, mine: Claimed, now: datetime) -> bool:
        """The message that it was to edit is gone for good: it is posted instead."""
        here = (outbox.c.workspace_id == mine.workspace_id) & (outbox.c.channel_id == mine.channel_id)
        gone = update(outbox).where(here, outbox.c.message_id == mine.edits).values(message_id=None)
        async with self._database.writing() as connection:
            is_mine = await _settle(connection, mine, {"state": OutboxState.PENDING, "next_at": now})
            if is_mine:
                await connection.execute(gone)
            return is_mine

    async def dead(
        self, mine: Claimed, error: str, now: datetime, told: Reply | None = None, *, closes: bool = False
    ) -> bool:
        """It will never be there; False where the lease was lost.

        `told` goes to its owner, once. `closes` says that its channel takes nothing any more: what is switched on for
        it is switched off, and `told` goes to whoever had switched it on, and to nobody where nothing was on.
        """
        values = {"state": OutboxState.DEAD, "error": error, "ended_at": now}
        async with self._database.writing() as connection:
            if not await _settle(connection, mine, values):
                return False
            people: set[str | None] = await _close(connection, mine, error) if closes else {mine.owner_id}
            for person in people - {None}:
                if told is not None:
                    key = f"told:{mine.key}:{person}"
                    await enqueue(connection, Message(key, mine.workspace_id, "", told, person_id=person), now)
        return True

    async def withdraw(self, keys: Iterable[str], reason: str, now: datetime) -> None:
        """End messages that nobody tried to post yet, and keep the reason. Safe to repeat."""
        async with self._database.writing() as connection:
            await withdraw(connection, keys, reason, now)

    async def hasten(self, workspace_id: int, now: datetime) -> None:
        """A platform answers again: what waits for another attempt in a workspace need not wait longer."""
        waits = is_open() & (outbox.c.state != OutboxState.SENDING) & (outbox.c.attempts > 0)
        soon = update(outbox).where(waits, outbox.c.workspace_id == workspace_id, outbox.c.next_at > now)
        async with self._database.writing() as connection:
            await connection.execute(soon.values(next_at=now))

    async def mind_the_clock(self, now: datetime) -> None:
        """Let nothing wait for an hour that the clock had shown before it was set back. Leases begin anew."""
        was_ahead = or_(outbox.c.last_try_at > now + CLOCKS_AGREE, outbox.c.created_at > now + CLOCKS_AGREE)
        until = case((outbox.c.state == OutboxState.SENDING, now + LEASE), else_=now)
        back = update(outbox).where(is_open(), outbox.c.next_at > until, was_ahead)
        async with self._database.writing() as connection:
            await connection.execute(back.values(next_at=until))

    async def _settle(self, mine: Claimed, **values: object) -> bool:
        async with self._database.writing() as connection:
            return await _settle(connection, mine, values)


async def _settle(connection: AsyncConnection, mine: Claimed, values: Mapping[str, object]) -> bool:
    """End the lease; False, and nothing changed, where somebody else has it by now."""
    leased = (outbox.c.state == OutboxState.SENDING) & (outbox.c.lease_token == mine.token)
    ended = update(outbox).where(outbox.c.id == mine.id, leased).values(lease_token=None, **values)
    return (await connection.execute(ended)).rowcount == 1


async def _close(connection: AsyncConnection, mine: Claimed, reason: str) -> set[str | None]:
    """Switch off what is on for the channel of a message; the people who had switched it on."""
    people: set[str | None] = set()
    for table in (digests, alert_settings):
        on = (table.c.workspace_id == mine.workspace_id) & (table.c.channel_id == mine.channel_id) & table.c.is_on
        closed = update(table).where(on).values(is_on=False, off_reason=reason).returning(table.c.set_by_id)
        people.update(await connection.scalars(closed))
    return people

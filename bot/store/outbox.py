"""Transactional outbox: one row per message, keyed by the facts it reports and written with what caused it.

A message is first stored, then posted, then ended as sent or dead; its key stays, so nothing is posted twice. Within a
channel, messages are posted in the order of the rows.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, case, delete, exists, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reply.as_json import to_stored
from bot.reply.model import Reply
from bot.store.database import Aggregate, insert_into, replacing
from bot.store.outbox_claims import Claimed, claim, claimed, contents
from bot.store.schedule_tables import alert_settings, blobs, digests, is_open, outbox
from bot.store.tables import workspaces
from bot.store.types import values


class OutboxState(StrEnum):
    """State of a message. `unclear`: it may have been posted, the response was lost. `withdrawn`: no longer needed."""

    PENDING = "pending"
    SENDING = "sending"
    UNCLEAR = "unclear"
    SENT = "sent"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a channel, or for the person `person_id` alone if `channel_id` is empty.

    `key` identifies it for good and is made of facts, never of the present time (`digest:12:2026-11-27`). `edits` is
    the key of an earlier message that it replaces; if that one was never posted, this one is posted as a new message.
    `replies_to` is the key of a message to reply to, visible to the whole channel. `owner_id` is the person to notify
    if it can't be posted. After `expires_at` it isn't posted any more. Until `due_at` it waits, and may be withdrawn.
    """

    key: str
    workspace_id: int
    channel_id: str
    reply: Reply
    person_id: str | None = None
    thread_id: str | None = None
    edits: str | None = None
    replies_to: str | None = None
    owner_id: str | None = None
    expires_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """Messages about one change, and the keys of earlier messages that they replace."""

    messages: tuple[Message, ...]
    replaces: tuple[str, ...] = ()


async def write_news(connection: AsyncConnection, news: News, now: datetime) -> None:
    """Write messages and withdraw those that they replace. Within the caller's transaction."""
    if news.replaces:
        await withdraw(connection, news.replaces, "replaced by a later message", now)
    await enqueue_all(connection, news.messages, now)


async def enqueue(connection: AsyncConnection, message: Message, now: datetime) -> bool:
    """Write a message; returns False if its key exists. Within the caller's transaction."""
    return await enqueue_all(connection, (message,), now) == 1


async def enqueue_all(connection: AsyncConnection, messages: Iterable[Message], now: datetime) -> int:
    """Write messages; returns how many were new. Within the caller's transaction."""
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
        **values(message, "reply", "due_at"),
        "payload": payload,
        "state": OutboxState.PENDING,
        "attempts": 0,
        "next_at": message.due_at or now,
        "error": "",
        "created_at": now,
    }


async def withdraw(connection: AsyncConnection, keys: Iterable[str], reason: str, now: datetime) -> None:
    """End messages that nobody has tried to post yet, with a reason. Within the caller's transaction."""
    pending = outbox.c.key.in_(list(keys)) & (outbox.c.state == OutboxState.PENDING) & (outbox.c.attempts == 0)
    ended = {"state": OutboxState.WITHDRAWN, "error": reason, "ended_at": now}
    await connection.execute(update(outbox).where(pending).values(ended))


async def _keep(connection: AsyncConnection, contents: Mapping[str, bytes], now: datetime) -> None:
    # Sorted, so that two writers can't block each other.
    rows = [{"hash": digest, "content": content, "used_at": now} for digest, content in sorted(contents.items())]
    if rows:
        await connection.execute(replacing(blobs, connection, ["used_at"]), rows)


class Outbox(Aggregate):
    """The `outbox` table, for delivery. An update of a message whose lease was lost has no effect."""

    async def add(self, message: Message, now: datetime) -> bool:
        """Write a message in its own transaction; returns False if its key exists."""
        async with self._database.writing() as connection:
            return await enqueue(connection, message, now)

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
        """Claim up to `most` messages for `LEASE`, each the first of its channel, and count the attempt.

        At most `each` per workspace, or `places[workspace_id]` if given; none with an id in `without`: those that this
        process is posting, even if their leases look expired.
        """
        async with self._database.writing() as connection:
            rows, arrived, token = await claim(connection, now, chats, most, places, each, without)
        if not rows:
            return ()
        async with self._database.reading() as connection:
            stored = await contents(connection, rows)
        return tuple(claimed(row, arrived, stored, token, now) for row in rows)

    async def sent(self, arrived: Mapping[Claimed, str], now: datetime) -> frozenset[int]:
        """Record posted messages with the platform's ids.

        Returns the ids of those whose lease was lost; messages deleted meanwhile aren't included.
        """
        ids = {mine.id: message_id for mine, message_id in arrived.items()}
        leased = tuple_(outbox.c.id, outbox.c.lease_token).in_([(mine.id, mine.token) for mine in arrived])
        ended = update(outbox).where(leased, outbox.c.state == OutboxState.SENDING)
        ended = ended.values(
            state=OutboxState.SENT, message_id=case(ids, value=outbox.c.id), error="", ended_at=now, lease_token=None
        )
        async with self._database.writing() as connection:
            missing = ids.keys() - set(await connection.scalars(ended.returning(outbox.c.id)))
            if not missing:
                return frozenset()
            return frozenset(await connection.scalars(select(outbox.c.id).where(outbox.c.id.in_(missing))))

    async def workspace_of(self, chat: str, person_id: str, message_id: str) -> str | None:
        """The chat's id of the workspace that a message to a person was about; None if there is no such message."""
        this = (outbox.c.person_id == person_id) & (outbox.c.message_id == message_id) & (workspaces.c.chat == chat)
        query = select(workspaces.c.external_id).join(outbox, outbox.c.workspace_id == workspaces.c.id)
        found: str | None = await self._database.scalar(query.where(this))
        return found

    async def retry_later(self, mine: Claimed, next_at: datetime, error: str) -> bool:
        """Record that this attempt posted nothing; the next one is at `next_at` or later."""
        state = OutboxState.UNCLEAR if mine.is_repeat else OutboxState.PENDING
        return await self._settle(mine, state=state, next_at=next_at, error=error)

    async def unclear(self, mine: Claimed, next_at: datetime, error: str) -> bool:
        """Record that it may have been posted; it is posted again from `next_at` on, since a lost message is worse."""
        return await self._settle(mine, state=OutboxState.UNCLEAR, next_at=next_at, error=error)

    async def repost(self, mine: Claimed, now: datetime) -> bool:
        """Record that the message to edit is gone; post this one as a new message."""
        here = (outbox.c.workspace_id == mine.workspace_id) & (outbox.c.channel_id == mine.channel_id)
        gone = update(outbox).where(here, outbox.c.message_id == mine.edits).values(message_id=None)
        async with self._database.writing() as connection:
            is_mine = await _settle(connection, mine, {"state": OutboxState.PENDING, "next_at": now})
            if is_mine:
                await connection.execute(gone)
            return is_mine

    async def dead(
        self, mine: Claimed, error: str, now: datetime, notice: Reply | None = None, *, closed: Reply | None = None
    ) -> bool:
        """Record that it can never be posted; returns False if the lease was lost.

        `notice` is sent to its owner, once. If its channel is closed to the bot, the channel's digest and alerts are
        turned off, and `closed` is sent to the people who had turned them on.
        """
        async with self._database.writing() as connection:
            if not await _settle(connection, mine, {"state": OutboxState.DEAD, "error": error, "ended_at": now}):
                return False
            notices = {mine.owner_id: notice}
            if closed is not None:
                notices |= dict.fromkeys(await _close(connection, mine, error), closed)
            for person, reply in notices.items():
                if person is not None and reply is not None:
                    key = f"told:{mine.key}:{person}"
                    await enqueue(connection, Message(key, mine.workspace_id, "", reply, person_id=person), now)
        return True

    async def withdraw(self, keys: Iterable[str], reason: str, now: datetime) -> None:
        """End messages that nobody has tried to post yet, with a reason. Safe to repeat."""
        async with self._database.writing() as connection:
            await withdraw(connection, keys, reason, now)

    async def expedite(self, workspace_id: int, now: datetime) -> None:
        """Retry a workspace's failed messages now, since its platform responds again."""
        waits = is_open() & (outbox.c.state != OutboxState.SENDING) & (outbox.c.attempts > 0)
        soon = update(outbox).where(waits, outbox.c.workspace_id == workspace_id, outbox.c.next_at > now)
        await self._database.write(soon.values(next_at=now))

    async def _settle(self, mine: Claimed, **changes: object) -> bool:
        async with self._database.writing() as connection:
            return await _settle(connection, mine, changes)


async def _settle(connection: AsyncConnection, mine: Claimed, changes: Mapping[str, object]) -> bool:
    """End the lease with these changes; returns False without changes if it was lost."""
    leased = (outbox.c.state == OutboxState.SENDING) & (outbox.c.lease_token == mine.token)
    ended = update(outbox).where(outbox.c.id == mine.id, leased).values(lease_token=None, **changes)
    return (await connection.execute(ended)).rowcount == 1


async def _close(connection: AsyncConnection, mine: Claimed, reason: str) -> set[str | None]:
    """Turn off the digest and alerts of a message's channel; returns the people who had turned them on."""
    people: set[str | None] = set()
    for table in (digests, alert_settings):
        on = (table.c.workspace_id == mine.workspace_id) & (table.c.channel_id == mine.channel_id) & table.c.is_on
        closed = update(table).where(on).values(is_on=False, off_reason=reason).returning(table.c.set_by_id)
        people.update(await connection.scalars(closed))
    return people


LATE = timedelta(minutes=1)
SHOWN_DEAD = 3
MOST_COUNTED = 10_000
"""Maximum number of messages counted for Prometheus."""
RETRIED_WITHIN = timedelta(days=7)
"""How long a dead letter can be retried."""
WAITED_FOR = timedelta(days=30)
"""Age at which a message that was never tried is given up: no process posts in its chat any more."""
PICTURES_KEPT = timedelta(days=10)
BODIES_KEPT = timedelta(days=90)
KEYS_KEPT = timedelta(days=400)
"""Longer than any event could be reported again under the same key."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why. `channel_id` is empty for a direct message."""

    channel_id: str
    reason: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """A workspace's messages. `oldest_at` is when the oldest waiting one was written; `dead` are the latest few."""

    waiting: int = 0
    oldest_at: datetime | None = None
    last_sent_at: datetime | None = None
    dead_count: int = 0
    dead: tuple[DeadLetter, ...] = ()


class OutboxStatus(Aggregate):
    """The `outbox` table, for status and maintenance."""

    async def queue(self, workspace_id: int, now: datetime) -> Queue:
        """The workspace's queue. Dead letters that can't be retried any more are left out."""
        mine = outbox.c.workspace_id == workspace_id
        is_due = (outbox.c.next_at <= now) | (outbox.c.attempts > 0)  # the others may still be withdrawn
        waiting = select(func.count(), func.min(outbox.c.created_at)).where(is_open(), mine, is_due)
        last = select(func.max(outbox.c.ended_at)).where(mine, outbox.c.state == OutboxState.SENT)
        dead = and_(mine, outbox.c.state == OutboxState.DEAD, outbox.c.ended_at > now - RETRIED_WITHIN)
        dead_ones = select(outbox.c.channel_id, outbox.c.error, outbox.c.ended_at).where(dead)

        def fetch(connection: Connection) -> Queue:
            count, oldest_at = connection.execute(waiting).one()
            found = connection.execute(dead_ones.order_by(outbox.c.ended_at.desc(), outbox.c.id.desc())).all()
            few = tuple(DeadLetter(*row) for row in found[:SHOWN_DEAD])
            return Queue(count, oldest_at, connection.scalar(last), len(found), few)

        return await self._database.read(fetch)

    async def load(self, now: datetime) -> tuple[int, int, int, int]:
        """How many messages of all workspaces are waiting, due, a minute late, and were given up recently.

        Counts at most `MOST_COUNTED` of each, so that the cost doesn't depend on the queue's length.
        """
        first = select(outbox.c.next_at).where(is_open()).order_by(outbox.c.next_at).limit(MOST_COUNTED).subquery()
        due, late = first.c.next_at <= now, first.c.next_at <= now - LATE
        opened = select(func.count(), func.count().filter(due), func.count().filter(late)).select_from(first)
        given_up = outbox.c.state == OutboxState.DEAD, outbox.c.ended_at > now - RETRIED_WITHIN
        dead = select(func.count()).select_from(select(outbox.c.id).where(*given_up).limit(MOST_COUNTED).subquery())
        async with self._database.reading() as connection:
            waiting, due_ones, late_ones = (await connection.execute(opened)).one()
            return waiting, due_ones, late_ones, int(await connection.scalar(dead) or 0)

    async def retry(self, workspace_id: int, now: datetime) -> int:
        """Retry a workspace's dead letters; returns how many there are."""
        which = (
            outbox.c.workspace_id == workspace_id,
            outbox.c.state == OutboxState.DEAD,
            outbox.c.ended_at > now - RETRIED_WITHIN,
        )
        values = {
            "state": OutboxState.PENDING,
            "attempts": 0,
            "next_at": now,
            "first_try_at": None,
            "last_try_at": None,
            "expires_at": None,
            "ended_at": None,
            "error": "",
        }
        async with self._database.writing() as connection:
            return (await connection.execute(update(outbox).where(*which).values(values))).rowcount

    async def forget_old(self, now: datetime) -> int:
        """Delete old bodies, keys and pictures; returns how many messages were deleted.

        A message that wasn't tried for a month is given up, as it would keep every picture since then.
        """
        waiting = outbox.alias()
        is_waited_for = exists().where(is_open(waiting), waiting.c.created_at <= blobs.c.used_at)
        never_tried = update(outbox).where(is_open(), outbox.c.next_at < now - WAITED_FOR)
        abandoned = {
            "state": OutboxState.DEAD,
            "error": "nothing was posted in this chat for a month.",
            "ended_at": now,
        }
        old_ones = delete(outbox).where(outbox.c.ended_at < now - KEYS_KEPT)
        bodies = update(outbox).where(outbox.c.ended_at < now - BODIES_KEPT, outbox.c.payload != "").values(payload="")
        unused = delete(blobs).where(blobs.c.used_at < now - PICTURES_KEPT, ~is_waited_for)
        async with self._database.writing() as connection:
            await connection.execute(never_tried.values(abandoned))
            forgotten = (await connection.execute(old_ones)).rowcount
            await connection.execute(bodies)
            await connection.execute(unused)
        return forgotten

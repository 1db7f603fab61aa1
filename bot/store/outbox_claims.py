"""Outbox claims: which messages may be posted now, and the lease under which one process posts them.

A message's `next_at` is when it may be claimed: when it is due, when it may be retried or, while it is being sent, when
the sender's lease ends.
"""

import re
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reply.as_json import from_stored
from bot.reply.model import Reply
from bot.store.schedule_tables import blobs, is_open, outbox
from bot.store.tables import workspaces
from bot.store.types import read

LEASE = timedelta(seconds=45)
"""Lease of a claimed message. It has to be posted within this time, before another process may claim it."""
HOLDS_UP = timedelta(hours=2)
"""How long a failing message blocks its channel; after that, later messages overtake it."""

_HASH = re.compile(r'"([0-9a-f]{64})"')

Found: TypeAlias = Row[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Claimed:
    """A message to post, claimed by the caller, with its attempt already counted.

    `chat` and `external_id` identify the workspace on its platform. `edits` is the id of the posted message to replace,
    None to post a new one; `replies_to` the id of the one to reply to. `reply` is None if the stored one is unreadable.
    `is_repeat`: an earlier attempt may have succeeded. `tried_at` is when the first attempt began.
    """

    id: int
    key: str
    workspace_id: int
    chat: str
    external_id: str
    channel_id: str
    thread_id: str | None
    person_id: str | None
    edits: str | None
    replies_to: str | None
    reply: Reply | None
    owner_id: str | None
    attempts: int
    is_repeat: bool
    tried_at: datetime
    created_at: datetime
    expires_at: datetime | None
    token: str


async def claim(
    connection: AsyncConnection,
    now: datetime,
    chats: Collection[str],
    most: int,
    places: Mapping[int, int],
    each: int,
    without: Collection[int],
) -> tuple[tuple[Found, ...], Mapping[str, str], str]:
    """Claim within a transaction; returns the rows as before, ids of the messages they refer to, the lease token.

    `most` in all, at most `each` per workspace, or its number in `places`; none in `without`.
    """
    full = [workspace_id for workspace_id, free in places.items() if free <= 0]
    found = (await connection.execute(_claimable(now, chats, full, without).limit(most))).all()
    taken: Counter[int] = Counter()
    mine = []
    for row in found:
        if taken[row.workspace_id] < places.get(row.workspace_id, each):
            taken[row.workspace_id] += 1
            mine.append(row)
    token = secrets.token_hex(8)
    if mine:
        values = {
            "state": "sending",
            "attempts": outbox.c.attempts + 1,
            "first_try_at": func.coalesce(outbox.c.first_try_at, now),
            "last_try_at": now,
            "next_at": now + LEASE,
            "lease_token": token,
        }
        await connection.execute(update(outbox).where(outbox.c.id.in_([row.id for row in mine])).values(values))
    return tuple(mine), await _named(connection, mine), token


def _claimable(now: datetime, chats: Collection[str], full: Sequence[int], without: Collection[int]) -> Select[Any]:
    """Query for open messages that are due, except those that must wait for an earlier one."""
    columns = (outbox, workspaces.c.chat, workspaces.c.external_id)
    return (
        select(*columns)
        .join(workspaces, workspaces.c.id == outbox.c.workspace_id)
        .where(
            is_open(),
            outbox.c.next_at <= now,
            workspaces.c.chat.in_(list(chats)),
            outbox.c.workspace_id.not_in(full),
            outbox.c.id.not_in(list(without)),
            ~_waits_for_another(now),
        )
        .order_by(outbox.c.next_at, outbox.c.id)
        .with_for_update(of=outbox, skip_locked=True)
    )


def _waits_for_another(now: datetime) -> ColumnElement[bool]:
    """Whether an earlier message of the same channel, or the one that it edits or replies to, has to be posted first.

    One that is due later, or has failed for two hours, blocks none; but edits of the same message never overtake each
    other, or the older one would win.
    """
    earlier, edited = outbox.alias("earlier"), outbox.alias("edited")
    goes_first = exists().where(
        is_open(earlier),
        earlier.c.workspace_id == outbox.c.workspace_id,
        earlier.c.channel_id == outbox.c.channel_id,
        earlier.c.person_id.is_not_distinct_from(outbox.c.person_id),
        earlier.c.id < outbox.c.id,
        or_((earlier.c.attempts == 0) & (earlier.c.next_at <= now), earlier.c.first_try_at > now - HOLDS_UP),
    )
    named = or_(edited.c.key == outbox.c.edits, edited.c.key == outbox.c.replies_to)
    before = or_(named, and_(edited.c.edits == outbox.c.edits, edited.c.id < outbox.c.id))
    return or_(goes_first, exists().where(before, is_open(edited)))


async def _named(connection: AsyncConnection, rows: Collection[Found]) -> Mapping[str, str]:
    """The ids of the posted messages that rows edit or reply to, by key.

    One may have been posted by an earlier edit that became a new message.
    """
    wanted = [key for row in rows for key in (row.edits, row.replies_to) if key is not None]
    if not wanted:
        return {}
    these = or_(outbox.c.key.in_(wanted), outbox.c.edits.in_(wanted))
    query = select(outbox.c.key, outbox.c.edits, outbox.c.message_id).where(these, outbox.c.message_id.is_not(None))
    ids: dict[str, str] = {}
    for arrived in await connection.execute(query.order_by(outbox.c.id)):
        ids[arrived.key] = ids[arrived.edits or arrived.key] = arrived.message_id
    return ids


def named_in(payloads: Iterable[str]) -> set[str]:
    """The hashes of the blobs that stored replies refer to."""
    return {digest for payload in payloads for digest in _HASH.findall(payload)}


async def contents(connection: AsyncConnection, rows: Collection[Found]) -> Mapping[str, bytes]:
    """The blobs that the stored replies refer to, by hash."""
    hashes = named_in(row.payload for row in rows)
    if not hashes:
        return {}
    query = select(blobs.c.hash, blobs.c.content).where(blobs.c.hash.in_(hashes))
    return {row.hash: row.content for row in await connection.execute(query)}


def claimed(row: Found, arrived: Mapping[str, str], stored: Mapping[str, bytes], token: str, now: datetime) -> Claimed:
    """Convert a row to a claimed message."""
    return read(
        Claimed,
        row,
        edits=arrived.get(row.edits),
        replies_to=arrived.get(row.replies_to),
        reply=stored_reply(row.payload, stored),
        attempts=row.attempts + 1,
        is_repeat=row.state != "pending",
        tried_at=row.first_try_at or now,
        token=token,
    )


def stored_reply(payload: str, stored: Mapping[str, bytes]) -> Reply | None:
    """Decode the reply to post; None if it is unreadable."""
    try:
        return from_stored(payload, stored)
    except (KeyError, TypeError, ValueError):  # a blob is missing, or another version wrote it
        return None

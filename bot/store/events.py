"""What happened and was not reacted to yet: the mirror writes it, and whoever reacts takes it away as they do so.

It is kept which message each channel got of an event, or why it got none.

A kind that this version does not know, as a newer one may have noted, is left where it is, for the version that does.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import Event, EventKind
from bot.store.database import Database
from bot.store.schedule_tables import events, handled_events

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)
"""How long it is kept what became of an event."""
NO_CHANNEL = "no channel of this account has alerts on"

_IS_KNOWN = events.c.kind.in_(tuple(EventKind))


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its number; a wallet's events happened in the order of their numbers."""

    id: int
    event: Event


class Events:
    """The `events` table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: set[str] = set()

    async def wallets(self) -> tuple[int, ...]:
        """The wallets in which something happened that nobody has reacted to."""
        async with self._database.reading() as connection:
            found = (await connection.execute(select(events.c.wallet_id, events.c.kind).distinct())).all()
        for kind in {row.kind for row in found} - {*EventKind} - self._left:
            self._left.add(kind)
            logger.warning("skipping events of a kind unknown to this version", extra={"kind": kind})
        return tuple({row.wallet_id for row in found if row.kind in {*EventKind}})

    async def of(self, wallet_id: int, limit: int) -> tuple[StoredEvent, ...]:
        """The first events of a wallet, in order."""
        query = select(events).where(events.c.wallet_id == wallet_id, _IS_KNOWN).order_by(events.c.id).limit(limit)
        async with self._database.reading() as connection:
            return tuple(
                StoredEvent(row.id, Event(EventKind(row.kind), row.wallet_id, row.video_id, row.at, row.detail))
                for row in await connection.execute(query)
            )

    async def forget_old(self, now: datetime) -> None:
        """Drop what became of events long ago."""
        async with self._database.writing() as connection:
            await connection.execute(delete(handled_events).where(handled_events.c.handled_at < now - KEPT))


async def record(connection: AsyncConnection, happened: Iterable[Event]) -> None:
    """Note, within the transaction that learned of it, what happened."""
    rows = [
        {
            "kind": event.kind,
            "wallet_id": event.wallet_id,
            "video_id": event.video_id,
            "at": event.at,
            "detail": dict(event.detail),
        }
        for event in happened
    ]
    if rows:
        await connection.execute(insert(events), rows)


async def handle(
    connection: AsyncConnection, numbers: Collection[int], outcomes: Mapping[int, Mapping[str, str]], now: datetime
) -> None:
    """Remove, within the transaction that reacts to them, events by number, and keep what became of each.

    An outcome maps a channel's setting to the key of its message, or to the reason why there is none; that of an event
    which was handled before is added to what was kept. Snapshots are not kept: nearly all of them lead to nothing.
    """
    worth = events.c.id.in_(list(numbers)) & (events.c.kind != EventKind.SNAPSHOT_CREATED)
    rows = [
        {
            "id": row.id,
            "kind": row.kind,
            "wallet_id": row.wallet_id,
            "video_id": row.video_id,
            "at": row.at,
            "handled_at": now,
            "outcome": dict(outcomes.get(row.id) or {"": NO_CHANNEL}),
        }
        for row in await connection.execute(select(events).where(worth))
    ]
    if rows:
        await connection.execute(insert(handled_events), rows)
    for number in outcomes.keys() - set(numbers):
        this = handled_events.c.id == number
        known = await connection.scalar(select(handled_events.c.outcome).where(this))
        if known is not None:
            later = {**known, **outcomes[number]}
            await connection.execute(update(handled_events).where(this).values(outcome=later))
    await connection.execute(delete(events).where(events.c.id.in_(list(numbers))))

"""Unhandled events: the mirror records them, and a handler removes them in its own transaction.

For each event the outcome per channel is kept: its message, or why there is none. Events of a kind unknown to this
version, recorded by a newer one, stay for a version that knows it.
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
from bot.store.types import read, values

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)
"""How long the outcome of an event is kept."""
NO_CHANNEL = "no channel of this account has alerts on"

_IS_KNOWN = events.c.kind.in_(tuple(EventKind))


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its id; ids of a wallet's events follow their order."""

    id: int
    event: Event


class Events:
    """The `events` table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: set[str] = set()

    async def wallets(self) -> tuple[int, ...]:
        """Wallets with unhandled events."""
        found = await self._database.rows(select(events.c.wallet_id, events.c.kind).distinct())
        for kind in {row.kind for row in found} - {*EventKind} - self._left:
            self._left.add(kind)
            logger.warning("skipping events of a kind unknown to this version", extra={"kind": kind})
        return tuple({row.wallet_id for row in found if row.kind in {*EventKind}})

    async def of(self, wallet_id: int, limit: int) -> tuple[StoredEvent, ...]:
        """A wallet's first events, in order."""
        query = select(events).where(events.c.wallet_id == wallet_id, _IS_KNOWN).order_by(events.c.id).limit(limit)
        return tuple(
            StoredEvent(row.id, read(Event, row, kind=EventKind(row.kind))) for row in await self._database.rows(query)
        )

    async def forget_old(self, now: datetime) -> None:
        """Delete old outcomes."""
        await self._database.write(delete(handled_events).where(handled_events.c.handled_at < now - KEPT))


async def record(connection: AsyncConnection, happened: Iterable[Event]) -> None:
    """Record events. Within the transaction that learned of them."""
    rows = [values(event, "detail") | {"detail": dict(event.detail)} for event in happened]
    if rows:
        await connection.execute(insert(events), rows)


async def handle(
    connection: AsyncConnection, numbers: Collection[int], outcomes: Mapping[int, Mapping[str, str]], now: datetime
) -> None:
    """Remove events by id and store the outcome of each. Within the transaction that handles them.

    An outcome maps a channel's setting to the key of its message, or to the reason why there is none; that of an event
    handled earlier is added to the stored one. Snapshot events aren't kept: nearly all of them lead to nothing.
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

"""What happened and was not reacted to yet: the mirror writes it, and whoever reacts takes it away as they do so.

A kind that this version does not know, as a newer one may have noted, is left where it is, for the version that does.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.events import Event, EventKind
from bot.store.database import Database
from bot.store.schedule_tables import events

logger = logging.getLogger(__name__)

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
            logger.warning("events of a kind that this version does not know are left", extra={"kind": kind})
        return tuple({row.wallet_id for row in found if row.kind in {*EventKind}})

    async def of(self, wallet_id: int, limit: int) -> tuple[StoredEvent, ...]:
        """The first events of a wallet, in order."""
        query = select(events).where(events.c.wallet_id == wallet_id, _IS_KNOWN).order_by(events.c.id).limit(limit)
        async with self._database.reading() as connection:
            return tuple(
                StoredEvent(row.id, Event(EventKind(row.kind), row.wallet_id, row.video_id, row.at, row.detail))
                for row in await connection.execute(query)
            )


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


async def take_away(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Remove, within the transaction that reacts to them, events by number. Safe to repeat."""
    await connection.execute(delete(events).where(events.c.id.in_(list(numbers))))

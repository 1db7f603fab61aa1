"""Who spent and stopped what, where, at what price and with what outcome. Written once, never changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.domain.tracking import RequestState, TrackRequest
from bot.store.database import Database
from bot.store.tables import audit, track_requests


class Action(StrEnum):
    """What is worth an entry."""

    TRACK = "track"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit. `cost` is dollars and None where nothing was spent; `outcome` is a sentence or a state."""

    at: datetime
    person: Person
    channel_id: str
    action: Action
    link: str
    video_id: str | None
    cost: Decimal | None
    outcome: str


class Audit:
    """The `audit` table, and the sums over what was promised by whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, workspace_id: int, entry: Entry) -> None:
        """Add one entry."""
        async with self._database.writing() as connection:
            await _write(connection, workspace_id, entry)

    async def recent(self, workspace_id: int, limit: int) -> tuple[Entry, ...]:
        """The last entries, newest first."""
        query = select(audit).where(audit.c.workspace_id == workspace_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit))
            return tuple(
                Entry(
                    at=row.at,
                    person=Person(row.person_id, row.person_name),
                    channel_id=row.channel_id,
                    action=Action(row.action),
                    link=row.link,
                    video_id=row.video_id,
                    cost=row.cost,
                    outcome=row.outcome,
                )
                for row in rows
            )

    async def spend_by_person(self, workspace_id: int, since: datetime) -> tuple[tuple[Person, Decimal], ...]:
        """Dollars promised by each person for videos that were started since a moment, the most first."""
        who = track_requests.c.person_id
        query = _spend(workspace_id, since, who, func.max(track_requests.c.person_name))
        async with self._database.reading() as connection:
            return tuple((Person(row[0], row[1]), row[2]) for row in await connection.execute(query))

    async def spend_by_channel(self, workspace_id: int, since: datetime) -> tuple[tuple[str, Decimal], ...]:
        """Dollars promised in each channel, by id, for videos that were started since a moment, the most first."""
        query = _spend(workspace_id, since, track_requests.c.channel_id)
        async with self._database.reading() as connection:
            return tuple((row[0], row[1]) for row in await connection.execute(query))


async def write_track(connection: AsyncConnection, request: TrackRequest, now: datetime) -> None:
    """Note, within the caller's transaction, how a submitted request ended."""
    started = request.state is RequestState.TRACKING
    entry = Entry(
        at=now,
        person=request.person,
        channel_id=request.channel_id,
        action=Action.TRACK,
        link=request.link,
        video_id=request.video_id,
        cost=request.cost if started else None,
        outcome=request.outcome or request.state,
    )
    await _write(connection, request.workspace_id, entry)


async def _write(connection: AsyncConnection, workspace_id: int, entry: Entry) -> None:
    await connection.execute(
        insert(audit).values(
            workspace_id=workspace_id,
            at=entry.at,
            person_id=entry.person.id,
            person_name=entry.person.name,
            channel_id=entry.channel_id,
            action=entry.action,
            link=entry.link,
            video_id=entry.video_id,
            cost=entry.cost,
            outcome=entry.outcome,
        )
    )


def _spend(
    workspace_id: int, since: datetime, by: ColumnElement[str], *also: ColumnElement[Any]
) -> Select[tuple[Any, ...]]:
    total = func.sum(track_requests.c.cost)
    return (
        select(by, *also, total)
        .where(
            track_requests.c.workspace_id == workspace_id,
            track_requests.c.submitted_at >= since,
            track_requests.c.state == RequestState.TRACKING,
        )
        .group_by(by)
        .order_by(total.desc(), by)
    )

"""Audit log: who spent, stopped and changed what, where, at what cost and with what outcome. Append-only.

Log queries add trackings that were started outside the bot, as far as the mirror knows them.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Select, cast, func, insert, literal, null, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, String

from bot.domain.caller import Person
from bot.domain.tracking import RequestState, TrackRequest
from bot.store.database import Aggregate
from bot.store.tables import UNOWNED, audit, track_requests, videos
from bot.store.types import read, values
from bot.store.workspaces import Workspace

K = TypeVar("K", int, str)

PAGE = 1_000
"""Entries read at a time for the file of all entries."""


class Action(StrEnum):
    """Kinds of audit entries. `OUTSIDE` isn't stored: it stands for trackings known only from the mirror."""

    TRACK = "track"
    STOP = "stop"
    CAMPAIGN = "campaign"
    PAYOUT = "payout"
    ALLOWANCE = "allowance"
    APPROVAL = "approval"
    SETTING = "setting"
    REFUSED = "refused"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, when, and in which channel; empty if in none in particular."""

    person: Person
    at: datetime
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit entry. `outcome` is a sentence or a state; `cost` is dollars, None if nothing was spent."""

    at: datetime
    person: Person
    channel_id: str
    action: Action
    outcome: str
    link: str = ""
    video_id: str | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spend:
    """Dollars committed per person, channel and campaign (by id), highest first."""

    by_person: tuple[tuple[Person, Decimal], ...]
    by_channel: tuple[tuple[str, Decimal], ...]
    by_campaign: tuple[tuple[int, Decimal], ...] = ()


class Audit(Aggregate):
    """The `audit` table, and the sums committed per person."""

    async def write(self, workspace_id: int, entry: Entry) -> None:
        """Add one entry."""
        async with self._database.writing() as connection:
            await write_entry(connection, workspace_id, entry)

    async def stopper(self, workspace_id: int, video_id: str, since: datetime) -> Person | None:
        """The person of a workspace who stopped a video since a time; None if nobody here did."""
        stopped = (audit.c.action == Action.STOP) & (audit.c.video_id == video_id)
        query = select(audit.c.person_id, audit.c.person_name).where(
            audit.c.workspace_id == workspace_id, audit.c.at >= since, stopped
        )
        row = await self._database.row(query.order_by(audit.c.at.desc()).limit(1))
        return None if row is None else Person(*row)

    async def recent(self, workspace_id: int, limit: int) -> tuple[Entry, ...]:
        """The last entries, newest first."""
        query = select(audit).where(audit.c.workspace_id == workspace_id)
        rows = await self._database.rows(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit))
        return tuple(read(Entry, row, action=Action(row.action)) for row in rows)

    async def log(
        self,
        workspace: Workspace,
        actions: Collection[Action] = tuple(Action),
        person_id: str = "",
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """Entries of these actions, newest first, optionally of one person; all of them without a limit."""
        last = None if limit is None else offset + limit
        rows = await self._database.rows(_log(workspace, actions, person_id, last).offset(offset).limit(limit))
        return tuple(map(_entry, rows))

    async def pages(self, workspace: Workspace, person_id: str = "") -> AsyncIterator[tuple[Entry, ...]]:
        """Every entry, newest first, optionally of one person, in pages; new entries meanwhile repeat none.

        Each page starts after the last entry of the one before, so its cost doesn't grow.
        """
        after: Row[Any] | None = None
        while rows := await self._database.rows(_log(workspace, tuple(Action), person_id, PAGE, after)):
            yield tuple(map(_entry, rows))
            after = rows[-1]

    async def spend(self, workspace_id: int, since: datetime, campaign_id: int | None = None) -> Spend:
        """Cost of the videos started since a time, optionally in one campaign."""
        made = track_requests.c
        query = (
            select(made.person_id, func.max(made.person_name), made.channel_id, made.campaign_id, func.sum(made.cost))
            .where(
                made.workspace_id == workspace_id,
                made.submitted_at >= since,
                made.state == RequestState.TRACKING,
                *(() if campaign_id is None else (made.campaign_id == campaign_id,)),
            )
            .group_by(made.person_id, made.channel_id, made.campaign_id)
        )
        names: dict[str, str] = {}
        by_person: defaultdict[str, Decimal] = defaultdict(Decimal)
        by_channel: defaultdict[str, Decimal] = defaultdict(Decimal)
        by_campaign: defaultdict[int, Decimal] = defaultdict(Decimal)
        for person_id, name, channel_id, campaign, cost in await self._database.rows(query):
            names[person_id] = max(name, names.get(person_id, ""))
            by_person[person_id] += cost
            by_channel[channel_id] += cost
            if campaign is not None:
                by_campaign[campaign] += cost
        people = tuple((Person(each, names[each]), cost) for each, cost in _descending(by_person))
        return Spend(people, _descending(by_channel), _descending(by_campaign))


def _log(
    workspace: Workspace, actions: Collection[Action], person_id: str, last: int | None, after: Row[Any] | None = None
) -> Select[Any]:
    """Query for the newest entries: at most `last`, older than the row `after`."""
    here: list[ColumnElement[bool]] = [audit.c.workspace_id == workspace.id, audit.c.action.in_(actions)]
    if person_id:
        here.append(audit.c.person_id == person_id)
    if after is not None:
        here.append(_is_before((audit.c.at, audit.c.id), (after.at, after.id)))
    parts = [select(audit).where(*here).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(last).subquery()]
    if Action.OUTSIDE in actions and not person_id:
        for is_running in (True, False):
            outside = _outside(workspace, is_running=is_running)
            if after is not None and after.id:
                outside = outside.where(videos.c.newest_at <= after.at)
            elif after is not None:
                outside = outside.where(_is_before((videos.c.newest_at, videos.c.video_id), (after.at, after.video_id)))
            parts.append(outside.limit(last).subquery())
    merged = union_all(*(select(*(part.c[name] for name in _COLUMNS)) for part in parts)).subquery()
    return select(merged).order_by(merged.c.at.desc(), merged.c.id.desc(), merged.c.video_id.desc()).limit(last)


def _is_before(columns: tuple[Column[Any], Column[Any]], values: tuple[object, object]) -> ColumnElement[bool]:
    return tuple_(*columns) < tuple_(*(literal(each, of.type) for each, of in zip(values, columns, strict=True)))


def _entry(row: Row[Any]) -> Entry:
    return read(Entry, row, action=Action(row.action))


_COLUMNS = ("id", "at", "person_id", "person_name", "channel_id", "action", "link", "video_id", "cost", "outcome")


def _outside(workspace: Workspace, *, is_running: bool) -> Select[Any]:
    """Trackings not started through the bot, as entries, newest first. Reads one index range."""
    nothing = literal("", String)
    entry = select(
        literal(0).label("id"),
        videos.c.newest_at.label("at"),
        nothing.label("person_id"),
        nothing.label("person_name"),
        nothing.label("channel_id"),
        literal(Action.OUTSIDE, String).label("action"),
        videos.c.link,
        videos.c.video_id,
        cast(null(), BigInteger).label("cost"),
        videos.c.status.label("outcome"),
    )
    seen = videos.c.wallet_id == workspace.wallet_id, videos.c.owner_id == UNOWNED, videos.c.is_running.is_(is_running)
    return entry.where(*seen).order_by(videos.c.newest_at.desc(), videos.c.video_id.desc())


async def write_track(connection: AsyncConnection, request: TrackRequest, now: datetime) -> None:
    """Record how a submitted request ended. Within the caller's transaction."""
    started = request.state is RequestState.TRACKING
    entry = Entry(
        at=now,
        person=request.person,
        channel_id=request.channel_id,
        action=Action.TRACK,
        outcome=request.outcome or request.state,
        link=request.link,
        video_id=request.video_id,
        cost=request.cost if started else None,
    )
    await write_entry(connection, request.workspace_id, entry)


async def note(
    connection: AsyncConnection, workspace_id: int, actor: Actor, action: Action, outcome: str, link: str = ""
) -> None:
    """Record what somebody did. Within the caller's transaction."""
    await write_entry(connection, workspace_id, Entry(actor.at, actor.person, actor.channel_id, action, outcome, link))


async def write_entry(connection: AsyncConnection, workspace_id: int, entry: Entry) -> None:
    """Add one entry. Within the caller's transaction."""
    await connection.execute(insert(audit).values(workspace_id=workspace_id, **values(entry)))


def _descending(sums: Mapping[K, Decimal]) -> tuple[tuple[K, Decimal], ...]:
    return tuple(sorted(sums.items(), key=lambda each: (-each[1], each[0])))

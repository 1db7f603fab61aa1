"""Digest subscriptions: one row per channel with its next due time; and changes to posted digests.

A row is claimed under a lease, and its next time is written together with its message: if a process dies in between,
the row is still due, and the message's key prevents a second post.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.domain.digest import DigestOptions, Section
from bot.domain.schedule import Occurrence, Schedule
from bot.reply.model import Reply
from bot.store.database import Aggregate, insert_into
from bot.store.outbox import Message, enqueue, enqueue_all
from bot.store.outbox_claims import contents, stored_reply
from bot.store.schedule_tables import digests, outbox
from bot.store.spending_tables import shows_money
from bot.store.types import read
from bot.store.workspaces import Workspace

LEASE = timedelta(minutes=2)
"""Lease of a claimed digest; longer than building one takes."""
PAGE = 500
"""Rows per transaction when due times are recomputed."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One channel's digest. `next` is the next occurrence, or the due one that isn't done.

    `last_date` is the local date done last, `last_window_end` the end of the last reported window, `last_recent` its
    `Collected.recent`, `last_carry` the fraction of a cent that it didn't show, and `last_outcome` a sentence if the
    last digest wasn't posted. `last_reported` is for the next `Window`.
    `off_reason` says why the digest was turned off automatically. `shows_money`: the channel may see money.
    """

    id: int
    workspace_id: int
    channel_id: str
    is_on: bool
    off_reason: str
    schedule: Schedule
    options: DigestOptions
    next: Occurrence
    last_date: date | None
    last_window_end: datetime | None
    last_recent: int | None
    last_carry: Decimal | None
    last_reported: frozenset[tuple[str, datetime]]
    last_outcome: str
    set_by: Person
    shows_money: bool

    @property
    def shown(self) -> DigestOptions:
        """The options, without money if the channel may not see it."""
        hidden = frozenset[Section]() if self.shows_money else frozenset({Section.MONEY})
        return replace(self.options, sections=self.options.sections - hidden)


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A due digest, reserved for the caller while the lease lasts."""

    subscription: Subscription
    token: str

    @property
    def row(self) -> tuple[int, str]:
        """Id and lease token of its row."""
        return self.subscription.id, self.token


@dataclass(frozen=True, slots=True)
class Done:
    """Result of an occurrence: the messages to post, if any, and the next occurrence.

    `window_end` is the end of the reported window, None if nothing was reported, `recent` its `Collected.recent`, and
    `carry` the fraction of a cent (dollars) that the next digest has to show; `reported` is for the next `Window`.
    `outcome` says why nothing was reported.
    """

    next: Occurrence
    messages: tuple[Message, ...] = ()
    window_end: datetime | None = None
    recent: int | None = None
    carry: Decimal | None = None
    outcome: str = ""
    reported: frozenset[tuple[str, datetime]] = frozenset()


class Digests(Aggregate):
    """The `digests` table."""

    async def switch_on(
        self,
        workspace: Workspace,
        channel_id: str,
        schedule: Schedule,
        options: DigestOptions,
        person: Person,
        now: datetime,
    ) -> Subscription:
        """Turn a channel's digest on, or change it; a changed schedule determines the next due time.

        A local date that was done is never due again, whatever time or zone is set.
        """
        here = _here(workspace.id, channel_id)
        async with self._database.writing() as connection:
            row = (await connection.execute(_ROWS.where(here).with_for_update(of=digests))).one_or_none()
            old = None if row is None else _subscription(row)
            values = {"options": options, "set_by_id": person.id, "set_by_name": person.name}
            if old is None or not old.is_on or old.schedule != schedule:
                upcoming = schedule.next_after(now, old.last_date if old else None)
                values |= {"is_on": True, "off_reason": "", **_times(schedule, upcoming)}
            if row is None:
                whose = {"workspace_id": workspace.id, "channel_id": channel_id, "last_outcome": ""}
                new = insert_into(digests, connection).values(whose | values)
                keys = ["workspace_id", "channel_id"]
                await connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))
            else:
                await connection.execute(update(digests).where(here).values(values))
            return _subscription((await connection.execute(_ROWS.where(here))).one())

    async def switch_off(self, workspace_id: int, channel_id: str) -> bool:
        """Turn a channel's digest off; returns False if it wasn't on. Settings and done dates are kept."""
        off = update(digests).where(_here(workspace_id, channel_id), digests.c.is_on)
        return (
            await self._database.write(off.values(is_on=False, off_reason="", lease_token=None, lease_until=None)) == 1
        )

    async def find(self, workspace_id: int, channel_id: str) -> Subscription | None:
        """The channel's digest, on or off; None if there never was one."""
        row = await self._database.row(_ROWS.where(_here(workspace_id, channel_id)))
        return None if row is None else _subscription(row)

    async def of_workspace(self, workspace_id: int) -> tuple[Subscription, ...]:
        """The workspace's digests, active ones first, in the order of their due times."""
        query = _ROWS.where(digests.c.workspace_id == workspace_id)
        query = query.order_by(digests.c.is_on.desc(), digests.c.next_due_at, digests.c.id)
        return tuple(map(_subscription, await self._database.rows(query)))

    async def last_zone(self, workspace_id: int) -> str | None:
        """The time zone of the workspace's latest digest; None if there is none."""
        query = select(digests.c.zone).where(digests.c.workspace_id == workspace_id)
        return await self._database.scalar(query.order_by(digests.c.id.desc()).limit(1))

    async def claim(self, now: datetime, most: int) -> tuple[Claim, ...]:
        """Claim some due digests for the caller alone; those of one workspace come together."""
        token = secrets.token_hex(8)
        is_free = or_(digests.c.lease_until.is_(None), digests.c.lease_until <= now)
        due = (
            select(digests.c.id)
            .where(digests.c.is_on, digests.c.next_due_at <= now, is_free)
            .order_by(digests.c.next_due_at, digests.c.workspace_id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            ids = list(await connection.scalars(due))
            if not ids:
                return ()
            taken = update(digests).where(digests.c.id.in_(ids)).values(lease_token=token, lease_until=now + LEASE)
            await connection.execute(taken)
            found = [_subscription(row) for row in await connection.execute(_ROWS.where(digests.c.id.in_(ids)))]
        found.sort(key=lambda each: (each.next.at, each.workspace_id, each.id))
        return tuple(Claim(each, token) for each in found)

    async def finish(self, occurrences: Mapping[Claim, Done], now: datetime) -> int:
        """Write messages and next times in one transaction; returns how many digests were finished.

        Nothing is written for a digest whose lease was lost.
        """
        async with self._database.writing() as connection:
            leased = tuple_(digests.c.id, digests.c.lease_token).in_([each.row for each in occurrences])
            mine = set(await connection.scalars(select(digests.c.id).where(leased).with_for_update()))
            done = [(claim, done) for claim, done in occurrences.items() if claim.subscription.id in mine]
            if done:
                await connection.execute(_NEXT_TIME, [_next_time(claim, each) for claim, each in done])
                await enqueue_all(connection, [message for _, each in done for message in each.messages], now)
        return len(done)

    async def postpone(self, claim: Claim, until: datetime) -> None:
        """Release a claimed digest unchanged, to be claimed again from a time on."""
        mine = tuple_(digests.c.id, digests.c.lease_token) == tuple_(*claim.row)
        await self._database.write(update(digests).where(mine).values(lease_until=until))

    async def recompute(self, now: datetime) -> int:
        """Correct future due times; returns how many were wrong. Safe to repeat.

        A zone's rules may have changed with new time zone data; or the clock was far ahead, so that future dates count
        as done.
        """
        changed, after = 0, 0
        while True:
            async with self._database.writing() as connection:
                rows = await _upcoming(connection, now, after)
                for each in map(_subscription, rows):
                    right = _next_now(each, now)
                    if right != each.next:
                        times: dict[str, date | None] = {"next_date": right.date, "next_due_at": right.at}
                        if right.date < each.next.date:
                            times["last_date"] = _done_by(each, now)
                        await connection.execute(update(digests).where(digests.c.id == each.id).values(times))
                        changed += 1
            if len(rows) < PAGE:
                return changed
            after = rows[-1].id

    async def change_posted(
        self, workspace_id: int, ref: str, name: str, changed: Callable[[Reply], Reply], now: datetime
    ) -> bool:
        """Change a posted or waiting digest; returns False if the workspace has no such one.

        `ref` is the digest's `<subscription>.<local date>`; `name` identifies the change, which is applied once.
        Concurrent changes are applied one after the other, without undoing each other.
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


_ROWS = select(digests, shows_money(digests))
_NEXT_TIME = (
    update(digests)
    .where(digests.c.id == bindparam("digest"))
    .values(
        next_date=bindparam("date"),
        next_due_at=bindparam("due_at"),
        last_date=bindparam("done"),
        last_outcome=bindparam("outcome"),
        last_window_end=func.coalesce(
            bindparam("reported_until", type_=digests.c.last_window_end.type), digests.c.last_window_end
        ),
        last_recent=func.coalesce(bindparam("recent", type_=digests.c.last_recent.type), digests.c.last_recent),
        last_carry=func.coalesce(bindparam("carry", type_=digests.c.last_carry.type), digests.c.last_carry),
        last_reported=func.coalesce(bindparam("reported", type_=digests.c.last_reported.type), digests.c.last_reported),
        lease_token=None,
        lease_until=None,
    )
)


def _next_time(claim: Claim, done: Done) -> dict[str, Any]:
    return {
        "digest": claim.subscription.id,
        "date": done.next.date,
        "due_at": done.next.at,
        "done": claim.subscription.next.date,
        "outcome": done.outcome,
        "reported_until": done.window_end,
        "recent": done.recent,
        "carry": done.carry,
        "reported": None if done.window_end is None else done.reported,
    }


def _next_now(subscription: Subscription, now: datetime) -> Occurrence:
    """The next occurrence by today's rules; unchanged if the zone is unknown now.

    One that skips more than a single occurrence was written while the clock was ahead. A single skipped date may be
    done.
    """
    schedule, upcoming = subscription.schedule, subscription.next
    try:
        soonest = schedule.next_after(now, _done_by(subscription, now))
        if upcoming.date > schedule.next_after(soonest.at, soonest.date).date:
            return soonest
        return Occurrence(upcoming.date, schedule.due_at(upcoming.date))
    except ZoneInfoNotFoundError:
        return upcoming


def _done_by(subscription: Subscription, now: datetime) -> date | None:
    """The last date that was done, capped at today."""
    today = now.astimezone(ZoneInfo(subscription.schedule.zone)).date()
    return subscription.last_date and min(subscription.last_date, today)


async def _upcoming(connection: AsyncConnection, now: datetime, after: int) -> Sequence[Row[Any]]:
    query = _ROWS.where(digests.c.is_on, digests.c.next_due_at > now, digests.c.id > after)
    return (await connection.execute(query.order_by(digests.c.id).limit(PAGE).with_for_update(of=digests))).all()


def _times(schedule: Schedule, upcoming: Occurrence) -> dict[str, Any]:
    """Columns of a schedule and its next due time. Ends an existing claim."""
    return {
        "minute": schedule.minute,
        "zone": schedule.zone,
        "weekdays": schedule.weekdays,
        "month_day": schedule.month_day,
        "next_date": upcoming.date,
        "next_due_at": upcoming.at,
        "lease_token": None,
        "lease_until": None,
    }


def _subscription(row: Row[Any]) -> Subscription:
    next_one = Occurrence(row.next_date, row.next_due_at)
    schedule = Schedule(row.minute, row.zone, row.weekdays, row.month_day)
    return read(Subscription, row, schedule=schedule, next=next_one)


def _here(workspace_id: int, channel_id: str) -> ColumnElement[bool]:
    return (digests.c.workspace_id == workspace_id) & (digests.c.channel_id == channel_id)

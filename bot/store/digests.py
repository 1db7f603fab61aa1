"""Who wants a digest where and when: one row a channel, with the time at which it is next due.

A row is claimed under a lease, and its next time is written in the transaction that writes what it has to say: whoever
is killed in between leaves a row that is due still, and the message's key keeps it from being said twice.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.domain.digest import DigestOptions, Section
from bot.domain.schedule import Occurrence, Schedule
from bot.store.database import Database, insert_into
from bot.store.digest_rows import Subscription, set_by, subscription_from, times_of
from bot.store.outbox import Message, enqueue_all
from bot.store.schedule_tables import digests
from bot.store.workspaces import Workspace

__all__ = ["Claim", "Digests", "Done", "Subscription"]

LEASE = timedelta(minutes=2)
"""How long a claimed digest is its claimer's: longer than any takes to be made."""
PAGE = 500
"""Rows that are looked at in one transaction when the times are worked out anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A digest that is due, and the caller's alone while the lease lasts."""

    subscription: Subscription
    token: str

    @property
    def row(self) -> tuple[int, str]:
        """Its row, for as long as the lease is not lost."""
        return self.subscription.id, self.token


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an occurrence: what has to be said, if anything, and when the next one is due.

    `window_end` is the end of what was told, None where nothing was, and `recent` its `Collected.recent`; `outcome`
    says why nothing was.
    """

    next: Occurrence
    messages: tuple[Message, ...] = ()
    window_end: datetime | None = None
    recent: int | None = None
    outcome: str = ""


class Digests:
    """The `digests` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def switch_on(
        self,
        workspace: Workspace,
        channel_id: str,
        schedule: Schedule,
        options: DigestOptions,
        person: Person,
        now: datetime,
    ) -> Subscription:
        """Switch a channel's digest on, or change it; what is due next is worked out anew where the schedule changed.

        A local date that was done is never due again, whatever hour or zone it is changed to.
        """
        here = _here(workspace.id, channel_id)
        async with self._database.writing() as connection:
            row = (await connection.execute(select(digests).where(here).with_for_update())).one_or_none()
            old = None if row is None else subscription_from(row)
            if old is not None and old.is_on and old.schedule == schedule:
                values = set_by(options, person)
            else:
                upcoming = schedule.next_after(now, old.last_date if old else None)
                values = {**set_by(options, person), **times_of(schedule, upcoming), "off_reason": "", "is_on": True}
            new = insert_into(digests, connection).values(
                {
                    "last_outcome": "",
                    **values,
                    "workspace_id": workspace.id,
                    "channel_id": channel_id,
                }
            )
            if row is None:
                await connection.execute(
                    new.on_conflict_do_update(index_elements=["workspace_id", "channel_id"], set_=values)
                )
            else:
                await connection.execute(update(digests).where(here).values(values))
            return subscription_from((await connection.execute(select(digests).where(here))).one())

    async def switch_off(self, workspace_id: int, channel_id: str) -> bool:
        """Switch a channel's digest off; False where none was on. Its settings and the dates that were done stay."""
        off = update(digests).where(_here(workspace_id, channel_id), digests.c.is_on)
        async with self._database.writing() as connection:
            values = {"is_on": False, "off_reason": "", "lease_token": None, "lease_until": None}
            return (await connection.execute(off.values(values))).rowcount == 1

    async def leave_money_out(self, workspace_id: int, channel_id: str) -> None:
        """Show no money in a channel's digest any more. Safe to repeat."""
        here = _here(workspace_id, channel_id)
        async with self._database.writing() as connection:
            row = (await connection.execute(select(digests).where(here).with_for_update())).one_or_none()
            if row is not None:
                options = DigestOptions.from_json(row.options)
                without = replace(options, sections=options.sections - {Section.MONEY})
                await connection.execute(update(digests).where(here).values(options=without.to_json()))

    async def find(self, workspace_id: int, channel_id: str) -> Subscription | None:
        """The channel's digest, on or off; None where there never was one."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(digests).where(_here(workspace_id, channel_id)))).one_or_none()
        return None if row is None else subscription_from(row)

    async def of_workspace(self, workspace_id: int) -> tuple[Subscription, ...]:
        """The workspace's digests, those that are on first, in the order in which they are due."""
        query = select(digests).where(digests.c.workspace_id == workspace_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(digests.c.is_on.desc(), digests.c.next_due_at, digests.c.id))
            return tuple(map(subscription_from, rows))

    async def last_zone(self, workspace_id: int) -> str | None:
        """The zone of the digest that was set up last in the workspace; None where there is none."""
        query = select(digests.c.zone).where(digests.c.workspace_id == workspace_id)
        async with self._database.reading() as connection:
            zone: str | None = await connection.scalar(query.order_by(digests.c.id.desc()).limit(1))
        return zone

    async def claim(self, now: datetime, most: int) -> tuple[Claim, ...]:
        """Take some of the digests that are due; equal workspaces come together. Nobody else gets them meanwhile."""
        token = secrets.token_hex(8)
        # A lease that lasts longer than any does was taken before the clock was set back.
        is_free = or_(
            digests.c.lease_until.is_(None), digests.c.lease_until <= now, digests.c.lease_until > now + LEASE
        )
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
            rows = await connection.execute(taken.returning(digests))
            found = [subscription_from(row) for row in rows]
        found.sort(key=lambda each: (each.next.at, each.workspace_id, each.id))
        return tuple(Claim(each, token) for each in found)

    async def finish(self, occurrences: Mapping[Claim, Done], now: datetime) -> int:
        """Write what has to be said together with the next times, in one transaction; returns how many there were.

        Those whose lease was lost are not among them: nothing is written for them.
        """
        async with self._database.writing() as connection:
            leased = tuple_(digests.c.id, digests.c.lease_token).in_([each.row for each in occurrences])
            mine = set(await connection.scalars(select(digests.c.id).where(leased).with_for_update()))
            done = [(claim, done) for claim, done in occurrences.items() if claim.subscription.id in mine]
            if done:
                await connection.execute(_NEXT_TIME, [_next_time(claim, each) for claim, each in done])
                await enqueue_all(connection, [message for _, each in done for message in each.messages], now)
        return len(done)

    async def put_off(self, claim: Claim, until: datetime) -> None:
        """Leave a claimed digest as it is, to be claimed again from a moment on."""
        mine = tuple_(digests.c.id, digests.c.lease_token) == tuple_(*claim.row)
        async with self._database.writing() as connection:
            await connection.execute(update(digests).where(mine).values(lease_until=until))

    async def work_out_anew(self, now: datetime) -> int:
        """Set right the times to come whose zone has other rules than when they were written; returns how many.

        Done at start-up, since new rules come with a new version of the data.
        """
        changed, after = 0, 0
        while True:
            async with self._database.writing() as connection:
                rows = await _upcoming(connection, now, after)
                for each in map(subscription_from, rows):
                    due = _due_now(each)
                    if due != each.next.at:
                        right = update(digests).where(digests.c.id == each.id).values(next_due_at=due)
                        await connection.execute(right)
                        changed += 1
            if len(rows) < PAGE:
                return changed
            after = rows[-1].id


_NEXT_TIME = (
    update(digests)
    .where(digests.c.id == bindparam("digest"))
    .values(
        next_date=bindparam("date"),
        next_due_at=bindparam("due_at"),
        last_date=bindparam("done"),
        last_outcome=bindparam("outcome"),
        last_window_end=func.coalesce(
            bindparam("told_until", type_=digests.c.last_window_end.type), digests.c.last_window_end
        ),
        last_recent=func.coalesce(bindparam("recent", type_=digests.c.last_recent.type), digests.c.last_recent),
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
        "told_until": done.window_end,
        "recent": done.recent,
    }


def _due_now(subscription: Subscription) -> datetime:
    """When the next one is due by the rules of today; as it was where the zone is not known any more."""
    try:
        return subscription.schedule.due_at(subscription.next.date)
    except ZoneInfoNotFoundError:
        return subscription.next.at


async def _upcoming(connection: AsyncConnection, now: datetime, after: int) -> Sequence[Row[Any]]:
    query = select(digests).where(digests.c.is_on, digests.c.next_due_at > now, digests.c.id > after)
    return (await connection.execute(query.order_by(digests.c.id).limit(PAGE).with_for_update())).all()


def _here(workspace_id: int, channel_id: str) -> ColumnElement[bool]:
    return (digests.c.workspace_id == workspace_id) & (digests.c.channel_id == channel_id)

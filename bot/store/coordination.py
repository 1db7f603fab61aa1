"""Coordination of processes on one database: leases, rate limits, deduplicated events, and running services."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import DatabaseUnavailable
from bot.store.database import Aggregate, insert_into
from bot.store.schedule_tables import leases
from bot.store.tables import inbox, rates, services

FARTHEST = 300.0
"""Seconds that calls can be reserved or held ahead; a later time was written before the clock was set back."""
SCHEDULER = "scheduler"
"""The part that polls and posts by itself; other services are named after their chat."""
REPORTED_EVERY = timedelta(seconds=30)
FRESH = timedelta(minutes=2)
"""A service reported within this time counts as running."""
KEPT = timedelta(days=2)
"""Longer than any platform redelivers an event (Slack: an hour; Discord: while a session can be resumed)."""


class Leases(Aggregate):
    """The `leases` table: work for one process at a time. An expired lease can be taken by any process."""

    async def take(self, name: str, now: datetime, length: timedelta) -> str | None:
        """Take a lease for `length`; returns its token, or None while another process holds it."""
        token = secrets.token_hex(8)
        async with self._database.writing() as connection:
            new = insert_into(leases, connection).values(name=name, token=token, until=now + length)
            values = {"token": token, "until": now + length}
            taken = new.on_conflict_do_update(index_elements=["name"], set_=values, where=leases.c.until <= now)
            return token if (await connection.execute(taken)).rowcount == 1 else None

    async def until(self, name: str) -> datetime | None:
        """When a lease ends; None if there is none."""
        return await self._database.scalar(select(leases.c.until).where(leases.c.name == name))

    async def release(self, name: str, token: str) -> None:
        """Release a lease early; one that was lost meanwhile is left alone."""
        await self._database.write(delete(leases).where(leases.c.name == name, leases.c.token == token))


async def is_held(connection: AsyncConnection, name: str, token: str) -> bool:
    """Whether the caller still holds a lease; locks it until the transaction ends."""
    mine = select(leases.c.name).where(leases.c.name == name, leases.c.token == token)
    return await connection.scalar(mine.with_for_update()) is not None


class RateSlots(Aggregate):
    """The `rates` table: the generic cell rate algorithm with one row per API key, shared by all processes.

    `tat`, the theoretical arrival time, is when the calls reserved so far would end at an even pace. Times are Unix
    seconds of the caller's clock; processes that share a key share a clock.
    """

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:
        """Reserve one call; returns the seconds to wait before making it, 0 if it may be made at once.

        `period` is the seconds per call, `tolerance` how far ahead of an even pace calls may run (a burst of n has
        `period * (n - 1)`). If the result is more than `max_wait`, nothing was reserved.
        """
        ahead = (rates.c.tat > now) & (rates.c.tat <= now + FARTHEST)
        begin = case((ahead, rates.c.tat), else_=now)
        async with self._database.writing() as connection:
            reserved = await connection.scalar(
                insert_into(rates, connection)
                .values(key=key, tat=now + period)
                .on_conflict_do_update(
                    index_elements=[rates.c.key],
                    set_={"tat": begin + period},
                    where=begin <= now + tolerance + max_wait,
                )
                .returning(rates.c.tat)
            )
            if reserved is None:
                taken = (await connection.execute(select(rates.c.tat).where(rates.c.key == key))).scalar_one()
                return float(taken - tolerance - now)
        return max(0.0, float(reserved - period - tolerance - now))

    async def hold(self, key: str, until: float) -> None:
        """Allow no call before `until`, except that tolerance lets one go that much earlier. Never shortens a hold."""
        async with self._database.writing() as connection:
            new = insert_into(rates, connection).values(key=key, tat=until)
            later = case((rates.c.tat > until, rates.c.tat), else_=until)
            await connection.execute(new.on_conflict_do_update(index_elements=[rates.c.key], set_={"tat": later}))


class Inbox(Aggregate):
    """The `inbox` table: events already handled by any process, since platforms may redeliver events."""

    async def is_new(self, chat: str, event_id: str, now: datetime) -> bool:
        """True the first time that any process sees this event, then False."""
        async with self._database.writing() as connection:
            new = insert_into(inbox, connection).values(chat=chat, event_id=event_id, seen_at=now)
            return (await connection.execute(new.on_conflict_do_nothing())).rowcount == 1

    async def forget_old(self, now: datetime) -> None:
        """Delete events that no platform would redeliver."""
        await self._database.write(delete(inbox).where(inbox.c.seen_at < now - KEPT))


@dataclass(frozen=True, slots=True)
class Service:
    """A part of the program as last reported. `problem` is a sentence, empty if it works."""

    name: str
    seen_at: datetime
    problem: str = ""

    def is_up(self, now: datetime) -> bool:
        """Whether it runs and works."""
        return not self.problem and now - self.seen_at <= FRESH


class Services(Aggregate):
    """The `services` table: one row per part of the program. Of several processes, a working one sets the row."""

    async def report(self, process: str, problems: Mapping[str, str], now: datetime) -> None:
        """Store the parts of a process by name, each with its problem, empty if it works. Safe to repeat."""
        async with self._database.writing() as connection:
            for name, problem in problems.items():
                values = {"process": process, "seen_at": now, "problem": problem}
                new = insert_into(services, connection).values(name=name, **values)
                speaks = (
                    (services.c.process == process)
                    | (services.c.problem != "")
                    | (services.c.seen_at < now - FRESH)
                    | (new.excluded.problem == "")
                )
                await connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=values, where=speaks))

    async def is_writable(self, process: str, now: datetime) -> bool:
        """Whether the database accepts writes and has room for more."""
        if not self._database.has_room():
            return False
        try:
            await self.report(process, {"database": ""}, now)
        except DatabaseUnavailable:
            return False
        return True

    async def every(self) -> Mapping[str, Service]:
        """Every part that was ever reported, by name."""
        rows = await self._database.rows(select(services.c.name, services.c.seen_at, services.c.problem))
        return {row.name: Service(row.name, row.seen_at, row.problem) for row in rows}

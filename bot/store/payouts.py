"""Payouts of campaigns: terms, of which the newest apply, and final lines, which never change.

Every method takes the workspace's id and neither returns nor changes another workspace's data. Each change by a person
is recorded in the audit log in its own transaction.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, ForeignKey, Index, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, Date, Integer, String, Text

from bot.domain.caller import Person
from bot.domain.money import dollars
from bot.domain.payout import Line, State, Terms, total
from bot.domain.videos import Metric
from bot.store import audit
from bot.store.audit import Action, Actor
from bot.store.database import Aggregate
from bot.store.spending_tables import campaigns
from bot.store.tables import metadata
from bot.store.types import Converted, Dollars, ExactDecimal, SafeText, UtcDateTime, read, values

_Rates = Converted(
    Text(),
    lambda rates: json.dumps({platform: str(rate) for platform, rate in rates.items()}),
    lambda stored: {platform: Decimal(rate) for platform, rate in json.loads(stored).items()},
)

payout_terms = Table(
    "payout_terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("rates", _Rates, nullable=False),
    Column("from_zero", Boolean, nullable=False),
    Column("minimum", BigInteger, nullable=False),
    Column("video_cap", Dollars),
    Column("creator_cap", Dollars),
    Column("final_days", Integer),
    Column("final_on", Date),
    Column("budget", Dollars),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", SafeText, nullable=False),
    Index("ix_payout_terms_campaign_id", "campaign_id"),
    sqlite_autoincrement=True,
)

payout_lines = Table(
    "payout_lines",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("key", String, primary_key=True),
    Column("link", SafeText, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("platform", SafeText, nullable=False),
    Column("creator", SafeText, nullable=False),
    Column("handle", SafeText, nullable=False),
    Column("metric", String, nullable=False),
    Column("start_at", UtcDateTime, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end_at", UtcDateTime, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("final_hour", UtcDateTime, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("fallen", Integer, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("minimum", BigInteger, nullable=False),
    Column("rate", ExactDecimal, nullable=False),
    Column("video_cap", Dollars),
    Column("creator_left", Dollars),
    Column("amount", ExactDecimal, nullable=False),
    Column("terms_id", ForeignKey("payout_terms.id"), nullable=False),
    Column("paid_at", UtcDateTime),
    Column("paid_by_id", String),
    Column("paid_by_name", SafeText),
)


@dataclass(frozen=True, slots=True)
class StoredTerms:
    """Stored terms. `id` grows with each change."""

    id: int
    terms: Terms
    set_at: datetime
    set_by: Person


class Payouts(Aggregate):
    """The `payout_terms` and `payout_lines` tables. `channel_id` is where a change was made, for the audit log."""

    async def terms(self, workspace_id: int, campaign_id: int) -> StoredTerms | None:
        """The terms in force; None if none were set."""
        async with self._database.reading() as connection:
            return await _newest(connection, workspace_id, campaign_id)

    async def with_budget(self, workspace_id: int) -> tuple[int, ...]:
        """The active campaigns whose terms have a budget."""
        newest = (
            select(func.max(payout_terms.c.id))
            .join(campaigns, campaigns.c.id == payout_terms.c.campaign_id)
            .where(campaigns.c.workspace_id == workspace_id, campaigns.c.archived_at.is_(None))
            .group_by(payout_terms.c.campaign_id)
        )
        query = select(payout_terms.c.campaign_id).where(
            payout_terms.c.id.in_(newest), payout_terms.c.budget.is_not(None)
        )
        return tuple(await self._database.scalars(query.order_by(payout_terms.c.campaign_id)))

    async def change_terms(
        self,
        workspace_id: int,
        campaign_id: int,
        change: Callable[[Terms], Terms],
        words: Callable[[Terms], str],
        actor: Actor,
    ) -> StoredTerms | None:
        """Replace the terms by `change(terms)`; `words` describes them in the audit log. None without the campaign.

        If `change` raises, nothing changes; equal terms aren't stored again.
        """
        async with self._database.writing() as connection:
            name = await _lock(connection, workspace_id, campaign_id)
            if name is None:
                return None
            before = await _newest(connection, workspace_id, campaign_id)
            after = change(before.terms if before else Terms())
            if before is not None and before.terms == after:
                return before
            whose = {"set_at": actor.at, "set_by_id": actor.person.id, "set_by_name": actor.person.name}
            row = {"campaign_id": campaign_id, **values(after), **whose}
            added = (await connection.execute(insert(payout_terms).values(row).returning(payout_terms))).one()
            what = f"Terms of campaign {name}: {words(after)}"
            await audit.note(connection, workspace_id, actor, Action.PAYOUT, what)
            return _stored(added)

    async def lines(self, workspace_id: int, campaign_id: int) -> Mapping[str, Line]:
        """The final lines by key, in the order of their final hours."""
        query = select(payout_lines).where(_theirs(workspace_id, campaign_id))
        rows = await self._database.rows(query.order_by(payout_lines.c.final_hour, payout_lines.c.key))
        return {row.key: _line(row) for row in rows}

    async def settle(
        self, workspace_id: int, campaign_id: int, terms_id: int, known: int, final: Iterable[Line]
    ) -> bool:
        """Store lines that are final under these terms; `known` is how many were stored when they were computed.

        Returns False without storing if other lines or terms came in between: compute them again.
        """
        async with self._database.writing() as connection:
            if await _lock(connection, workspace_id, campaign_id) is None:
                return False
            newest = await _newest(connection, workspace_id, campaign_id)
            count = select(func.count()).where(payout_lines.c.campaign_id == campaign_id)
            if newest is None or newest.id != terms_id or await connection.scalar(count) != known:
                return False
            rows = [{"campaign_id": campaign_id, **_columns(each), "terms_id": terms_id} for each in final]
            await connection.execute(insert(payout_lines), rows)
            return True

    async def rename(self, workspace_id: int, campaign_id: int, lines: Iterable[Line]) -> None:
        """Store these final lines under their creators' present names."""
        async with self._database.writing() as connection:
            if await _lock(connection, workspace_id, campaign_id) is not None:
                for each in lines:
                    this = (payout_lines.c.campaign_id == campaign_id) & (payout_lines.c.key == each.key)
                    renamed = update(payout_lines).where(this).values(creator=each.creator, handle=each.handle)
                    await connection.execute(renamed)

    async def mark_paid(
        self,
        workspace_id: int,
        campaign_id: int,
        platform: str,
        handle: str,
        actor: Actor,
    ) -> tuple[Line, ...]:
        """Mark every final, unpaid line of a creator as paid; returns those lines."""
        unpaid = _of(platform, handle) & payout_lines.c.paid_at.is_(None)
        whose = {"paid_at": actor.at, "paid_by_id": actor.person.id, "paid_by_name": actor.person.name}
        return await self._mark(workspace_id, campaign_id, unpaid, whose, "paid", actor)

    async def unmark_paid(
        self,
        workspace_id: int,
        campaign_id: int,
        platform: str,
        handle: str,
        paid_at: datetime,
        actor: Actor,
    ) -> tuple[Line, ...]:
        """Remove the paid mark from lines that were marked at one time; returns those lines."""
        marked = _of(platform, handle) & (payout_lines.c.paid_at == paid_at)
        whose = {"paid_at": None, "paid_by_id": None, "paid_by_name": None}
        return await self._mark(workspace_id, campaign_id, marked, whose, "not paid", actor)

    async def _mark(
        self,
        workspace_id: int,
        campaign_id: int,
        which: ColumnElement[bool],
        whose: Mapping[str, Any],
        what: str,
        actor: Actor,
    ) -> tuple[Line, ...]:
        async with self._database.writing() as connection:
            name = await _lock(connection, workspace_id, campaign_id)
            changed = update(payout_lines).where(payout_lines.c.campaign_id == campaign_id, which).values(whose)
            rows = (await connection.execute(changed.returning(payout_lines))).all() if name is not None else ()
            found = tuple(map(_line, rows))
            if found:
                count = "1 video" if len(found) == 1 else f"{len(found):,} videos"
                said = f"Marked {dollars(total(found))} for {count} of {found[0].creator} in campaign {name} as {what}"
                await audit.note(connection, workspace_id, actor, Action.PAYOUT, said)
            return found


async def forget(connection: AsyncConnection, workspace_id: int) -> None:
    """Delete a workspace's payouts. Within the caller's transaction."""
    mine = select(campaigns.c.id).where(campaigns.c.workspace_id == workspace_id)
    for table in (payout_lines, payout_terms):
        await connection.execute(delete(table).where(table.c.campaign_id.in_(mine)))


async def _newest(connection: AsyncConnection, workspace_id: int, campaign_id: int) -> StoredTerms | None:
    query = (
        select(payout_terms)
        .join(campaigns, campaigns.c.id == payout_terms.c.campaign_id)
        .where(campaigns.c.workspace_id == workspace_id, campaigns.c.id == campaign_id)
        .order_by(payout_terms.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _stored(row)


async def _lock(connection: AsyncConnection, workspace_id: int, campaign_id: int) -> str | None:
    """Lock a campaign's payout until the transaction ends; returns the campaign's name, or None if it doesn't exist."""
    this = (campaigns.c.workspace_id == workspace_id) & (campaigns.c.id == campaign_id)
    return await connection.scalar(select(campaigns.c.name).where(this).with_for_update())


def _of(platform: str, handle: str) -> ColumnElement[bool]:
    return (payout_lines.c.platform == platform) & (payout_lines.c.handle == handle)


def _theirs(workspace_id: int, campaign_id: int) -> ColumnElement[bool]:
    mine = select(campaigns.c.id).where(campaigns.c.workspace_id == workspace_id)
    return (payout_lines.c.campaign_id == campaign_id) & payout_lines.c.campaign_id.in_(mine)


def _stored(row: Any) -> StoredTerms:  # noqa: ANN401 - a row of `payout_terms`
    return read(StoredTerms, row, terms=read(Terms, row))


def _line(row: Any) -> Line:  # noqa: ANN401 - a row of `payout_lines`
    state = State.FINAL if row.paid_at is None else State.PAID
    return read(Line, row, metric=Metric(row.metric), state=state, why="")


def _columns(line: Line) -> dict[str, Any]:
    return values(line, "state", "why", "terms_id")

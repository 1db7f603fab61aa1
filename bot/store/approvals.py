"""Approvals: the rule on which starts need one, the requests, and the decisions.

Every change of state is a compare-and-set in the transaction that writes its messages and audit entry, so if two people
decide at once, one does and the other sees it. Nothing here spends: an approved offer is submitted like any other.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Table, UniqueConstraint, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Integer, String, Text

from bot.domain.allowances import OPEN_FOR, Approval, ApprovalRule, ApprovalState
from bot.domain.caller import Person
from bot.domain.money import dollars
from bot.domain.tracking import RequestState, TrackRequest
from bot.store import audit
from bot.store.audit import Action, Actor
from bot.store.database import Aggregate, insert_into, replacing
from bot.store.outbox import News, write_news
from bot.store.spending_tables import shows_money
from bot.store.tables import metadata, track_requests
from bot.store.types import Converted, Dollars, SafeText, UtcDateTime, read, values
from bot.store.wallets import lock_wallet

NewsOf: TypeAlias = Callable[[Approval, bool], News]
"""Builds the messages about a changed approval, with amounts if its channel may see them; committed with the change."""

MOST_AT_ONCE = 100
_Names = Converted(Text(), json.dumps, json.loads)
"""Names by id."""

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("batch", String, nullable=False),
    Column("days", Integer, nullable=False),
    Column("cost", Dollars, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", SafeText, nullable=False),
    Column("channel_id", String, nullable=False),
    Column("why", SafeText, nullable=False),
    Column("state", Converted(String(), str, ApprovalState), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("decided_by_id", String),
    Column("decided_by_name", SafeText),
    Column("decided_at", UtcDateTime),
    UniqueConstraint("workspace_id", "batch", "days"),
    Index("ix_approvals_open", "state", "expires_at"),
    sqlite_autoincrement=True,  # ids are in buttons: never reuse one
)

approval_rules = Table(
    "approval_rules",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("above", Dollars),
    Column("channel_id", String, nullable=False),
    Column("people", _Names, nullable=False),
    Column("roles", _Names, nullable=False),
)


class Approvals(Aggregate):
    """The `approvals` and `approval_rules` tables."""

    async def rule(self, workspace_id: int) -> ApprovalRule:
        """When a workspace's starts need approval, and who gives it."""
        async with self._database.reading() as connection:
            return await _rule(connection, workspace_id)

    async def change_rule(self, workspace_id: int, rule: ApprovalRule, actor: Actor, what: str) -> None:
        """Store the rule; `what` describes the change for the audit log."""
        async with self._database.writing() as connection:
            kept = values(rule)
            await connection.execute(
                replacing(approval_rules, connection, kept), {"workspace_id": workspace_id, **kept}
            )
            await audit.note(connection, workspace_id, actor, Action.APPROVAL, what)

    async def leave_channel(self, workspace_id: int, channel_id: str) -> None:
        """Stop asking for approval in this channel; requests are posted where they are made."""
        this = (approval_rules.c.workspace_id == workspace_id) & (approval_rules.c.channel_id == channel_id)
        await self._database.write(update(approval_rules).where(this).values(channel_id=""))

    async def find(self, workspace_id: int, approval_id: int) -> Approval | None:
        """A workspace's request for approval by id."""
        this = (approvals.c.workspace_id == workspace_id) & (approvals.c.id == approval_id)
        row = await self._database.row(select(approvals).where(this))
        return None if row is None else read(Approval, row)

    async def waiting(self, workspace_id: int, now: datetime, most: int) -> tuple[Approval, ...]:
        """The newest undecided requests."""
        mine = (approvals.c.workspace_id == workspace_id) & (approvals.c.state == ApprovalState.PENDING)
        query = select(approvals).where(mine, approvals.c.expires_at > now).order_by(approvals.c.id.desc()).limit(most)
        return tuple(read(Approval, row) for row in await self._database.rows(query))

    async def ask(
        self, approval: Approval, requests: Sequence[TrackRequest], news_of: NewsOf
    ) -> tuple[Approval, bool] | None:
        """Store a request for approval; returns it, and whether it is new: repeating a request adds nothing.

        Returns None if the offer no longer matches its `requests`. An offer has one open request per length; if several
        are approved, the offer still starts once.
        """
        async with self._database.writing() as connection:
            # Otherwise an offer could be moved to another campaign, or end, between this check and the approvers' card.
            await lock_wallet(connection, requests[0].wallet_id)
            rows = await connection.execute(
                select(track_requests).where(_requests(approval.workspace_id, approval.batch))
            )
            if {read(TrackRequest, row) for row in rows} != set(requests):
                return None
            new = insert_into(approvals, connection).values(values(approval, "id")).on_conflict_do_nothing()
            row = (await connection.execute(new.returning(approvals))).one_or_none()
            if row is not None:
                stored = read(Approval, row)
                await _record(connection, stored, news_of, approval.person, approval.asked_at)
                return stored, True
            same = _offer(approval.workspace_id, approval.batch) & (approvals.c.days == approval.days)
            return read(Approval, (await connection.execute(select(approvals).where(same))).one()), False

    async def decide(
        self,
        workspace_id: int,
        approval_id: int,
        state: ApprovalState,
        person: Person,
        now: datetime,
        news_of: NewsOf,
    ) -> tuple[Approval, bool]:
        """Approve or decline once, by another person than the requester; returns it, and whether this call decided.

        An approved offer may be started for as long as a decision was possible.
        """
        this = (approvals.c.workspace_id == workspace_id) & (approvals.c.id == approval_id)
        may = (approvals.c.state == ApprovalState.PENDING) & (approvals.c.expires_at > now)
        decision = {"state": state, "decided_by_id": person.id, "decided_by_name": person.name, "decided_at": now}
        async with self._database.writing() as connection:
            changed = update(approvals).where(this, may, approvals.c.person_id != person.id).values(decision)
            row = (await connection.execute(changed.returning(approvals))).one_or_none()
            if row is None:
                return read(Approval, (await connection.execute(select(approvals).where(this))).one()), False
            approval = read(Approval, row)
            if state is ApprovalState.APPROVED:
                offered = _requests(workspace_id, approval.batch) & (track_requests.c.state == RequestState.PROPOSED)
                await connection.execute(update(track_requests).where(offered).values(expires_at=now + OPEN_FOR))
            await _record(connection, approval, news_of, person, now)
            return approval, True

    async def unstarted(self, decided_before: datetime, now: datetime) -> tuple[tuple[Approval, int], ...]:
        """Offers approved before a time that can still be started, and how many of their videos are left."""
        same = (approvals.c.workspace_id == track_requests.c.workspace_id) & (
            approvals.c.batch == track_requests.c.batch
        )
        offered = (track_requests.c.state == RequestState.PROPOSED) & (track_requests.c.expires_at > now)
        approved = (approvals.c.state == ApprovalState.APPROVED) & (approvals.c.decided_at <= decided_before)
        recent = approvals.c.expires_at > now - OPEN_FOR
        query = select(*approvals.c, func.count().label("videos")).join(track_requests, same)
        rows = await self._database.rows(query.where(approved, recent, offered).group_by(approvals.c.id))
        return tuple((read(Approval, row), row.videos) for row in rows)

    async def expire(self, now: datetime, news_of: NewsOf) -> int:
        """Expire requests that nobody decided in time; returns how many."""
        over = (approvals.c.state == ApprovalState.PENDING) & (approvals.c.expires_at <= now)
        async with self._database.reading() as connection:
            due = (await connection.scalars(select(approvals.c.id).where(over).limit(MOST_AT_ONCE))).all()
        for id_ in due:
            async with self._database.writing() as connection:
                ended = update(approvals).where(approvals.c.id == id_, over).values(state=ApprovalState.EXPIRED)
                row = (await connection.execute(ended.returning(approvals))).one_or_none()
                if row is not None:
                    approval = read(Approval, row)
                    await _record(connection, approval, news_of, approval.person, now)
        return len(due)


async def needed_above(connection: AsyncConnection, request: TrackRequest, cost: Decimal) -> Decimal | None:
    """The amount above which a press needs approval, if this press is above it; else None.

    `cost` is dollars per request of the batch. Within the caller's transaction.
    """
    above = (await _rule(connection, request.workspace_id)).above
    return above if above is not None and cost * await _size(connection, request) > above else None


async def is_approved(connection: AsyncConnection, request: TrackRequest, days: int, cost: Decimal) -> bool:
    """Whether this offer is approved at this length and price. Within the caller's transaction."""
    approved = _offer(request.workspace_id, request.batch) & (approvals.c.state == ApprovalState.APPROVED)
    granted = await connection.scalar(select(approvals.c.cost).where(approved, approvals.c.days == days))
    return granted is not None and granted >= cost * await _size(connection, request)


async def forget(connection: AsyncConnection, workspace_id: int) -> None:
    """Delete a workspace's approvals. Within the caller's transaction."""
    for table in (approvals, approval_rules):
        await connection.execute(delete(table).where(table.c.workspace_id == workspace_id))


async def _rule(connection: AsyncConnection, workspace_id: int) -> ApprovalRule:
    row = (
        await connection.execute(select(approval_rules).where(approval_rules.c.workspace_id == workspace_id))
    ).one_or_none()
    return ApprovalRule() if row is None else read(ApprovalRule, row)


async def _size(connection: AsyncConnection, request: TrackRequest) -> int:
    """How many requests the offer has."""
    counted = select(func.count()).where(_requests(request.workspace_id, request.batch))
    return int((await connection.execute(counted)).scalar_one())


async def _record(connection: AsyncConnection, approval: Approval, news_of: NewsOf, by: Person, now: datetime) -> None:
    """Write the messages about an approval's present state, and its audit entry."""
    shows = select(shows_money(approvals)).where(approvals.c.id == approval.id)
    await write_news(connection, news_of(approval, bool(await connection.scalar(shows))), now)
    first = select(func.min(track_requests.c.link)).where(_requests(approval.workspace_id, approval.batch))
    link = await connection.scalar(first) or ""
    outcome = f"{approval.state}: {approval.days} days, up to {dollars(approval.cost)}"
    actor = Actor(by, now, approval.channel_id)
    await audit.note(connection, approval.workspace_id, actor, Action.APPROVAL, outcome, link)


def _offer(workspace_id: int, batch: str) -> ColumnElement[bool]:
    return (approvals.c.workspace_id == workspace_id) & (approvals.c.batch == batch)


def _requests(workspace_id: int, batch: str) -> ColumnElement[bool]:
    return (track_requests.c.workspace_id == workspace_id) & (track_requests.c.batch == batch)

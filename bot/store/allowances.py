"""Allowance rules of a workspace, and the limits that result for one start, from the ledger of starts."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from bot.domain.allowances import Allowance, Limit, Scope, Spender, is_bound, month_start
from bot.domain.clock import month_of
from bot.domain.money import dollars
from bot.domain.tracking import RequestState
from bot.store import audit
from bot.store.audit import Action, Actor
from bot.store.database import Aggregate, replacing
from bot.store.spending_tables import allowances, campaigns, channel_money
from bot.store.tables import IS_IN_FLIGHT, forgotten_spend, track_requests, workspaces
from bot.store.types import columns_of, read
from bot.store.workspaces import forgotten_id

_IS_SPENT = IS_IN_FLIGHT | (track_requests.c.state == RequestState.TRACKING)


class Allowances(Aggregate):
    """The `allowances` table, and the time zone of a workspace's months. Each change is recorded in the audit log."""

    async def all(self, workspace_id: int) -> tuple[Allowance, ...]:
        """Every rule of a workspace."""
        query = select(allowances).where(allowances.c.workspace_id == workspace_id)
        rows = await self._database.rows(query.order_by(allowances.c.scope, allowances.c.name, allowances.c.target))
        return tuple(read(Allowance, row) for row in rows)

    async def put(self, workspace_id: int, allowance: Allowance, actor: Actor) -> None:
        """Set a rule, replacing the one for the same target; values that it leaves open are kept."""
        values = {
            "workspace_id": workspace_id,
            "scope": allowance.scope,
            "target": allowance.target,
            "name": allowance.name,
            "monthly": allowance.monthly,
            "confirm_above": allowance.confirm_above,
            "set_at": actor.at,
            "set_by_id": actor.person.id,
            "set_by_name": actor.person.name,
        }
        open_ = {name for name in ("monthly", "confirm_above") if values[name] is None}
        kept = values.keys() - {"workspace_id", "scope", "target"} - open_
        async with self._database.writing() as connection:
            await connection.execute(replacing(allowances, connection, kept), values)
            what = f"Allowance of {_words(allowance)}: {rule_words(allowance)}"
            await audit.note(connection, workspace_id, actor, Action.ALLOWANCE, what)

    async def remove(self, workspace_id: int, scope: Scope, target: str, actor: Actor) -> bool:
        """Remove the rule for a target; False if there is none."""
        this = (
            (allowances.c.workspace_id == workspace_id)
            & (allowances.c.scope == scope)
            & (allowances.c.target == target)
        )
        async with self._database.writing() as connection:
            gone = (await connection.execute(delete(allowances).where(this).returning(allowances))).one_or_none()
            if gone is not None:
                what = f"Allowance of {_words(read(Allowance, gone))}: removed"
                await audit.note(connection, workspace_id, actor, Action.ALLOWANCE, what)
            return gone is not None

    async def zone(self, workspace_id: int) -> str:
        """The time zone in which the workspace's months begin."""
        query = select(workspaces.c.zone).where(workspaces.c.id == workspace_id)
        zone: str | None = await self._database.scalar(query)
        return zone or "UTC"

    async def set_zone(self, workspace_id: int, zone: str, actor: Actor) -> None:
        """Set the time zone in which the workspace's months begin."""
        async with self._database.writing() as connection:
            await connection.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(zone=zone))
            await audit.note(connection, workspace_id, actor, Action.ALLOWANCE, f"Months begin in {zone}")

    async def set_money(self, workspace_id: int, readers: str, actor: Actor) -> None:
        """Set who may see money in the workspace."""
        async with self._database.writing() as connection:
            await connection.execute(update(workspaces).where(workspaces.c.id == workspace_id).values(money=readers))
            await audit.note(connection, workspace_id, actor, Action.ALLOWANCE, f"Money is shown to {readers}")

    async def keep_money_rule(self, workspace_id: int, readers: str) -> None:
        """Store the chat's default for who may see money, which posts follow, unless somebody chose. Safe to repeat."""
        unset = (workspaces.c.id == workspace_id) & (workspaces.c.money == "")
        await self._database.write(update(workspaces).where(unset).values(money=readers))

    async def set_channel_money(self, workspace_id: int, channel_id: str, actor: Actor | None, *, shows: bool) -> None:
        """Set whether posts in a channel may name amounts; `actor` is None if no person chose. Safe to repeat."""
        row = {"workspace_id": workspace_id, "channel_id": channel_id, "shows": shows}
        async with self._database.writing() as connection:
            await connection.execute(replacing(channel_money, connection, ["shows"]), row)
            if actor is not None:
                what = f"Amounts are {'shown' if shows else 'left out'} in this channel"
                await audit.note(connection, workspace_id, actor, Action.ALLOWANCE, what)

    async def limits(self, workspace_id: int, spender: Spender, now: datetime, cap: Decimal) -> tuple[Limit, ...]:
        """Every limit that would apply to a start now, the operator's monthly `cap` first."""
        return await self._database.read(lambda connection: limits(connection, workspace_id, spender, now, cap))

    async def used(self, workspace_id: int, rules: Iterable[Allowance], now: datetime) -> tuple[Decimal, ...]:
        """Dollars that the channel, campaign or person of each rule used this month; 0 for everyone and roles."""
        since = _month(now, await self.zone(workspace_id))
        whose = [_starts_of(each.scope, each.target) for each in rules]
        return await self._database.read(
            lambda connection: tuple([_spent(connection, workspace_id, since, each) for each in whose])
        )


_RULE = columns_of(Allowance)[0]
_RULES = (
    select(workspaces.c.chat, workspaces.c.external_id, workspaces.c.zone, *(allowances.c[name] for name in _RULE))
    .select_from(workspaces.outerjoin(allowances, allowances.c.workspace_id == workspaces.c.id))
    .where(workspaces.c.id == bindparam("workspace"))
    .order_by(allowances.c.target)
)
"""A workspace joined with each of its rules; one row if it has none."""
_STARTED = select(func.sum(track_requests.c.cost)).where(
    track_requests.c.workspace_id == bindparam("workspace"),
    track_requests.c.submitted_at >= bindparam("since"),
    _IS_SPENT,
)
_FORGOTTEN = select(func.sum(forgotten_spend.c.cost)).where(
    forgotten_spend.c.chat == bindparam("chat"),
    forgotten_spend.c.external_id.in_((bindparam("id"), bindparam("forgotten_id"))),  # an older row has the id itself
    forgotten_spend.c.month >= bindparam("month"),
)
_SPENT = select(_STARTED.scalar_subquery(), _FORGOTTEN.scalar_subquery())
"""Dollars that count against the operator's cap since a time, including unclear starts and forgotten data."""


def limits(
    connection: Connection, workspace_id: int, spender: Spender, now: datetime, cap: Decimal
) -> tuple[Limit, ...]:
    """Every limit that applies to a start, within the caller's transaction; valid while the wallet is locked."""
    rows = connection.execute(_RULES, {"workspace": workspace_id}).all()
    chat, id_, zone = rows[0][:3]
    month = month_of(now)
    values = {"workspace": workspace_id, "since": month, "month": month.date()}
    values |= {"chat": chat, "id": id_, "forgotten_id": forgotten_id(chat, id_)}
    started, forgotten = connection.execute(_SPENT, values).one()
    found = [Limit(Scope.OPERATOR, cap, (started or Decimal(0)) + (forgotten or Decimal(0)))]
    rules = [read(Allowance, row) for row in rows if row.target is not None]
    bound = [(each, each.monthly) for each in rules if each.monthly is not None and is_bound(each, spender)]
    since = _month(now, zone)
    for rule, monthly in sorted(bound, key=lambda each: list(Scope).index(each[0].scope)):
        target = rule.target if rule.scope in {Scope.CHANNEL, Scope.CAMPAIGN} else spender.person_id
        spent = _spent(connection, workspace_id, since, _starts_of(rule.scope, target))
        found.append(Limit(rule.scope, monthly, spent, rule.name))
    if spender.campaign_id is not None:
        mine = select(campaigns.c.name, campaigns.c.budget).where(
            campaigns.c.id == spender.campaign_id, campaigns.c.workspace_id == workspace_id
        )
        campaign = connection.execute(mine).one_or_none()
        if campaign is not None and campaign.budget is not None:
            in_it = track_requests.c.campaign_id == spender.campaign_id
            spent = _spent(connection, workspace_id, None, in_it)
            found.append(Limit(Scope.BUDGET, campaign.budget, spent, campaign.name))
    return tuple(found)


def _month(now: datetime, zone: str) -> datetime:
    return month_start(now, UTC if zone == "UTC" else ZoneInfo(zone))


def _starts_of(scope: Scope, target: str) -> ColumnElement[bool]:
    """The starts that count against a rule's target: for everyone and roles, the person's own."""
    match scope:
        case Scope.CHANNEL:
            return (track_requests.c.channel_id == target) | (track_requests.c.parent_id == target)
        case Scope.CAMPAIGN:
            return track_requests.c.campaign_id == int(target)
        case _:
            return track_requests.c.person_id == target


def _spent(connection: Connection, workspace_id: int, since: datetime | None, whose: ColumnElement[bool]) -> Decimal:
    """Maximum cost of these starts in dollars, unclear ones included."""
    query = select(func.sum(track_requests.c.cost)).where(
        track_requests.c.workspace_id == workspace_id, _IS_SPENT, whose
    )
    if since is not None:
        query = query.where(track_requests.c.submitted_at >= since)
    return connection.scalar(query) or Decimal(0)


def _words(allowance: Allowance) -> str:
    if allowance.scope is Scope.EVERYONE:
        return "everyone"
    return f"{allowance.scope} {allowance.name or allowance.target}"


def rule_words(rule: Allowance) -> str:
    """A rule in words: `$20.00 a month, confirm above $5.00`."""
    stated = [] if rule.monthly is None else [f"{dollars(rule.monthly)} a month"]
    if rule.confirm_above is not None:
        stated.append(f"confirm above {dollars(rule.confirm_above)}" if rule.confirm_above else "confirm always")
    return ", ".join(stated)

"""Tables of allowances, and of the channels that may see money."""

from sqlalchemy import Boolean, Column, ColumnElement, ForeignKey, Table, func, select
from sqlalchemy.types import String

from bot.domain.allowances import EVERYONE, Scope
from bot.store.tables import metadata, workspaces
from bot.store.types import Converted, Dollars, SafeText, UtcDateTime

allowances = Table(
    "allowances",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("scope", Converted(String(), str, Scope), primary_key=True),
    Column("target", String, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("monthly", Dollars),
    Column("confirm_above", Dollars),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", SafeText, nullable=False),
)

channel_money = Table(
    "channel_money",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("channel_id", String, primary_key=True),
    Column("shows", Boolean, nullable=False),
)


def shows_money(rows: Table) -> ColumnElement[bool]:
    """Whether posts in a row's channel may name amounts: as chosen for it, else if everyone in the workspace may."""
    chosen = select(channel_money.c.shows).where(
        channel_money.c.workspace_id == rows.c.workspace_id, channel_money.c.channel_id == rows.c.channel_id
    )
    everyone = select(workspaces.c.money.in_(("", EVERYONE))).where(workspaces.c.id == rows.c.workspace_id)
    subqueries = (each.correlate(rows).scalar_subquery() for each in (chosen, everyone))
    return func.coalesce(*subqueries, type_=Boolean).label("shows_money")

"""Tables of campaigns and allowances: what spending belongs to, what limits it, and where amounts may be shown."""

from sqlalchemy import Boolean, Column, ColumnElement, ForeignKey, Index, Table, UniqueConstraint, func, select
from sqlalchemy.types import Date, Integer, String

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


campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("name", SafeText, nullable=False),
    Column("folded_name", SafeText, nullable=False),
    Column("budget", Dollars),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("archived_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by_id", String, nullable=False),
    Column("created_by_name", SafeText, nullable=False),
    UniqueConstraint("workspace_id", "folded_name"),
    sqlite_autoincrement=True,  # ids are in buttons: never reuse one
)

campaign_links = Table(
    "campaign_links",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("key", String, primary_key=True),
    Column("link", SafeText, nullable=False),
    Column("platform", String, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by_id", String, nullable=False),
    Column("added_by_name", SafeText, nullable=False),
    Index("ix_campaign_links_key", "key"),
)

channel_campaigns = Table(
    "channel_campaigns",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("channel_id", String, primary_key=True),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
)

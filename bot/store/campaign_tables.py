"""Tables of campaigns: their names, the links in them, and the channels that have one."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.types import Date, Integer, String

from bot.store.tables import metadata
from bot.store.types import Dollars, SafeText, UtcDateTime

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

"""The first schema: every table and index. Frozen: later changes are migrations of their own."""

from typing import Any

from alembic import op
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint, false, text
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import JSON, BigInteger, Boolean, Date, DateTime, Double, Integer, LargeBinary, String, Text

from bot.store.tables import metadata

revision, down_revision = "v0001", None
MOMENT = DateTime(timezone=True)
_HAS_NEWS = "usage_at IS NOT NULL AND (announced_usage_at IS NULL OR announced_usage_at <> usage_at)"
_UNREAD_HISTORY = "read_at IS NULL AND due_at IS NOT NULL AND ended_at IS NULL AND NOT is_running"
_IN_FLIGHT, _OPEN = "state IN ('submitted', 'unknown')", "state IN ('pending', 'sending', 'unclear')"
tables = MetaData(naming_convention=metadata.naming_convention)


def upgrade() -> None:
    for table in tables.sorted_tables:
        op.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):  # PostgreSQL prefers the newest of equals
            op.execute(CreateIndex(index))


def _where(condition: str, sqlite: str | None = None) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(sqlite or condition)}


Table(
    "blobs",
    tables,
    Column("hash", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("used_at", MOMENT, nullable=False),
)
Table(
    "canary",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("locked", Text, nullable=False),
)
Table(
    "forgotten_spend",
    tables,
    Column("chat", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("cost", BigInteger, nullable=False),
)
Table(
    "inbox",
    tables,
    Column("chat", String, primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("seen_at", MOMENT, nullable=False),
    Index("ix_inbox_seen_at", "seen_at"),
)
Table(
    "installations",
    tables,
    Column("chat", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("locked", Text, nullable=False),
    Column("installed_at", MOMENT, nullable=False),
)
Table(
    "leases",
    tables,
    Column("name", String, primary_key=True),
    Column("token", String, nullable=False),
    Column("until", MOMENT, nullable=False),
)
Table("oauth_states", tables, Column("state", String, primary_key=True), Column("expires_at", MOMENT, nullable=False))
Table(
    "presences",
    tables,
    Column("chat", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("is_claimed", Boolean, nullable=False, server_default=false()),
    Column("was_public", Boolean, nullable=False, server_default=false()),
    Column("left_at", MOMENT),
    Index("ix_presences_left_at", "left_at"),
)
Table("rates", tables, Column("key", String, primary_key=True), Column("tat", Double, nullable=False))
Table(
    "registrations",
    tables,
    Column("chat", String, primary_key=True),
    Column("application_id", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)
Table(
    "services",
    tables,
    Column("name", String, primary_key=True),
    Column("process", String, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Column("problem", String, nullable=False),
)
Table(
    "short_links",
    tables,
    Column("link", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("followed_at", MOMENT, nullable=False),
)
Table(
    "wallets",
    tables,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String, nullable=False, unique=True),
    Column("balance", BigInteger),
    Column("uncharged", BigInteger),
    Column("total_charged", BigInteger),
    Column("cost_per_snapshot", BigInteger),
    Column("total_snapshots", BigInteger),
    Column("usage_at", MOMENT),
    Column("announced_usage_at", MOMENT),
    Column("is_test", Boolean, nullable=False, server_default=false()),
    Column("swept_at", MOMENT),
    Column("complete", Boolean, nullable=False),
    Column("poll_at", MOMENT),
    Column("polled_at", MOMENT),
    Column("poll_failures", Integer, nullable=False, server_default="0"),
    Column("poll_problem", Text, nullable=False, server_default=""),
    Column("lists_begun", Integer, nullable=False, server_default="0"),
    Column("listing_until", MOMENT),
    Column("listed", Integer, nullable=False, server_default="0"),
    Column("listed_at", MOMENT),
    Column("hidden_platforms", String, nullable=False, server_default=""),
    Index("ix_wallets_news", "id", **_where(_HAS_NEWS)),
    Index("ix_wallets_poll_at", "poll_at"),
    sqlite_autoincrement=True,
)
Table(
    "events",
    tables,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("video_id", String, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_events_wallet_id", "wallet_id", "id"),
    sqlite_autoincrement=True,
)
Table(
    "handled_events",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("video_id", String, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("handled_at", MOMENT, nullable=False),
    Column("outcome", JSON, nullable=False),
    Index("ix_handled_events_handled_at", "handled_at"),
    Index("ix_handled_events_wallet_id", "wallet_id"),
)
Table(
    "snapshot_days",
    tables,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("owner_id", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("snapshots", Integer, nullable=False),
)
Table(
    "snapshots",
    tables,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("video_id", String, primary_key=True),
    Column("taken_at", MOMENT, primary_key=True),
    Column("views", BigInteger),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("shares", BigInteger),
    Column("saves", BigInteger),
    sqlite_with_rowid=False,
)
Table(
    "video_counts",
    tables,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("owner_id", Integer, primary_key=True, autoincrement=False),
    Column("platform", String, primary_key=True),
    Column("status", String, primary_key=True),
    Column("videos", Integer, nullable=False),
)
Table(
    "videos",
    tables,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("video_id", String, primary_key=True),
    Column("owner_id", Integer, nullable=False),
    Column("key", String, nullable=False),
    Column("link", Text, nullable=False),
    Column("platform", String, nullable=False),
    Column("status", String, nullable=False),
    Column("is_running", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("creator", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("started_at", MOMENT),
    Column("newest_at", MOMENT, nullable=False),
    Column("days", Integer),
    Column("days_remaining", String),
    Column("ends_at", MOMENT, nullable=False),
    Column("is_deleted", Boolean, nullable=False),
    Column("extra", JSON, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Column("first_seen_at", MOMENT, nullable=False),
    Column("read_at", MOMENT),
    Column("reading_until", MOMENT),
    Column("main_metric", String),
    Column("main_count", BigInteger, nullable=False),
    Column("main_at", MOMENT),
    Column("change_24h", BigInteger, nullable=False),
    Column("change_since", MOMENT),
    Column("snapshot_count", Integer, nullable=False),
    Column("last_snapshot_at", MOMENT),
    Column("unread_rows", Integer, nullable=False, server_default="0"),
    Column("ended_at", MOMENT),
    Column("started_by_id", String),
    Column("started_by_name", Text),
    Column("due_at", MOMENT),
    Index("ix_videos_change", "wallet_id", "owner_id", "platform", "status", "change_24h", "video_id"),
    Index("ix_videos_count", "wallet_id", "owner_id", "platform", "status", "main_count", "video_id"),
    Index("ix_videos_due", "wallet_id", "due_at", **_where("due_at IS NOT NULL")),
    Index("ix_videos_ended", "wallet_id", "ended_at", **_where("ended_at IS NOT NULL")),
    Index("ix_videos_ending", "wallet_id", "owner_id", "platform", "status", "ends_at", "video_id"),
    Index("ix_videos_key", "wallet_id", "key"),
    Index("ix_videos_newest", "wallet_id", "owner_id", "platform", "status", "newest_at", "video_id"),
    Index("ix_videos_recent", "wallet_id", "owner_id", "is_running", "newest_at", "video_id"),
    Index("ix_videos_running", "wallet_id", **_where("is_running", sqlite="is_running = 1")),
    Index("ix_videos_unread", "wallet_id", "newest_at", **_where(_UNREAD_HISTORY)),
)
Table(
    "workspaces",
    tables,
    Column("id", Integer, primary_key=True),
    Column("chat", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("previews", Boolean, nullable=False, server_default=false()),
    Column("is_operators", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("chat", "external_id"),
    Index("ix_workspaces_wallet_id", "wallet_id"),
    sqlite_autoincrement=True,
)
Table(
    "alert_settings",
    tables,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("off_reason", Text, nullable=False),
    Column("threshold", BigInteger, nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("muted_until", MOMENT),
    Column("quiet_zone", String),
    Column("quiet_from", Integer),
    Column("quiet_until", Integer),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", Text, nullable=False),
    UniqueConstraint("workspace_id", "channel_id"),
    sqlite_autoincrement=True,
)
Table(
    "audit",
    tables,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", Text, nullable=False),
    Column("channel_id", String, nullable=False),
    Column("action", String, nullable=False),
    Column("link", Text, nullable=False),
    Column("video_id", String),
    Column("cost", BigInteger),
    Column("outcome", Text, nullable=False),
    Index("ix_audit_recent", "workspace_id", "at", "id"),
)
Table(
    "credentials",
    tables,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("locked_key", Text, nullable=False),
    Column("linked_by_id", String, nullable=False),
    Column("linked_by_name", Text, nullable=False),
    Column("linked_at", MOMENT, nullable=False),
)
Table(
    "digests",
    tables,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("off_reason", Text, nullable=False),
    Column("zone", String, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("weekday", Integer),
    Column("options", JSON, nullable=False),
    Column("next_date", Date, nullable=False),
    Column("next_due_at", MOMENT, nullable=False),
    Column("last_date", Date),
    Column("last_window_end", MOMENT),
    Column("last_recent", Integer),
    Column("last_carry", String),
    Column("last_outcome", Text, nullable=False),
    Column("lease_until", MOMENT),
    Column("lease_token", String),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", Text, nullable=False),
    UniqueConstraint("workspace_id", "channel_id"),
    Index("ix_digests_due", "next_due_at", "workspace_id", **_where("is_on", sqlite="is_on = 1")),
    sqlite_autoincrement=True,
)
Table(
    "outbox",
    tables,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("thread_id", String),
    Column("person_id", String),
    Column("edits", String),
    Column("payload", Text, nullable=False),
    Column("owner_id", String),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT),
    Column("first_try_at", MOMENT),
    Column("last_try_at", MOMENT),
    Column("lease_token", String),
    Column("message_id", String),
    Column("error", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Index("ix_outbox_channel", "workspace_id", "channel_id", "id", **_where(_OPEN)),
    Index("ix_outbox_edits", "edits", **_where("edits IS NOT NULL")),
    Index("ix_outbox_ended", "workspace_id", "ended_at"),
    Index("ix_outbox_open", "next_at", "id", **_where(_OPEN)),
    sqlite_autoincrement=True,
)
Table(
    "track_requests",
    tables,
    Column("id", Integer, primary_key=True),
    Column("batch", String, nullable=False),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", Text, nullable=False),
    Column("key", String, nullable=False),
    Column("link", Text, nullable=False),
    Column("platform", String, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("proposed_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("days", Integer),
    Column("cost", BigInteger),
    Column("submitted_at", MOMENT),
    Column("video_id", String),
    Column("outcome", Text, nullable=False),
    Column("clean_looks", Integer, nullable=False),
    Column("twin", Integer, nullable=False, server_default="0"),
    Column("missed_at", MOMENT),
    Column("listed_at", MOMENT),
    Column("ended_at", MOMENT),
    UniqueConstraint("workspace_id", "batch", "key"),
    Index("ix_track_requests_spend", "workspace_id", "submitted_at"),
    Index("ix_track_requests_video", "video_id"),
    Index("ix_track_requests_wallet", "wallet_id", "submitted_at"),
    Index("uq_track_requests_in_flight", "wallet_id", "key", "twin", unique=True, **_where(_IN_FLIGHT)),
    sqlite_autoincrement=True,
)
Table(
    "alert_states",
    tables,
    Column("setting_id", ForeignKey("alert_settings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("subject", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("message_key", String),
    Column("snoozed_until", MOMENT),
    Column("detail", JSON, nullable=False),
    Column("due_at", MOMENT),
    Index("ix_alert_states_due", "due_at", **_where("due_at IS NOT NULL")),
)

"""Every table and index. The migrations create the same; a test compares them.

A wallet is one API key's account. The mirror (videos, snapshots and counters) belongs to the wallet, so that workspaces
that share a key share its reads; `owner_id` says which workspace may see a video: the one whose request started it, or
0 (all workspaces of the wallet) if it was started outside the bot.

The mirror's indexes store each list that people see in its order, so that the first page costs the same with ten videos
and with a hundred thousand: one index range per owner, platform and status, counted in `video_counts`.
"""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    MetaData,
    Table,
    TextClause,
    UniqueConstraint,
    bindparam,
    false,
    or_,
    text,
    true,
)
from sqlalchemy.types import JSON, BigInteger, Boolean, Date, Double, Integer, String, Text

from bot.domain.tracking import RequestState
from bot.domain.videos import Metric
from bot.store.types import Converted, CountOrNone, Dollars, ExactDecimal, SafeText, UtcDateTime

UNOWNED = 0
"""The `owner_id` of a video that no request of the bot started. Workspace ids start at 1."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def partial(where: ColumnElement[bool] | TextClause, sqlite: ColumnElement[bool] | None = None) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"postgresql_where": where, "sqlite_where": where if sqlite is None else sqlite}


wallets = Table(
    "wallets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String, nullable=False, unique=True),
    Column("balance", Dollars),
    Column("uncharged", Dollars),
    Column("total_charged", Dollars),
    Column("cost_per_snapshot", Dollars),
    Column("total_snapshots", BigInteger),
    Column("usage_at", UtcDateTime),
    Column("announced_usage_at", UtcDateTime),
    Column("is_test", Boolean, nullable=False, server_default=false()),
    Column("swept_at", UtcDateTime),
    Column("complete", Boolean, nullable=False),
    Column("poll_at", UtcDateTime),
    Column("polled_at", UtcDateTime),
    Column("poll_failures", Integer, nullable=False, server_default="0"),
    Column("poll_problem", SafeText, nullable=False, server_default=""),
    Column("lists_begun", Integer, nullable=False, server_default="0"),
    Column("listing_until", UtcDateTime),
    Column("listed", Integer, nullable=False, server_default="0"),
    Column("listed_at", UtcDateTime),
    Column("hidden_platforms", String, nullable=False, server_default=""),
    Index("ix_wallets_poll_at", "poll_at"),
    sqlite_autoincrement=True,
)
HAS_NEWS = text("usage_at IS NOT NULL AND (announced_usage_at IS NULL OR announced_usage_at <> usage_at)")
"""Alerts haven't seen the wallet's latest usage yet."""
Index("ix_wallets_news", wallets.c.id, **partial(HAS_NEWS))

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("previews", Boolean, nullable=False, server_default=false()),
    Column("is_operators", Boolean, nullable=False, server_default=false()),
    Column("zone", String, nullable=False, server_default="UTC"),
    Column("money", String, nullable=False, server_default=""),
    UniqueConstraint("chat", "external_id"),
    Index("ix_workspaces_wallet_id", "wallet_id"),
    sqlite_autoincrement=True,  # ids are in buttons and other processes: never reuse that of a deleted workspace
)

videos = Table(
    "videos",
    metadata,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("video_id", String, primary_key=True),
    Column("owner_id", Integer, nullable=False),
    Column("key", String, nullable=False),
    Column("link", SafeText, nullable=False),
    Column("platform", String, nullable=False),
    Column("status", String, nullable=False),
    Column("is_running", Boolean, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("creator", SafeText, nullable=False),
    Column("search_text", SafeText, nullable=False),
    Column("started_at", UtcDateTime),
    Column("newest_at", UtcDateTime, nullable=False),
    Column("days", Integer),
    Column("days_remaining", ExactDecimal),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("is_deleted", Boolean, nullable=False),
    Column("extra", Converted(JSON(), dict, dict), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Column("reading_until", UtcDateTime),
    Column("main_metric", Converted(String(), str, Metric)),
    Column("main_count", CountOrNone, nullable=False),
    Column("main_at", UtcDateTime),
    Column("change_24h", CountOrNone, nullable=False),
    Column("change_since", UtcDateTime),
    Column("snapshot_count", Integer, nullable=False),
    Column("last_snapshot_at", UtcDateTime),
    Column("unread_rows", Integer, nullable=False, server_default="0"),
    Column("ended_at", UtcDateTime),
    Column("started_by_id", String),
    Column("started_by_name", SafeText),
    Column("due_at", UtcDateTime),
    Column("handle", SafeText, nullable=False, server_default=""),
    Index("ix_videos_key", "wallet_id", "key"),
    Index("ix_videos_recent", "wallet_id", "owner_id", "is_running", "newest_at", "video_id"),
    Index("ix_videos_newest", "wallet_id", "owner_id", "platform", "status", "newest_at", "video_id"),
    Index("ix_videos_count", "wallet_id", "owner_id", "platform", "status", "main_count", "video_id"),
    Index("ix_videos_change", "wallet_id", "owner_id", "platform", "status", "change_24h", "video_id"),
    Index("ix_videos_ending", "wallet_id", "owner_id", "platform", "status", "ends_at", "video_id"),
)
HAS_HANDLE = text("handle <> ''")
"""A video's creator is known."""
Index(
    "ix_videos_handle",
    *(videos.c[name] for name in ("wallet_id", "owner_id", "handle", "newest_at", "video_id")),
    **partial(HAS_HANDLE),
)
Index(
    "ix_videos_started_by",
    *(videos.c[name] for name in ("wallet_id", "owner_id", "started_by_id", "newest_at", "video_id")),
    **partial(videos.c.started_by_id.is_not(None)),
)
Index("ix_videos_running", videos.c.wallet_id, **partial(videos.c.is_running, sqlite=videos.c.is_running == true()))
Index("ix_videos_ended", videos.c.wallet_id, videos.c.ended_at, **partial(videos.c.ended_at.is_not(None)))
HAS_DUE_PAGE = videos.c.due_at.is_not(None)
Index("ix_videos_due", videos.c.wallet_id, videos.c.due_at, **partial(HAS_DUE_PAGE))
IS_UNREAD_HISTORY = text("read_at IS NULL AND due_at IS NOT NULL AND ended_at IS NULL AND NOT is_running")
"""A video had ended when the bot first saw it, and its page is still to be read, once."""
MAY_HAVE_NEWS = or_(videos.c.is_running, videos.c.ended_at.is_not(None), videos.c.read_at.is_not(None))
"""A due page isn't unread history."""
Index("ix_videos_unread", videos.c.wallet_id, videos.c.newest_at, **partial(IS_UNREAD_HISTORY))

video_counts = Table(
    "video_counts",
    metadata,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("owner_id", Integer, primary_key=True, autoincrement=False),
    Column("platform", String, primary_key=True),
    Column("status", String, primary_key=True),
    Column("videos", Integer, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("video_id", String, primary_key=True),
    Column("taken_at", UtcDateTime, primary_key=True),
    Column("views", BigInteger),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("shares", BigInteger),
    Column("saves", BigInteger),
    sqlite_with_rowid=False,  # stores a video's snapshots side by side, as they are read
)

snapshot_days = Table(
    "snapshot_days",
    metadata,
    Column("wallet_id", ForeignKey("wallets.id"), primary_key=True),
    Column("owner_id", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("snapshots", Integer, nullable=False),
)

track_requests = Table(
    "track_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch", String, nullable=False),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", SafeText, nullable=False),
    Column("key", String, nullable=False),
    Column("link", SafeText, nullable=False),
    Column("platform", String, nullable=False),
    Column("price", Dollars, nullable=False),
    Column("state", Converted(String(), str, RequestState), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("days", Integer),
    Column("cost", Dollars),
    Column("submitted_at", UtcDateTime),
    Column("video_id", String),
    Column("outcome", SafeText, nullable=False),
    Column("clean_looks", Integer, nullable=False),
    Column("twin", Integer, nullable=False, server_default="0"),
    Column("missed_at", UtcDateTime),
    Column("listed_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("campaign_id", Integer),
    Column("parent_id", String, nullable=False, server_default=""),
    UniqueConstraint("workspace_id", "batch", "key"),
    Index("ix_track_requests_wallet", "wallet_id", "submitted_at"),
    Index("ix_track_requests_spend", "workspace_id", "submitted_at"),
    Index("ix_track_requests_video", "video_id"),
    sqlite_autoincrement=True,
)
IS_IN_FLIGHT = track_requests.c.state.in_(
    bindparam(None, state, String, literal_execute=True) for state in (RequestState.SUBMITTED, RequestState.UNKNOWN)
)
"""Whether a request may have been charged without a known video yet. A literal in the statement, not a bound parameter:
only then do the databases use the index below."""
Index(
    "uq_track_requests_in_flight",
    track_requests.c.wallet_id,
    track_requests.c.key,
    track_requests.c.twin,
    unique=True,
    **partial(IS_IN_FLIGHT),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("person_id", String, nullable=False),
    Column("person_name", SafeText, nullable=False),
    Column("channel_id", String, nullable=False),
    Column("action", String, nullable=False),
    Column("link", SafeText, nullable=False),
    Column("video_id", String),
    Column("cost", Dollars),
    Column("outcome", SafeText, nullable=False),
    Index("ix_audit_recent", "workspace_id", "at", "id"),
)

rates = Table("rates", metadata, Column("key", String, primary_key=True), Column("tat", Double, nullable=False))

short_links = Table(
    "short_links",
    metadata,
    Column("link", SafeText, primary_key=True),
    Column("target", SafeText, nullable=False),
    Column("followed_at", UtcDateTime, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("locked_key", Text, nullable=False),
    Column("linked_by_id", String, nullable=False),
    Column("linked_by_name", SafeText, nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
)

installations = Table(
    "installations",
    metadata,
    Column("chat", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("locked", Text, nullable=False),
    Column("installed_at", UtcDateTime, nullable=False),
)

forgotten_spend = Table(
    "forgotten_spend",
    metadata,
    Column("chat", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("cost", Dollars, nullable=False),
)

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", String, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("chat", String, primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_inbox_seen_at", "seen_at"),
)

canary = Table(
    "canary",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("locked", Text, nullable=False),
)

chat_installs = Table(
    "presences",
    metadata,
    Column("chat", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("is_claimed", Boolean, nullable=False, server_default=false()),
    Column("was_public", Boolean, nullable=False, server_default=false()),
    Column("left_at", UtcDateTime),
    Index("ix_presences_left_at", "left_at"),
)

command_syncs = Table(
    "registrations",
    metadata,
    Column("chat", String, primary_key=True),
    Column("application_id", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)

services = Table(
    "services",
    metadata,
    Column("name", String, primary_key=True),
    Column("process", String, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("problem", String, nullable=False),
)

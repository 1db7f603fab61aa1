"""The first schema: wallets, workspaces, the mirror, requests to track, audit, rates, short links."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _wallets_and_workspaces()
    _videos()
    _snapshots()
    _tallies()
    _requests()
    _audit()
    _rates_and_short_links()


def _wallets_and_workspaces() -> None:
    op.create_table(
        "wallets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("uncharged", sa.BigInteger(), nullable=True),
        sa.Column("total_charged", sa.BigInteger(), nullable=True),
        sa.Column("cost_per_snapshot", sa.BigInteger(), nullable=True),
        sa.Column("total_snapshots", sa.BigInteger(), nullable=True),
        sa.Column("active_videos", sa.BigInteger(), nullable=True),
        sa.Column("usage_at", MOMENT, nullable=True),
        sa.Column("swept_at", MOMENT, nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wallets"),
        sa.UniqueConstraint("fingerprint", name="uq_wallets_fingerprint"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_workspaces_wallet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        sa.UniqueConstraint("chat", "external_id", name="uq_workspaces_chat_external_id"),
        sqlite_autoincrement=True,
    )


def _videos() -> None:
    op.create_table(
        "videos",
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("newest_at", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("days_remaining", sa.String(), nullable=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("reading_until", MOMENT, nullable=True),
        sa.Column("main_metric", sa.String(), nullable=True),
        sa.Column("main_count", sa.BigInteger(), nullable=False),
        sa.Column("change_24h", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_count", sa.Integer(), nullable=False),
        sa.Column("last_snapshot_at", MOMENT, nullable=True),
        sa.Column("started_by_id", sa.String(), nullable=True),
        sa.Column("started_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_videos_wallet_id"),
        sa.PrimaryKeyConstraint("wallet_id", "video_id", name="pk_videos"),
    )
    op.create_index(
        "ix_videos_change", "videos", ["wallet_id", "owner_id", "platform", "status", "change_24h", "video_id"]
    )
    op.create_index(
        "ix_videos_count", "videos", ["wallet_id", "owner_id", "platform", "status", "main_count", "video_id"]
    )
    op.create_index(
        "ix_videos_ending", "videos", ["wallet_id", "owner_id", "platform", "status", "ends_at", "video_id"]
    )
    op.create_index("ix_videos_key", "videos", ["wallet_id", "key"])
    op.create_index(
        "ix_videos_newest", "videos", ["wallet_id", "owner_id", "platform", "status", "newest_at", "video_id"]
    )
    op.create_index("ix_videos_recent", "videos", ["wallet_id", "owner_id", "is_running", "newest_at", "video_id"])
    op.create_index(
        "ix_videos_running",
        "videos",
        ["wallet_id"],
        postgresql_where=sa.text("is_running"),
        sqlite_where=sa.text("is_running = 1"),
    )


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.String(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("saves", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_snapshots_wallet_id"),
        sa.PrimaryKeyConstraint("wallet_id", "video_id", "taken_at", name="pk_snapshots"),
        sqlite_with_rowid=False,
    )


def _tallies() -> None:
    op.create_table(
        "video_counts",
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("videos", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_video_counts_wallet_id"),
        sa.PrimaryKeyConstraint("wallet_id", "owner_id", "platform", "status", name="pk_video_counts"),
    )
    op.create_table(
        "snapshot_days",
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("snapshots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_snapshot_days_wallet_id"),
        sa.PrimaryKeyConstraint("wallet_id", "owner_id", "day", name="pk_snapshot_days"),
    )


def _requests() -> None:
    op.create_table(
        "track_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("video_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("clean_looks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_track_requests_wallet_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_track_requests_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_track_requests"),
        sa.UniqueConstraint("workspace_id", "batch", "key", name="uq_track_requests_workspace_id_batch_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_track_requests_spend", "track_requests", ["workspace_id", "submitted_at"])
    op.create_index("ix_track_requests_video", "track_requests", ["video_id"])
    op.create_index(
        "uq_track_requests_in_flight",
        "track_requests",
        ["wallet_id", "key"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'unknown')"),
        sqlite_where=sa.text("state IN ('submitted', 'unknown')"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("video_id", sa.String(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_audit_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_recent", "audit", ["workspace_id", "at", "id"])


def _rates_and_short_links() -> None:
    op.create_table(
        "rates",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tat", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rates"),
    )
    op.create_table(
        "short_links",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("followed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("link", name="pk_short_links"),
    )

"""What the clock needs: digests and alerts that people set, what happened, and what must be said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("videos", sa.Column("ended_at", MOMENT))
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_videos_ended", "videos", ["wallet_id", "ended_at"], postgresql_where=ended, sqlite_where=ended)
    _polling()
    _digests()
    _alerts()
    _events()
    _outbox()
    op.create_table(
        "blobs",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_blobs"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _polling() -> None:
    """When what is read by itself, and which workspaces may use the installation's own key."""
    for column in ("poll_at", "polled_at"):
        op.add_column("wallets", sa.Column(column, MOMENT))
    op.add_column("wallets", sa.Column("poll_failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("wallets", sa.Column("poll_problem", sa.Text(), server_default="", nullable=False))
    op.add_column("workspaces", sa.Column("is_operators", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("videos", sa.Column("due_at", MOMENT))
    op.execute("UPDATE wallets SET poll_at = created_at")
    op.execute("UPDATE videos SET due_at = seen_at WHERE is_running")
    # A workspace without a key of its own that has a wallet all the same uses the installation's: nothing else gave it.
    op.execute(
        "UPDATE workspaces SET is_operators = true WHERE id NOT IN (SELECT workspace_id FROM credentials)"
        " AND wallet_id IN (SELECT id FROM wallets WHERE fingerprint <> '')"
    )
    op.create_index("ix_wallets_poll_at", "wallets", ["poll_at"])
    op.create_index("ix_workspaces_wallet_id", "workspaces", ["wallet_id"])
    has_due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_videos_due", "videos", ["wallet_id", "due_at"], postgresql_where=has_due, sqlite_where=has_due)


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("off_reason", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer()),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("next_date", sa.Date(), nullable=False),
        sa.Column("next_due_at", MOMENT, nullable=False),
        sa.Column("last_date", sa.Date()),
        sa.Column("last_window_end", MOMENT),
        sa.Column("last_outcome", sa.Text(), nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("lease_token", sa.String()),
        sa.Column("set_by_id", sa.String(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_digests_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("workspace_id", "channel_id", name="uq_digests_workspace_id_channel_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_digests_due",
        "digests",
        ["next_due_at", "workspace_id"],
        postgresql_where=sa.text("is_on"),
        sqlite_where=sa.text("is_on = 1"),
    )


def _alerts() -> None:
    op.create_table(
        "alert_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("off_reason", sa.Text(), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("muted_until", MOMENT),
        sa.Column("quiet_zone", sa.String()),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("set_by_id", sa.String(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_alert_settings_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_settings"),
        sa.UniqueConstraint("workspace_id", "channel_id", name="uq_alert_settings_workspace_id_channel_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_states",
        sa.Column("setting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.String()),
        sa.Column("snoozed_until", MOMENT),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["alert_settings.id"], name="fk_alert_states_setting_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("setting_id", "subject", name="pk_alert_states"),
    )
    op.create_index(
        "ix_alert_states_due",
        "alert_states",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.add_column("wallets", sa.Column("announced_usage_at", MOMENT))
    op.add_column("wallets", sa.Column("is_test", sa.Boolean(), server_default=sa.false(), nullable=False))
    news = sa.text("usage_at IS NOT NULL AND (announced_usage_at IS NULL OR announced_usage_at <> usage_at)")
    op.create_index("ix_wallets_news", "wallets", ["id"], postgresql_where=news, sqlite_where=news)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name="fk_events_wallet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_wallet_id", "events", ["wallet_id", "id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("thread_id", sa.String()),
        sa.Column("person_id", sa.String()),
        sa.Column("edits", sa.String()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("first_try_at", MOMENT),
        sa.Column("last_try_at", MOMENT),
        sa.Column("lease_token", sa.String()),
        sa.Column("message_id", sa.String()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_outbox_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_ended", "outbox", ["workspace_id", "ended_at"])
    open_ones = sa.text("state IN ('pending', 'sending', 'unclear')")
    for name, columns, which in (
        ("ix_outbox_open", ["next_at", "id"], open_ones),
        ("ix_outbox_channel", ["workspace_id", "channel_id", "id"], open_ones),
        ("ix_outbox_edits", ["edits"], sa.text("edits IS NOT NULL")),
    ):
        op.create_index(name, "outbox", columns, postgresql_where=which, sqlite_where=which)

"""Campaigns, the links in them, the channels that are about one, and the campaign that a start goes into."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0004", "v0003"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded_name", sa.Text, nullable=False),
        sa.Column("budget", sa.BigInteger),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("archived_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by_id", sa.String, nullable=False),
        sa.Column("created_by_name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_campaigns_workspace_id"),
        sa.UniqueConstraint("workspace_id", "folded_name", name="uq_campaigns_workspace_id_folded_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_links",
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("added_by_id", sa.String, nullable=False),
        sa.Column("added_by_name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "key", name="pk_campaign_links"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_campaign_links_campaign_id"),
    )
    op.create_index("ix_campaign_links_key", "campaign_links", ["key"])
    op.create_table(
        "channel_campaigns",
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("channel_id", sa.String, nullable=False),
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "channel_id", name="pk_channel_campaigns"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_channel_campaigns_workspace_id"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_channel_campaigns_campaign_id"),
    )
    op.add_column("track_requests", sa.Column("campaign_id", sa.Integer))

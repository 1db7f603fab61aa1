"""Which channels may read of money, if somebody chose."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0011", "v0010"


def upgrade() -> None:
    op.create_table(
        "channel_money",
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("channel_id", sa.String, nullable=False),
        sa.Column("shows", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "channel_id", name="pk_channel_money"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_channel_money_workspace_id"),
    )

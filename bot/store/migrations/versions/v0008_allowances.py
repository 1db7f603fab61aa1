"""Rules on who may spend how much, and the zone in which a workspace's months turn."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0008", "v0007"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("zone", sa.String, nullable=False, server_default="UTC"))
    op.create_table(
        "allowances",
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("monthly", sa.BigInteger, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.String, nullable=False),
        sa.Column("set_by_name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "scope", "target", name="pk_allowances"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_allowances_workspace_id"),
    )

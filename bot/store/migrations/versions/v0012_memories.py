"""What is remembered of a workspace for a week."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0012", "v0011"


def upgrade() -> None:
    op.create_table(
        "memories",
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "name", name="pk_memories"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_memories_workspace_id"),
    )
    op.create_index("ix_memories_noted_at", "memories", ["noted_at"])

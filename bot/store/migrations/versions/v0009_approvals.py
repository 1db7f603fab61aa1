"""Requests for a second person's approval, and when a workspace needs one."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0009", "v0008"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("batch", sa.String, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("channel_id", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("decided_by_id", sa.String),
        sa.Column("decided_by_name", sa.Text),
        sa.Column("decided_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.UniqueConstraint("workspace_id", "batch", "days", name="uq_approvals_workspace_id_batch_days"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_approvals_workspace_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approvals_open", "approvals", ["state", "expires_at"])
    op.create_table(
        "approval_rules",
        sa.Column("workspace_id", sa.Integer, nullable=False),
        sa.Column("above", sa.BigInteger),
        sa.Column("channel_id", sa.String, nullable=False),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_approval_rules"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_approval_rules_workspace_id"),
    )

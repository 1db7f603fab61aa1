"""Keys of workspaces, installations, and what was heard already: everything that several workspaces need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("previews", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "credentials",
        sa.Column("workspace_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("locked_key", sa.Text(), nullable=False),
        sa.Column("linked_by_id", sa.String(), nullable=False),
        sa.Column("linked_by_name", sa.Text(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_credentials_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_credentials"),
    )
    op.create_table(
        "installations",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("locked", sa.Text(), nullable=False),
        sa.Column("installed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat", "scope", name="pk_installations"),
    )
    op.create_table(
        "forgotten_spend",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "external_id", "month", name="pk_forgotten_spend"),
    )
    op.create_table(
        "oauth_states",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_oauth_states"),
    )
    op.create_table(
        "inbox",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat", "event_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_seen_at", "inbox", ["seen_at"])
    op.create_table(
        "canary",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("locked", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_canary"),
    )

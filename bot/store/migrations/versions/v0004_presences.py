"""Where the bot is, in chats that anyone may add it to, and which commands it registered there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "presences",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("is_operators", sa.Boolean(), nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("chat", "external_id", name="pk_presences"),
    )
    op.create_index("ix_presences_left_at", "presences", ["left_at"])
    op.create_table(
        "registrations",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat", "application_id", name="pk_registrations"),
    )

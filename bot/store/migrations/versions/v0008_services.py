"""Which parts of the program run: the chats that are read, and the scheduler."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_services"),
    )

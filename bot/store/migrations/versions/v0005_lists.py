"""Lists of running videos that every process shares: who makes one, and what the newest one left out."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in ("lists_begun", "listed"):
        op.add_column("wallets", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    for column in ("listing_until", "listed_at"):
        op.add_column("wallets", sa.Column(column, MOMENT))
    op.add_column("wallets", sa.Column("hidden_platforms", sa.String(), server_default="", nullable=False))

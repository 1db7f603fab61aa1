"""A message may be a reply under an earlier one."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0002", "v0001"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("replies_to", sa.String))

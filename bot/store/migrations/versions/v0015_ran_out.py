"""Whether a digest ran out of readings before it was due, so that the next one goes on from the last reading."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0015", "v0014"


def upgrade() -> None:
    op.add_column("digests", sa.Column("last_ran_out", sa.Boolean, nullable=False, server_default=sa.false()))

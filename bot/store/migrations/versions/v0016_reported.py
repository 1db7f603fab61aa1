"""Up to which reading a digest reported each video, so that the next one goes on from there."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0016", "v0015"


def upgrade() -> None:
    op.add_column("digests", sa.Column("last_reported", sa.Text, nullable=False, server_default=""))
    op.drop_column("digests", "last_ran_out")

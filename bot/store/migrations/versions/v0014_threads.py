"""The channel that a thread belongs to, whose limits bind a start in the thread."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0014", "v0013"


def upgrade() -> None:
    op.add_column("track_requests", sa.Column("parent_id", sa.String, nullable=False, server_default=""))

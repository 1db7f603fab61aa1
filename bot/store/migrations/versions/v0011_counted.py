"""When a video's main count was taken, which is earlier than its last snapshot if that doesn't state it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("videos", sa.Column("main_at", sa.DateTime(timezone=True), nullable=True))

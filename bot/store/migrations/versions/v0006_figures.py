"""What a digest counted, so that the next one adds what was read late; and rows of a page that are in no figure."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("digests", sa.Column("last_recent", sa.Integer(), nullable=True))
    op.add_column("videos", sa.Column("unread_rows", sa.Integer(), nullable=False, server_default="0"))

"""Reading finished videos once: an index of those that were never read, and a due time for the known ones."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_UNREAD_HISTORY = "read_at IS NULL AND due_at IS NOT NULL AND ended_at IS NULL AND NOT is_running"


def upgrade() -> None:
    op.execute(
        "UPDATE videos SET due_at = seen_at "
        "WHERE read_at IS NULL AND due_at IS NULL AND ended_at IS NULL AND NOT is_running"
    )
    op.create_index(
        "ix_videos_unread",
        "videos",
        ["wallet_id", "newest_at"],
        postgresql_where=sa.text(_UNREAD_HISTORY),
        sqlite_where=sa.text(_UNREAD_HISTORY),
    )

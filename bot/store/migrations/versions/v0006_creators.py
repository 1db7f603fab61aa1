"""A video has the folded handle of its creator, and is found by it and by the person who started it."""

import sqlalchemy as sa
from alembic import op

from bot.domain.folding import folded
from bot.domain.links import creator_name

revision, down_revision = "v0006", "v0005"

_AT_ONCE = 5_000


def upgrade() -> None:
    op.add_column("videos", sa.Column("handle", sa.Text, nullable=False, server_default=""))
    _fill(op.get_bind())
    for name, column, rows in (
        ("ix_videos_handle", "handle", sa.text("handle <> ''")),
        ("ix_videos_started_by", "started_by_id", sa.text("started_by_id IS NOT NULL")),
    ):
        of = ["wallet_id", "owner_id", column, "newest_at", "video_id"]
        op.create_index(name, "videos", of, postgresql_where=rows, sqlite_where=rows)


def _fill(connection: sa.Connection) -> None:
    videos = sa.table(
        "videos",
        sa.column("wallet_id", sa.Integer),
        *(sa.column(name, sa.String) for name in ("video_id", "link", "creator", "handle")),
    )
    this = (videos.c.wallet_id == sa.bindparam("wallet")) & (videos.c.video_id == sa.bindparam("video"))
    fill = sa.update(videos).where(this).values(handle=sa.bindparam("of"))
    rows = connection.execute(sa.select(videos)).fetchall()
    found = [
        {"wallet": wallet, "video": video, "of": handle}
        for wallet, video, link, creator, _ in rows
        if (handle := folded(creator_name(link, creator)))
    ]
    for start in range(0, len(found), _AT_ONCE):
        connection.execute(fill, found[start : start + _AT_ONCE])

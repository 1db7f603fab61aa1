"""Titles as they are searched for: quotation marks, dashes, accents and invisible characters make no difference."""

import sqlalchemy as sa
from alembic import op

from bot.store.stored_video import search_text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    videos = sa.table("videos", *map(sa.column, ("wallet_id", "video_id", "title", "creator", "link", "search_text")))
    this = (videos.c.wallet_id == sa.bindparam("wallet")) & (videos.c.video_id == sa.bindparam("video"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(videos)).all()
    folded = [
        {
            "wallet": row.wallet_id,
            "video": row.video_id,
            "text": search_text(row.title, row.creator, row.video_id, row.link),
        }
        for row in rows
    ]
    if folded:
        connection.execute(sa.update(videos).where(this).values(search_text=sa.bindparam("text")), folded)

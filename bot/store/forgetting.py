"""Removing a workspace with everything that is stored for it, and mirrors that no workspace looks at any more."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import (
    audit,
    credentials,
    snapshot_days,
    snapshots,
    track_requests,
    video_counts,
    videos,
    workspaces,
)


class Forgetting:
    """Deletes across the tables, in one transaction each. What is gone is gone: ask first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def workspace(self, workspace_id: int) -> None:
        """Delete a workspace: its key, requests, audit and videos, and the mirror of a wallet nobody else uses."""
        async with self._database.writing() as connection:
            await self._own_videos(connection, workspace_id)
            for table in (credentials, audit, track_requests):
                await connection.execute(delete(table).where(table.c.workspace_id == workspace_id))
            await connection.execute(delete(workspaces).where(workspaces.c.id == workspace_id))
            await self._unused_mirrors(connection)

    async def unused_mirrors(self) -> None:
        """Delete the videos and snapshots of wallets that no workspace uses. They can be read from the API again."""
        async with self._database.writing() as connection:
            await self._unused_mirrors(connection)

    async def _own_videos(self, connection: AsyncConnection, workspace_id: int) -> None:
        mine = select(videos.c.wallet_id, videos.c.video_id).where(videos.c.owner_id == workspace_id)
        for wallet_id, video_id in (await connection.execute(mine)).all():
            this = (snapshots.c.wallet_id == wallet_id) & (snapshots.c.video_id == video_id)
            await connection.execute(delete(snapshots).where(this))
        for table in (videos, video_counts, snapshot_days):
            await connection.execute(delete(table).where(table.c.owner_id == workspace_id))

    async def _unused_mirrors(self, connection: AsyncConnection) -> None:
        used = select(workspaces.c.wallet_id)
        for table in (snapshots, snapshot_days, video_counts, videos):
            await connection.execute(delete(table).where(table.c.wallet_id.not_in(used)))
